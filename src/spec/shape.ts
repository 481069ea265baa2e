import * as z from 'zod/mini';
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
export const wordings = new WeakMap<z.core.$ZodType, Wording>();

/** The same schema, with its wording on record. */
export function worded<S extends z.core.$ZodType>(schema: S, wording: Wording): S {
  wordings.set(schema, wording);
  return schema;
}

/** A field of an object that may be left out; the description goes to JSON Schema and the CRD. */
export function optional<S extends z.core.$ZodType>(description: string, schema: S): z.ZodMiniOptional<S> {
  const field = z.optional(schema);
  z.globalRegistry.add(field, { description });
  return field;
}

/** A field that may be left out and then has the value `fallback`. */
export function fallback<S extends z.core.$ZodType>(
  description: string,
  schema: S,
  value: z.core.util.NoUndefined<z.core.output<S>>,
): z.ZodMiniDefault<S> {
  const field = z._default(schema, value);
  z.globalRegistry.add(field, { description });
  return field;
}

/** A field that must be given; the description goes to JSON Schema and the CRD. */
export function required<S extends z.core.$ZodType>(description: string, schema: S): S {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** A string that is not empty and, where a pattern is given, matches it. */
export function text(wording: Wording | string = 'must be a string', pattern = /\S/, maxLength?: number) {
  const words = typeof wording === 'string' ? { must: wording } : wording;
  const { but } = words;
  const checks = [
    z.regex(pattern),
    ...(maxLength === undefined ? [] : [z.maxLength(maxLength)]),
    ...(but === undefined ? [] : [z.refine((value) => !but.test(String(value)))]),
  ];
  // What `z.string().check(…)` gives, which makes the schema twice.
  return worded(new z.ZodMiniString({ type: 'string', checks }), words);
}

/** An integer within bounds; the upper one is by default that of the Kubernetes API's int32. */
export function integer(from: number, to = 2_147_483_647, proposed?: number) {
  const bounds = to === 2_147_483_647 ? `of at least ${from}` : `from ${from} to ${to}`;
  return worded(z.int().check(z.gte(from), z.lte(to)), {
    must: `must be an integer ${bounds}`,
    ...(proposed !== undefined && { propose: () => proposed }),
  });
}

/** `true` or `false`. */
export const flag = () => worded(z.boolean(), { must: 'must be true or false' });

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  const quoted = values.map((value) => `"${value}"`);
  const last = quoted.pop() ?? '';
  return worded(z.enum(values), { must: `must be ${quoted.length > 0 ? `${quoted.join(', ')} or ` : ''}${last}` });
}

/** An object of known fields; they are built when they are first asked for, since a CR uses few of all that there are. */
export function object<T extends z.core.$ZodLooseShape>(fields: () => T, wording: Wording = {}) {
  const schema = deferred(fields, nothing) as unknown as z.ZodMiniObject<T, z.core.$strict>;
  return worded(schema, { must: 'must be an object', ...wording });
}

/** An object of known fields and further ones of one shape. */
export function openObject<T extends z.core.$ZodLooseShape, R extends z.core.$ZodType>(
  fields: () => T,
  further: R,
  wording: Wording,
) {
  const schema = deferred(fields, further) as unknown as z.ZodMiniObject<T, z.core.$catchall<R>>;
  return worded(schema, { must: 'must be an object', ...wording });
}

function deferred(fields: () => z.core.$ZodLooseShape, catchall: z.core.$ZodType): z.ZodMiniObject {
  return new z.ZodMiniObject({
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
export function list<S extends z.core.$ZodType>(item: S, wording: Wording = {}) {
  return worded(z.array(item), { must: 'must be a list', ...wording });
}

/** A list of at least one item. */
export function nonEmptyList<S extends z.core.$ZodType>(item: S, must: string, wording: Wording = {}) {
  return worded(z.array(item).check(z.minLength(1)), { must, ...wording });
}

const anyKey = z.string();
const anyValue = z.unknown();
const nothing = z.never();

/** An object whose keys are the user's. */
export function map<S extends z.core.$ZodType>(value: S, wording: Wording = {}, key: z.ZodMiniString = anyKey) {
  return worded(z.record(key, value), { must: 'must be an object', ...wording });
}

/** One of several shapes; `must` names them all. */
export function either<const T extends readonly z.core.$ZodType[]>(
  wording: Wording & { readonly must: string },
  ...shapes: T
) {
  return worded(z.union(shapes), wording);
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
