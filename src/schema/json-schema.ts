import * as z from 'zod/v4/core';
import type { Json, JsonObject } from '../krm/result.ts';
import type { Bounds } from '../releases/release.ts';
import { wordings, type Rule } from '../spec/shape.ts';

/** A JSON Schema of draft 7, each part whole at its place, with what only the readers' schemas know under `llsd`. */
export interface JsonSchema extends Bounds {
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly multipleOf?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly llsd?: { readonly rules?: readonly Rule[]; readonly uniqueBy?: string };
}

/** The JSON Schema of one of the readers' schemas. */
export function toJsonSchema(schema: z.$ZodType): JsonSchema {
  const made = z.toJSONSchema(schema, { target: 'draft-07', io: 'input', override: addWording });
  delete made.$schema;
  return made as JsonSchema;
}

/** Adds what zod does not know: patterns that must not match, examples, rules between fields. */
function addWording({ zodSchema, jsonSchema }: { zodSchema: z.$ZodType; jsonSchema: object }): void {
  const made = jsonSchema as { -readonly [Key in keyof JsonSchema]: JsonSchema[Key] };
  const { but, examples, keys, rules, uniqueBy } = wordings.get(zodSchema) ?? {};
  // `propertyNames` of maps that take any key says nothing.
  if (Object.keys(made.propertyNames ?? {}).join() === 'type') delete made.propertyNames;
  if (keys !== undefined) made.propertyNames = { pattern: keys.source };
  if (but !== undefined) made.not = { pattern: but.source };
  if (examples !== undefined) made.examples = examples;
  if (rules === undefined && uniqueBy === undefined) return;
  made.llsd = { ...(rules && { rules: rules() }), ...(uniqueBy !== undefined && { uniqueBy }) };
}

/** The same for those who know JSON Schema alone: each rule that it can say stands under `allOf`. */
export function withRules(schema: JsonSchema): JsonObject {
  const { llsd, ...rest } = mapParts(schema, withRules);
  const said = (llsd?.rules ?? []).flatMap(({ schema: rule }) => (rule === undefined ? [] : [rule]));
  return {
    ...(rest as JsonObject),
    ...(llsd?.uniqueBy === '' && { uniqueItems: true }),
    ...(said.length > 0 && { allOf: said }),
  };
}

/** The schema with each of the schemas right below it changed. */
export function mapParts(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const { items, properties, additionalProperties, anyOf } = schema;
  return {
    ...schema,
    ...(items && { items: change(items) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, change(part)])),
    }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: change(additionalProperties) }),
    ...(anyOf && { anyOf: anyOf.map(change) }),
  };
}
