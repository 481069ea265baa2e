import * as z from 'zod/v4/core';
import type { Json, JsonObject } from '../krm/result.ts';

// Compiled validators need `new Function`, which not every host of this program has.
z.config({ jitless: true });

/** What the readers know of a schema beside what JSON Schema can say. */
export interface Wording {
  /** What is allowed, in words that follow the field's name: `must be an integer from 1 to 10`; `<field>` is that name again. */
  readonly must?: string;
  /** Whether the value, or a value below, may be a secret: it is never shown. */
  readonly confidential?: true;
  /** The value that a wrong one was probably meant to be. */
  readonly propose?: (value: Json) => Json | undefined;
  /** Whether an object's further key is one at all; else it is an unknown field. Asked before its value is read. */
  readonly accepts?: (key: string, value: Json) => boolean;
  /** What an object's further keys must match; a key that does not is an unknown field too. */
  readonly keys?: RegExp;
  /** Names that users know from elsewhere → where they stand here: `url` → `endpoint`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** What a string must not match, beside the pattern that it must: schemas of the Kubernetes API know no lookahead. */
  readonly but?: RegExp;
  /** Values that are taken, for editors to show. */
  readonly examples?: readonly Json[];
  /** What fields must be to each other; the reader's own checks say the same, with path and remedy. */
  readonly rules?: () => readonly Rule[];
  /** Of a list: the field whose value only one item may have; of words, that no two may be equal. */
  readonly uniqueBy?: string;
}

/** What fields of one object must be to each other, for the schemas that others check a CR with. */
export interface Rule {
  /** What must hold, as a whole sentence. */
  readonly message: string;
  /** The same as a JSON Schema; undefined where that cannot say it. */
  readonly schema?: JsonObject;
  /** The same as an expression of CEL over `self`; undefined where a field is of several kinds, which CEL does not see. */
  readonly cel?: string;
  /** The schema holds a field named `metadata`, which a CustomResourceDefinition may not name in a condition. */
  readonly editorsOnly?: true;
}

/** The wording of each schema that has one. */
export const wordings = new WeakMap<z.$ZodType, Wording>();

/** The same schema, with its wording on record. */
export function worded<S extends z.$ZodType>(schema: S, wording: Wording): S {
  wordings.set(schema, wording);
  return schema;
}

/** A field of an object that may be left out; the description goes to JSON Schema and the CRD. */
export function optional<S extends z.$ZodType>(description: string, schema: S): z.$ZodOptional<S> {
  const field = new z.$ZodOptional({ type: 'optional', innerType: schema }) as z.$ZodOptional<S>;
  z.globalRegistry.add(field, { description });
  return field;
}

/** A field that may be left out and then has the value `fallback`. */
export function fallback<S extends z.$ZodType>(
  description: string,
  schema: S,
  value: z.util.NoUndefined<z.output<S>>,
): z.$ZodDefault<S> {
  const field = new z.$ZodDefault({ type: 'default', innerType: schema, defaultValue: value }) as z.$ZodDefault<S>;
  z.globalRegistry.add(field, { description });
  return field;
}

/** A field that must be given; the description goes to JSON Schema and the CRD. */
export function required<S extends z.$ZodType>(description: string, schema: S): S {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** A string that is not empty and, where a pattern is given, matches it. */
export function text(wording: Wording | string = 'must be a string', pattern = /\S/, maxLength?: number) {
  const words = typeof wording === 'string' ? { must: wording } : wording;
  const { but } = words;
  const checks = [
    z._regex(pattern),
    ...(maxLength === undefined ? [] : [z._maxLength(maxLength)]),
    ...(but === undefined ? [] : [z._refine(z.$ZodCustom, (value) => !but.test(String(value)), {})]),
  ];
  return worded(new z.$ZodString({ type: 'string', checks }), words);
}

/** Any string, the empty one too. */
export function string(wording: Wording) {
  return worded(new z.$ZodString({ type: 'string' }), wording);
}

/** A number that is at least, or above, a bound. */
export function number(is: 'at least' | 'above', bound: number, wording: Wording) {
  const check = is === 'above' ? z._gt(bound) : z._gte(bound);
  return worded(new z.$ZodNumber({ type: 'number', checks: [check] }), wording);
}

/** An integer within bounds; the upper one is by default that of the Kubernetes API's int32. */
export function integer(from: number, to = 2_147_483_647, proposed?: number) {
  const bounds = to === 2_147_483_647 ? `of at least ${from}` : `from ${from} to ${to}`;
  return integerWithin(from, to, {
    must: `must be an integer ${bounds}`,
    ...(proposed !== undefined && { propose: () => proposed }),
  });
}

/** An integer within bounds, in words of its own. */
export function integerWithin(from: number, to: number, wording: Wording) {
  const checks = [z._gte(from), z._lte(to)];
  const integers = { check: 'number_format', abort: false, format: 'safeint' } as const;
  return worded(new z.$ZodNumberFormat({ type: 'number', ...integers, checks }), wording);
}

/** `true` or `false`. */
export const flag = () => worded(new z.$ZodBoolean({ type: 'boolean' }), { must: 'must be true or false' });

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  const quoted = values.map((value) => `"${value}"`);
  const last = quoted.pop() ?? '';
  return worded(z._enum(z.$ZodEnum, values as unknown as T[number][]), {
    must: `must be ${quoted.length > 0 ? `${quoted.join(', ')} or ` : ''}${last}`,
  });
}

/** An object of known fields; they are built when they are first asked for, since a CR uses few of all that there are. */
export function object<T extends z.$ZodLooseShape>(fields: () => T, wording: Wording = {}) {
  const schema = deferred(fields, nothing) as unknown as z.$ZodObject<T, z.$strict>;
  return worded(schema, { must: 'must be an object', ...wording });
}

/** An object of known fields and further ones of one shape. */
export function openObject<T extends z.$ZodLooseShape, R extends z.$ZodType>(
  fields: () => T,
  further: R,
  wording: Wording,
) {
  const schema = deferred(fields, further) as unknown as z.$ZodObject<T, z.$catchall<R>>;
  return worded(schema, { must: 'must be an object', ...wording });
}

function deferred(fields: () => z.$ZodLooseShape, catchall: z.$ZodType): z.$ZodObject {
  return new z.$ZodObject({
    type: 'object',
    get shape() {
      const shape = fields();
      Object.defineProperty(this, 'shape', { value: shape });
      return shape;
    },
    catchall,
  });
}

/** A list. */
export function list<S extends z.$ZodType>(item: S, wording: Wording = {}) {
  return worded(new z.$ZodArray({ type: 'array', element: item }) as z.$ZodArray<S>, {
    must: 'must be a list',
    ...wording,
  });
}

/** A list of at least one item. */
export function nonEmptyList<S extends z.$ZodType>(item: S, must: string, wording: Wording = {}) {
  return worded(new z.$ZodArray({ type: 'array', element: item, checks: [z._minLength(1)] }) as z.$ZodArray<S>, {
    must,
    ...wording,
  });
}

/** Any value. */
export const anything = () => new z.$ZodUnknown({ type: 'unknown' });

const anyKey = new z.$ZodString({ type: 'string' });
const anyValue = anything();
const nothing = new z.$ZodNever({ type: 'never' });

/** An object whose keys are the user's. */
export function map<S extends z.$ZodType>(value: S, wording: Wording = {}, key: z.$ZodString = anyKey) {
  return worded(new z.$ZodRecord({ type: 'record', keyType: key, valueType: value }) as z.$ZodRecord<z.$ZodString, S>, {
    must: 'must be an object',
    ...wording,
  });
}

/** One of several shapes; `must` names them all. */
export function either<const T extends readonly z.$ZodType[]>(
  wording: Wording & { readonly must: string },
  ...shapes: T
) {
  return worded(new z.$ZodUnion({ type: 'union', options: shapes }) as z.$ZodUnion<T>, wording);
}

/** The fields of an object. */
export function fieldsOf<T extends z.$ZodShape>(schema: z.$ZodObject<T>): T {
  return schema._zod.def.shape;
}

/** An object that is passed on as it is, at any depth. */
export const anyObject = (wording: Wording = {}) => map(anyValue, wording);

/** Whether a value is a mapping. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * What is left of a value after reading: every field may be missing and every item undefined, since what was invalid
 * is reported and left out. Items keep their places, so that later results count them as the user does.
 */
export type Holed<T> = unknown extends T
  ? Json
  : T extends readonly (infer Item)[]
    ? readonly (Holed<Item> | undefined)[]
    : Record<string, never> extends T
      ? { readonly [Key in keyof T]: Holed<Exclude<T[Key], undefined>> }
      : T extends object
        ? { readonly [Key in keyof T]?: Holed<Exclude<T[Key], undefined>> }
        : T;
