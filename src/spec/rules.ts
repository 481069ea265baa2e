import type { Json, JsonObject } from '../krm/result.ts';
import type { Rule } from './shape.ts';

const quoted = (fields: readonly string[]): string => fields.map((field) => `\`${field}\``).join(', ');
const has = (field: string): string => `has(self.${field})`;

/** A JSON Schema that takes objects with all of the fields. */
export const given = (...fields: readonly string[]): JsonObject => ({ required: fields });

/** A JSON Schema that takes objects with none of the fields. */
export const absent = (...fields: readonly string[]): JsonObject => ({
  not: { anyOf: fields.map((field) => given(field)) },
});

/** A JSON Schema that takes objects whose field is given and has one of the values. */
export const valued = (field: string, ...values: readonly Json[]): JsonObject => ({
  required: [field],
  properties: { [field]: { enum: values } },
});

/** A JSON Schema that takes what the first does not take, or the second does. */
export const implies = (condition: JsonObject, then: JsonObject): JsonObject => ({ anyOf: [{ not: condition }, then] });

/**
 * One of the fields must be given, and no second one; for objects in lists, since CEL counts each `has` for as many items as
 * a CR can hold, and that is more than it may.
 */
export function oneOfMany(fields: readonly string[], message = `Exactly one of ${quoted(fields)} must be given`): Rule {
  return { message, schema: { oneOf: fields.map((field) => given(field)) } };
}

/** The same for an object that a CR has once. */
export function exactlyOneOf(...fields: readonly string[]): Rule {
  return { ...oneOfMany(fields), cel: `[${fields.map(has).join(', ')}].exists_one(one, one)` };
}

/** Two fields that cannot stand beside each other. */
export function excludes(one: string, other: string): Rule {
  return {
    message: `\`${other}\` cannot stand beside \`${one}\``,
    schema: { not: given(one, other) },
    cel: `!${has(one)} || !${has(other)}`,
  };
}

/** A field that must stand beside another one, where that has one of the values. */
export function needs(field: string, values: readonly (string | boolean)[], needed: string): Rule {
  const listed = values.map((value) => JSON.stringify(value));
  return {
    message: `\`${needed}\` is required where \`${field}\` is ${listed.join(' or ')}`,
    schema: implies(valued(field, ...values), given(needed)),
    cel: `!${has(field)} || !(self.${field} in [${listed.join(', ')}]) || ${has(needed)}`,
  };
}
