import type { JsonObject } from '../krm/result.ts';
import type { JsonSchema } from './json-schema.ts';

/** What a value of JSON can be; null is none of any field. */
export type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object';

/** What no value of a kind meets, and every other value does. */
const REFUSALS: Readonly<Record<Kind, JsonObject>> = {
  string: { minLength: 1, maxLength: 0 },
  number: { minimum: 1, maximum: 0 },
  boolean: { not: { enum: [true, false] } },
  array: { minItems: 1, maxItems: 0 },
  object: { minProperties: 1, maxProperties: 0 },
};

/** What refuses the values of all other kinds: a structural schema has `type` neither for several kinds nor below `anyOf`. */
export function refusalOf(taken: readonly Kind[]): readonly JsonObject[] {
  return Object.entries(REFUSALS)
    .filter(([kind]) => !taken.includes(kind as Kind))
    .map(([, refusal]) => refusal);
}

/** A constraint that concerns the values of one kind alone. */
export function unless(kind: Kind, constraint: JsonObject): JsonObject {
  return { anyOf: [constraint, REFUSALS[kind]] };
}

/** A rule's schema as it may stand below `allOf` of a structural one: without any `type`. */
export function narrow(schema: JsonSchema): JsonObject {
  const { type, not, items, properties, allOf, anyOf, oneOf, ...rest } = schema;
  const kind = type === 'integer' ? 'number' : type;
  const refused = kind === undefined || kind === 'null' ? [] : refusalOf([kind]);
  const all = [...refused, ...(allOf ?? []).map(narrow)];
  return {
    ...(rest as JsonObject),
    ...(type === 'integer' && { multipleOf: 1 }),
    ...(not && { not: narrow(not) }),
    ...(items && { items: narrow(items) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, narrow(part)])),
    }),
    ...(all.length > 0 && { allOf: all }),
    ...(anyOf && { anyOf: anyOf.map(narrow) }),
    ...(oneOf && { oneOf: oneOf.map(narrow) }),
  };
}
