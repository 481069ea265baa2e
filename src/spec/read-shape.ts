import * as z from 'zod/v4/core';
import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { nearest } from '../nearest.ts';
import { isList, isObject, wordings, type Holed } from './shape.ts';

/** Where the walk stands: the field's path, its name in messages, and whether values here may be secrets. */
interface Place {
  readonly at: Path;
  readonly label: string;
  readonly confidential: boolean;
}

/** The words that YAML readers of one version or another take for a boolean. */
const BOOLEANS = new Map(Object.entries({ true: true, yes: true, on: true, false: false, no: false, off: false }));

type Kind = 'string' | 'number' | 'boolean' | 'list' | 'object' | 'null';

/**
 * The valid part of `value` by the schema; every fault is reported with its path, and undefined is returned where
 * nothing is left. zod judges the scalars; the walk over objects and lists is ours, since zod gives no value back
 * when one field is wrong, and its messages on unions and unknown keys name neither branch nor remedy.
 */
export function readShape<S extends z.$ZodType>(
  schema: S,
  value: Json | undefined,
  at: Path,
  report: Report,
): Holed<z.output<S>> | undefined {
  if (value === undefined) return undefined;
  const place = { at, label: lastName(at), confidential: false };
  return read(schema as unknown as z.$ZodTypes, value, place, report) as Holed<z.output<S>> | undefined;
}

/** The fields of an object, unread: reports a value that is no object, unknown fields, and required ones that miss. */
export function readFields(schema: z.$ZodObject, value: Json, at: Path, report: Report): JsonObject | undefined {
  const place = { at, label: lastName(at), confidential: false };
  if (!isObject(value)) {
    reportMismatch(schema, value, place, report);
    return undefined;
  }
  return Object.fromEntries(knownKeys(schema, value, place, report).map((key) => [key, value[key] ?? null]));
}

function read(schema: z.$ZodTypes, value: Json, outer: Place, report: Report): unknown {
  const place = wordings.get(schema)?.confidential ? { ...outer, confidential: true } : outer;
  const def = schema._zod.def;
  switch (def.type) {
    case 'optional':
    case 'default':
      return read(def.innerType as z.$ZodTypes, value, place, report);
    case 'unknown':
      return value;
    case 'object':
      if (isObject(value)) return readObject(schema as z.$ZodObject, value, place, report);
      break;
    case 'record':
      if (isObject(value)) return readRecord(def, value, place, report);
      break;
    case 'array':
      if (isList(value) && !(value.length === 0 && def.checks?.length)) {
        return value.map((item, index) => read(def.element as z.$ZodTypes, item, itemOf(place, index), report));
      }
      break;
    case 'union': {
      const branch = branchFor(def.options as readonly z.$ZodTypes[], value);
      if (branch !== undefined) return read(branch, value, place, report);
      break;
    }
    default:
      if (z.safeParse(schema, value).success) return value;
  }
  reportMismatch(schema, value, place, report);
  return undefined;
}

function readObject(schema: z.$ZodObject, value: JsonObject, place: Place, report: Report): object {
  const result = Object.create(null) as Record<string, unknown>;
  const { shape, catchall } = schema._zod.def;
  for (const key of knownKeys(schema, value, place, report)) {
    const field = Object.hasOwn(shape, key) ? shape[key] : catchall;
    const valid = read(field as z.$ZodTypes, value[key] ?? null, fieldOf(place, key), report);
    if (valid !== undefined) result[key] = valid;
  }
  return result;
}

/** The keys of an object that its schema has; the others, and required ones that miss, are reported. */
function knownKeys(schema: z.$ZodObject, value: JsonObject, place: Place, report: Report): string[] {
  const { shape, catchall } = schema._zod.def;
  const wording = wordings.get(schema);
  const isFurther = (key: string): boolean =>
    catchall !== undefined &&
    catchall._zod.def.type !== 'never' &&
    (wording?.keys?.test(key) ?? true) &&
    (wording?.accepts?.(key, value[key] ?? null) ?? true);
  const keys = Object.keys(value).filter((key) => {
    if (Object.hasOwn(shape, key) || isFurther(key)) return true;
    unknownField(key, Object.keys(shape), wording?.aliases ?? {}, place, report);
    return false;
  });
  for (const [key, field] of Object.entries(shape)) {
    if (Object.hasOwn(value, key) || ['optional', 'default'].includes(field._zod.def.type)) continue;
    const must = wordings.get(field)?.must ?? 'must be given';
    report.error(place.at.field(key), `\`${key}\` is required in \`${place.label}\` and ${must}`);
  }
  return keys;
}

function readRecord(def: z.$ZodRecordDef, value: JsonObject, place: Place, report: Report): object {
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of Object.entries(value)) {
    const inner = fieldOf(place, key);
    if (!z.safeParse(def.keyType, key).success) {
      const must = wordings.get(def.keyType)?.must ?? 'must be a string';
      report.error(inner.at, `The key "${shortened(key)}" in \`${place.label}\` ${must}`);
      continue;
    }
    const valid = read(def.valueType as z.$ZodTypes, entry, inner, report);
    if (valid !== undefined) result[key] = valid;
  }
  return result;
}

/** The branch of a union that a value is meant for: of its kind, and of several objects the one that knows most of its keys. */
function branchFor(branches: readonly z.$ZodTypes[], value: Json): z.$ZodTypes | undefined {
  const kind = kindOf(value);
  const fitting = branches.filter((branch) => {
    const kinds = kindsOf(branch);
    return kinds === undefined || kinds.includes(kind);
  });
  if (!isObject(value) || fitting.length < 2) return fitting[0];
  const known = (branch: z.$ZodTypes): number => {
    const { def } = branch._zod;
    return def.type === 'object' ? Object.keys(value).filter((key) => Object.hasOwn(def.shape, key)).length : 0;
  };
  return fitting.reduce((best, branch) => (known(branch) > known(best) ? branch : best));
}

/** The kinds of value that a schema takes; undefined is any. */
function kindsOf(schema: z.$ZodTypes): readonly Kind[] | undefined {
  const def = schema._zod.def;
  switch (def.type) {
    case 'string':
    case 'enum':
      return ['string'];
    case 'number':
      return ['number'];
    case 'boolean':
      return ['boolean'];
    case 'array':
      return ['list'];
    case 'object':
    case 'record':
      return ['object'];
    case 'union':
      return def.options.flatMap((option) => kindsOf(option as z.$ZodTypes) ?? []);
    default:
      return undefined;
  }
}

function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (isList(value)) return 'list';
  return typeof value as Exclude<Kind, 'null' | 'list'>;
}

/** Reports a value that its schema does not take. */
function reportMismatch(schema: z.$ZodTypes, value: Json, place: Place, report: Report): void {
  const must = (wordings.get(schema)?.must ?? 'is not valid').replaceAll('<field>', place.label);
  const shown = shownValue(value, place);
  report.error(place.at, `\`${place.label}\` ${must}${shown.words}`, {
    currentValue: shown.value,
    proposedValue: shown.value === undefined ? undefined : proposal(schema, shown.value),
  });
}

/** What may be told of a wrong value: scalars, unless they may be secrets or a URL with credentials in it. */
function shownValue(value: Json, { confidential }: Place): { words: string; value?: string | number | boolean } {
  if (value === null) return { words: ', not empty (null)' };
  if (isList(value)) return { words: value.length === 0 ? ', not an empty list' : ', not a list' };
  if (typeof value === 'object') return { words: ', not an object' };
  if (confidential || (typeof value === 'string' && value.includes('@'))) return { words: '' };
  return { words: `, not ${typeof value === 'string' ? `"${shortened(value)}"` : String(value)}`, value };
}

/** The first of the usual slips that the schema takes: a number in quotes, a bare one, spaces around, a list without dash. */
function proposal(schema: z.$ZodTypes, value: string | number | boolean): Json | undefined {
  const words = typeof value === 'string' ? value.trim() : String(value);
  const { def } = schema._zod;
  const candidates = [
    words,
    words === '' ? undefined : Number(words),
    BOOLEANS.get(words.toLowerCase()),
    words.toLowerCase(),
    def.type === 'enum' ? nearest(words, Object.values(def.entries).map(String)) : undefined,
    wordings.get(schema)?.propose?.(value),
    [value],
  ];
  return candidates.find((candidate) => candidate !== undefined && z.safeParse(schema, candidate).success);
}

function unknownField(
  key: string,
  known: readonly string[],
  aliases: Readonly<Record<string, string>>,
  place: Place,
  report: Report,
): void {
  const meant = Object.hasOwn(aliases, key) ? aliases[key] : nearest(key, known);
  const listed = known.map((name) => `\`${name}\``).join(', ');
  const remedy = meant === undefined ? `The fields there are ${listed}` : `Did you mean \`${meant}\`?`;
  const where = place.label === '' ? '' : ` in \`${place.label}\``;
  report.error(place.at.field(key), `Unknown field \`${shortened(key)}\`${where}. ${remedy}`, {
    currentValue: key,
    proposedValue: meant,
  });
}

const fieldOf = (place: Place, key: string): Place => ({ ...place, at: place.at.field(key), label: shortened(key) });

const itemOf = (place: Place, index: number): Place => ({
  ...place,
  at: place.at.item(index),
  label: `${place.label}[${String(index)}]`,
});

/** `spec.networking` → `networking`, `spec.providers["a.b"]` → `["a.b"]` */
const lastName = (at: Path): string => /\[".*"\]$|[^.]*$/.exec(at.toString())?.[0] ?? '';

const shortened = (word: string): string => (word.length > 60 ? `${word.slice(0, 60)}…` : word);
