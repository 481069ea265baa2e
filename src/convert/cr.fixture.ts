import fc from 'fast-check';
import type { Json, JsonObject } from '../krm/result.ts';
import { toJsonSchema, type JsonSchema } from '../schema/json-schema.ts';
import { specSchema } from '../spec/stack.ts';
import { v1alpha1Schema } from '../spec/v1alpha1-schema.ts';
import type { Version } from '../spec/version.ts';

/** A way through a schema: the keys of objects, `[]` for the items of a list, `{}` for an entry of a map, `|1` for a branch. */
export type Way = readonly string[];

const schemas: Readonly<Record<Version, JsonSchema>> = {
  v1alpha1: toJsonSchema(v1alpha1Schema),
  v1alpha2: toJsonSchema(specSchema),
};

/** The ways to all fields of a version, in every spelling: from the schema that its reader has. */
export const ways: Readonly<Record<Version, readonly Way[]>> = {
  v1alpha1: waysIn(schemas.v1alpha1),
  v1alpha2: waysIn(schemas.v1alpha2),
};

function waysIn({ properties = {}, additionalProperties, items, anyOf = [] }: JsonSchema): Way[] {
  const parts: (readonly [step: string, part: JsonSchema])[] = [
    ...Object.entries(properties),
    ...(typeof additionalProperties === 'object' ? [['{}', additionalProperties] as const] : []),
    ...(items ? [['[]', items] as const] : []),
    ...anyOf.map((part, index) => [`|${String(index)}`, part] as const),
  ];
  return parts.flatMap(([step, part]) => [[step], ...waysIn(part).map((way) => [step, ...way])]);
}

/** Any CR of a version whose fields have the shapes that its reader takes; each field of the schema is as likely as any other. */
export function anyCr(version: Version): fc.Arbitrary<JsonObject> {
  const spec = fc
    .constantFrom(...ways[version])
    .chain((way) => valueOf(schemas[version], way)) as fc.Arbitrary<JsonObject>;
  return fc.record(
    {
      apiVersion: fc.constantFrom(`llamastack.io/${version}`, `llamastack.ai/${version}`),
      kind: fc.constant('LlamaStackDistribution'),
      metadata: fc.record(
        {
          name: fc.constantFrom('a', 'my-stack'),
          namespace: fc.constant('llama'),
          labels: fc.constantFrom({}, { team: 'yes' }),
          annotations: fc.constantFrom({}, { 'a/b': '1' }, { note: "it's # none" }),
        },
        { requiredKeys: ['name'] },
      ),
      spec,
      status: fc.constant({ phase: 'Ready', conditions: [] }),
    },
    { requiredKeys: ['apiVersion', 'kind', 'metadata', 'spec'] },
  );
}

/** A value of a schema that has the field at the end of the way. */
function valueOf(schema: JsonSchema, [step, ...rest]: Way): fc.Arbitrary<Json> {
  const { type, anyOf, items } = schema;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (anyOf) {
    const forced = step === undefined ? undefined : anyOf[Number(step.slice(1))];
    return forced ? valueOf(forced, rest) : fc.oneof(...anyOf.map((part) => valueOf(part, [])));
  }
  if (type === 'object') return objectOf(schema, step, rest);
  if (type === 'array' && items) return listOf(schema, valueOf(items, step === '[]' ? rest : []), step === '[]');
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') {
    const { minimum = 0, exclusiveMinimum = minimum - 1, maximum = minimum + 9 } = schema;
    return fc.integer({ min: Math.max(minimum, exclusiveMinimum + 1), max: Math.min(maximum, minimum + 9) });
  }
  return type === 'string' ? textOf(schema) : anything;
}

function listOf({ minItems = 0, llsd }: JsonSchema, item: fc.Arbitrary<Json>, forced: boolean): fc.Arbitrary<Json> {
  const minLength = Math.max(minItems, forced ? 1 : 0);
  const field = llsd?.uniqueBy;
  const bounds = { minLength, maxLength: Math.max(minLength, 2) };
  if (field === undefined) return fc.array(item, bounds);
  return fc.uniqueArray(item, { ...bounds, selector: (one) => (field === '' ? one : (one as JsonObject)[field]) });
}

/** An object with what is required, the field of the way, and up to two more; of fields that exclude each other one. */
function objectOf(schema: JsonSchema, step: string | undefined, rest: Way): fc.Arbitrary<Json> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const forced = step === undefined || step === '{}' ? [] : [step];
  const { oneOf, excluded } = rulesOf(schema);
  const ofOne = oneOf.length === 0 ? fc.constant([]) : fc.constantFrom(...oneOf.map((field) => [field]));
  const free = Object.keys(properties).filter((key) => !required.includes(key) && !oneOf.includes(key));
  const further = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return fc
    .tuple(fc.subarray(free, { maxLength: Math.min(2, free.length) }), ofOne, fc.nat(3))
    .chain(([some, one, more]) => {
      const chosen = forced.some((key) => oneOf.includes(key)) ? forced : [...forced, ...one];
      const keys = [...new Set([...required, ...chosen, ...some])];
      // Of two fields that exclude each other, the one that was chosen first.
      const kept = keys.filter((key, index) =>
        excluded.every((pair) => !pair.includes(key) || !keys.slice(0, index).some((other) => pair.includes(other))),
      );
      const fields = fc.record(
        Object.fromEntries(kept.map((key) => [key, valueOf(properties[key] ?? {}, key === step ? rest : [])])),
      ) as fc.Arbitrary<JsonObject>;
      if (further === undefined || (step !== '{}' && more > 0)) return fields;
      const entry = fc.tuple(
        textOf(propertyNames ?? { pattern: '^[a-z][a-zA-Z]*$' }),
        valueOf(further, step === '{}' ? rest : []),
      );
      return fc.tuple(fields, entry).map(([known, [key, value]]) => ({ [key]: value, ...known }));
    });
}

/** The fields of which one must be given, and the pairs of which one may. */
function rulesOf({ llsd }: JsonSchema): { oneOf: readonly string[]; excluded: readonly (readonly string[])[] } {
  const rules = (llsd?.rules ?? []).map(({ schema }) => (schema ?? {}) as JsonSchema);
  const names = (parts: readonly JsonSchema[]): readonly string[] =>
    parts.every((part) => Object.keys(part).join() === 'required') ? parts.flatMap((part) => part.required ?? []) : [];
  return {
    oneOf: rules.flatMap((rule) => names(rule.oneOf ?? [])),
    excluded: rules.flatMap(({ not }) => (not?.required?.length === 2 && !not.properties ? [not.required] : [])),
  };
}

/** Texts that readers of YAML disagree on, that need quotes, or that fields of some format take. */
const texts = [
  'a', 'b', 'yes', '1', '0x1F', 'null', '~', '', ' ', '1e3', 'a: b', '# none', "it's", '"', 'a\nb\n', 'ä ✓', '=', '{}', '[a',
  'a-b', 'a.b', 'A', 'vllm', 'remote::vllm', '10Gi', '500m', '0.5', '50%', '*', '/data', '/.llama', 'data/a', 'http://a:80/v1',
  'redis://a:6379/0', 'postgresql://a@b/c', 'team=ai', 'a.io/b', 'a.example.com', 'metadata.name', "metadata.labels['a']",
  'limits.cpu', 'requests.memory', 'docker.io/llamastack/distribution-starter:0.7.1', 'starter', 'vectorIo', 'tool_runtime',
  'cpu', 'nvidia.com/gpu', 'websearch', '5432', '1Mi', 'v1',
]; // prettier-ignore

const fittingTexts = new Map<string, readonly string[]>();

function textOf({ pattern = '', not, minLength = 0, maxLength = Infinity }: JsonSchema): fc.Arbitrary<string> {
  const key = JSON.stringify([pattern, not, minLength, maxLength]);
  const fitting =
    fittingTexts.get(key) ??
    texts.filter(
      (text) =>
        new RegExp(pattern).test(text) &&
        !(not?.pattern !== undefined && new RegExp(not.pattern).test(text)) &&
        text.length >= minLength &&
        text.length <= maxLength,
    );
  fittingTexts.set(key, fitting);
  return fitting.length === 0 ? fc.stringMatching(new RegExp(pattern)) : fc.constantFrom(...fitting);
}

/** What is passed on as it is. */
const anything: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'anything' },
    fc.constantFrom<Json[]>(...texts, 0, -1.5, 1e21, true, false, null, {}, []),
    fc.dictionary(fc.constantFrom('a', 'b.c', 'd e', '1'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
})).value;
