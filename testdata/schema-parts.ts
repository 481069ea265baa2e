import type * as z from 'zod/v4/core';

/** One thing that a user can write: a field of an object, a key of the user's own, an item, one of several spellings. */
interface Part {
  /** `.endpoint`, `.*`, `[]`, ` (string)` */
  readonly name: string;
  readonly schema: z.$ZodType;
  /** What `value` has for this part; empty where it does not write it. */
  readonly of: (value: unknown) => readonly unknown[];
}

/**
 * The parts of a schema that none of the values writes, each named by the place where it is first met:
 * `.networking.tls.caBundle.configMapKeys[]`. A schema that serves several fields, as a provider's does for each API,
 * has its own parts once; the fields are parts each.
 */
export function unusedParts(schema: z.$ZodType, values: readonly unknown[]): string[] {
  const written = new Map<z.$ZodType, Set<string>>();
  const mark = (at: z.$ZodType, value: unknown): void => {
    for (const part of partsOf(at)) {
      for (const inner of part.of(value)) {
        written.set(at, (written.get(at) ?? new Set()).add(part.name));
        mark(part.schema, inner);
      }
    }
  };
  for (const value of values) mark(schema, value);
  return [...places(schema)].filter(([, { at, name }]) => !written.get(at)?.has(name)).map(([place]) => place);
}

/** Place → part, each schema visited once. */
function places(schema: z.$ZodType): Map<string, { at: z.$ZodType; name: string }> {
  const found = new Map<string, { at: z.$ZodType; name: string }>();
  const seen = new Set<z.$ZodType>();
  const visit = (at: z.$ZodType, place: string): void => {
    if (seen.has(at)) return;
    seen.add(at);
    for (const { name, schema: inner } of partsOf(at)) {
      found.set(place + name, { at, name });
      visit(inner, place + name);
    }
  };
  visit(schema, '');
  return found;
}

function partsOf(schema: z.$ZodType): Part[] {
  const { def } = (schema as z.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
      return partsOf(def.innerType);
    case 'object':
      return [
        ...Object.entries(def.shape).map(([key, field]) => part(`.${key}`, field, (value) => entries(value, [key]))),
        ...(def.catchall && def.catchall._zod.def.type !== 'never'
          ? [part('.*', def.catchall, (value) => entries(value, keysBeside(value, def.shape)))]
          : []),
      ];
    case 'record':
      return [part('.*', def.valueType, (value) => entries(value, keysBeside(value, {})))];
    case 'array':
      return [part('[]', def.element, (value) => (Array.isArray(value) ? value : []))];
    case 'union':
      return def.options.map((option) =>
        part(` (${kindOf(option)})`, option, (value) => (kindOfValue(value) === kindOf(option) ? [value] : [])),
      );
    default:
      return [];
  }
}

function part(name: string, schema: z.$ZodType, of: Part['of']): Part {
  return { name, schema, of };
}

function entries(value: unknown, keys: readonly string[]): unknown[] {
  if (kindOfValue(value) !== 'object') return [];
  const mapping = value as Record<string, unknown>;
  return keys.filter((key) => Object.hasOwn(mapping, key)).map((key) => mapping[key]);
}

function keysBeside(value: unknown, shape: object): string[] {
  return kindOfValue(value) === 'object'
    ? Object.keys(value as object).filter((key) => !Object.hasOwn(shape, key))
    : [];
}

/** What values of a schema are, in the words of `kindOfValue`. */
function kindOf(schema: z.$ZodType): string {
  const { def } = (schema as z.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default') return kindOf(def.innerType);
  const kinds: Partial<Record<string, string>> = { record: 'object', enum: 'string', int: 'number' };
  return kinds[def.type] ?? def.type;
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}
