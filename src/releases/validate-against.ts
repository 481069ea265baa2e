import type { Json, JsonObject, Path } from '../krm/result.ts';
import type { Schema } from './release.ts';

/** What is wrong with one place of a value. */
export interface Problem {
  readonly at: Path;
  /** What is allowed, never the value itself: `must be an integer`. */
  readonly message: string;
  readonly value: Json;
  /** `ignored`: the server would drop the field in silence; `refused`: it would not start. */
  readonly kind: 'ignored' | 'refused';
  /** The name of a field that is not known, the mapping that holds it, and the fields that are known there. */
  readonly unknown?: { readonly name: string; readonly within: Path; readonly known: readonly string[] };
}

/**
 * Checks a value as the server's config model does, all problems at once. Numbers and booleans may be text, as pydantic
 * reads them, and a scalar may hold `${env.…}`, which only the server can resolve.
 */
export function validateAgainst(schema: Schema, value: Json, at: Path): readonly Problem[] {
  const found: Problem[] = [];
  validate(schema, value, at, found);
  return found;
}

/** Adds to `found` what `validateAgainst` finds: a config has hundreds of values, and most are right. */
export function validate(schema: Schema, value: Json, at: Path, found: Problem[]): void {
  if (schema.anyOf) {
    validateAnyOf(schema.anyOf, value, at, found);
    return;
  }
  if (typeof value === 'string' && value.includes('${env.') && isScalar(schema)) return;
  const message = scalarProblem(schema, value);
  if (message !== undefined) found.push({ at, message, value, kind: 'refused' });
  else if (isList(value)) validateItems(schema, value, at, found);
  else if (isMapping(value)) validateMapping(schema, value, at, found);
}

function validateItems({ items }: Schema, value: readonly Json[], at: Path, found: Problem[]): void {
  if (items) for (const [index, entry] of value.entries()) validate(items, entry, at.item(index), found);
}

function validateMapping(schema: Schema, value: JsonObject, at: Path, found: Problem[]): void {
  const { properties = {}, required = [], additionalProperties } = schema;
  for (const name of required) {
    if (!Object.hasOwn(value, name))
      found.push({ at, message: `must have the field "${name}"`, value, kind: 'refused' });
  }
  for (const name of Object.keys(value)) {
    const entry = value[name] ?? null;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known) validate(known, entry, at.field(name), found);
    else if (typeof additionalProperties === 'object') validate(additionalProperties, entry, at.field(name), found);
    else if (schema.properties && additionalProperties !== true) {
      const fields = Object.keys(properties).sort();
      found.push({
        at: at.field(name),
        message: `must not be there: the fields are ${fields.join(', ')}`,
        value: entry,
        kind: additionalProperties === false ? 'refused' : 'ignored',
        unknown: { name, within: at, known: fields },
      });
    }
  }
}

/** Without a fitting alternative, speaks of the one that the value was meant for, or names them all. */
function validateAnyOf(alternatives: readonly Schema[], value: Json, at: Path, found: Problem[]): void {
  const tried: { readonly alternative: Schema; readonly problems: readonly Problem[] }[] = [];
  for (const alternative of alternatives) {
    const problems = validateAgainst(alternative, value, at);
    if (problems.length === 0) return;
    tried.push({ alternative, problems });
  }
  const accepted = tried.filter(({ problems }) => problems.every((problem) => problem.kind === 'ignored'));
  const meant = tried.filter(({ alternative }) => isMeant(alternative, value));
  const best = accepted.sort((a, b) => a.problems.length - b.problems.length)[0] ?? (meant.length === 1 && meant[0]);
  if (best) {
    found.push(...best.problems);
    return;
  }
  const kinds = alternatives.filter(({ type }) => type !== 'null').flatMap((alternative) => expected(alternative));
  found.push({ at, message: `must be ${[...new Set(kinds)].join(' or ')}`, value, kind: 'refused' });
}

/** Whether a value is of the kind of an alternative: for mappings, whether every constant (`type: kv_sqlite`) agrees. */
function isMeant({ type, properties = {} }: Schema, value: Json): boolean {
  if (isList(value)) return type === 'array';
  if (!isMapping(value)) return type === kindOf(value);
  return (
    type === 'object' &&
    Object.entries(properties).every(
      ([name, { const: constant }]) => constant === undefined || value[name] === constant,
    )
  );
}

function scalarProblem(schema: Schema, value: Json): string | undefined {
  if (schema.const !== undefined && schema.const !== value) return `must be ${text(schema.const)}`;
  if (schema.enum && !schema.enum.includes(value)) return `must be one of ${schema.enum.map(text).join(', ')}`;
  if (schema.type !== undefined && !hasType(schema.type, value)) return `must be ${articled(schema.type)}`;
  if (typeof value === 'string' && schema.type === 'string') return stringProblem(schema, value);
  if (schema.type === 'integer' || schema.type === 'number') return rangeProblem(schema, Number(value));
  if (isList(value) && value.length < (schema.minItems ?? 0))
    return `must have at least ${schema.minItems ?? 0} entries`;
  return undefined;
}

function stringProblem(
  { format, pattern, minLength = 0, maxLength = Infinity }: Schema,
  value: string,
): string | undefined {
  if (format === 'uri' && !/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#]/.test(value))
    return 'must be a URL with a scheme ("https://…")';
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return `must match ${pattern}`;
  if (value.length < minLength) return `must have at least ${minLength} characters`;
  return value.length > maxLength ? `must have at most ${maxLength} characters` : undefined;
}

function rangeProblem(
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema,
  value: number,
): string | undefined {
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return `must be more than ${exclusiveMinimum}`;
  return exclusiveMaximum !== undefined && value >= exclusiveMaximum
    ? `must be less than ${exclusiveMaximum}`
    : undefined;
}

/** Pydantic's lax mode: "8" is an integer and "yes" a boolean, but 8 is no string. */
function hasType(type: NonNullable<Schema['type']>, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'boolean':
      return (
        typeof value === 'boolean' ||
        value === 0 ||
        value === 1 ||
        (typeof value === 'string' && /^(0|1|on|off|t|f|true|false|y|n|yes|no)$/i.test(value))
      );
    case 'integer':
      return Number.isInteger(value) || (typeof value === 'string' && /^\s*[+-]?\d+(\.0*)?\s*$/.test(value));
    case 'number':
      return (
        typeof value === 'number' ||
        (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      );
    case 'string':
      return typeof value === 'string';
    case 'array':
      return isList(value);
    case 'object':
      return isMapping(value);
  }
}

function isScalar({ type, enum: allowed, const: constant }: Schema): boolean {
  return (type !== 'array' && type !== 'object') || allowed !== undefined || constant !== undefined;
}

function expected(schema: Schema): readonly string[] {
  if (schema.const !== undefined) return [text(schema.const)];
  if (schema.enum) return schema.enum.map(text);
  if (schema.anyOf) return schema.anyOf.flatMap(expected);
  const constants = Object.entries(schema.properties ?? {}).filter(([, property]) => property.const !== undefined);
  if (constants.length > 0)
    return constants.map(([name, property]) => `a mapping with ${name}: ${text(property.const ?? null)}`);
  return schema.format === 'uri' ? ['a URL'] : schema.type === undefined ? ['any value'] : [articled(schema.type)];
}

function articled(type: NonNullable<Schema['type']>): string {
  const nouns = {
    array: 'a list',
    boolean: 'a boolean',
    integer: 'an integer',
    null: 'null',
    number: 'a number',
    object: 'a mapping',
    string: 'a string',
  };
  return nouns[type];
}

function kindOf(value: Json): Schema['type'] {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

function text(value: Json): string {
  return JSON.stringify(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isMapping(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
