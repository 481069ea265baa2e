import { readResourceList, Unreadable } from '../krm/resource-list.ts';
import { isMapping, Report, type Json, type JsonObject } from '../krm/result.ts';
import { readStack, specSchema } from '../spec/stack.ts';
import { readCases } from '../../testdata/cases.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';

/** A v1alpha2 CR that the reader, the JSON Schema and the API server are to judge alike. */
export interface Sample {
  /** Where it comes from: `networking-tls`, or `spec.networking.port: 1023`, what is changed in a valid one. */
  readonly name: string;
  readonly cr: JsonObject;
}

/** What our reader refuses a CR for, without asking release and base config: none where it takes it. */
export function readerErrors(cr: JsonObject): readonly string[] {
  const report = new Report();
  readStack(cr, report);
  return report.results.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

/** How many values of one field are changed. */
const mostPerPlace = 3;

/** The CRs of the golden cases, and for each field that a valid one has what is near to it, as the schema tells. */
export function corpus(): readonly Sample[] {
  const golden = goldenCrs();
  const valid = golden.filter(({ cr }) => readerErrors(cr).length === 0);
  const schema = toJsonSchema(specSchema);
  const seen = new Map<string, readonly Json[]>();
  for (const { cr } of valid)
    visit(schema, cr.spec ?? null, 'spec', (place, _, value) => {
      const earlier = seen.get(place) ?? [];
      if (!earlier.some((one) => JSON.stringify(one) === JSON.stringify(value))) seen.set(place, [...earlier, value]);
    });
  const made = new Map<string, Sample>();
  const changed = new Map<string, number>();
  for (const { cr } of valid) {
    visit(schema, cr.spec ?? null, 'spec', (place, at, value, replace) => {
      const times = changed.get(place) ?? 0;
      changed.set(place, times + 1);
      if (times >= mostPerPlace) return;
      for (const near of nearTo(at, value, place, seen)) {
        const name = `${place}: ${shown(near)}`;
        if (!made.has(name)) made.set(name, { name, cr: { ...cr, spec: replace(near) } });
      }
    });
  }
  return [...golden, ...namesAndRoots(), ...made.values()];
}

const KINDS: readonly Json[] = [null, true, 3, 1.5, 'word', [], {}, ['word'], { word: 'word' }];
const STRINGS = [
  '',
  ' ',
  'a b',
  'A_b',
  '-a',
  'a-',
  'a.b',
  '1.2.3.4',
  '..',
  'a/../b',
  '/a',
  '/a:b',
  '0',
  '0.0Gi',
  '1.5',
  '10 GB',
  '100%',
  '101%',
  'ä',
  'x'.repeat(64),
  'x'.repeat(2100),
];

function nearTo(
  schema: JsonSchema,
  value: Json,
  place: string,
  seen: ReadonlyMap<string, readonly Json[]>,
): readonly Json[] {
  const branches = schema.anyOf ?? [schema];
  const bounds = branches.flatMap(({ minimum, maximum }) => [minimum, maximum]).filter((bound) => bound !== undefined);
  const takes = (type: string): boolean => branches.some((branch) => branch.type === type);
  return [
    ...KINDS,
    ...bounds
      .filter(Number.isSafeInteger)
      .flatMap((bound) => [bound - 1, bound, bound + 1])
      .filter(Number.isSafeInteger),
    ...(takes('string') ? STRINGS : []),
    ...branches.flatMap(({ enum: words = [] }) =>
      words.flatMap((word) => [word, JSON.stringify(word).toUpperCase().replaceAll('"', '')]),
    ),
    ...(Array.isArray(value) && value.length > 0 ? [[...(value as Json[]), ...(value as Json[])]] : []),
    ...(isMapping(value) ? objectsNear(branches, value, place, seen) : []),
  ];
}

/** A field more, each of the known ones in turn or a misspelt one, and a field less. */
function objectsNear(
  branches: readonly JsonSchema[],
  value: JsonObject,
  place: string,
  seen: ReadonlyMap<string, readonly Json[]>,
): readonly JsonObject[] {
  const known = [...new Set(branches.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const more = known
    .filter((name) => !Object.hasOwn(value, name))
    .flatMap((name) => (seen.get(`${place}.${name}`) ?? []).slice(0, 2).map((other) => ({ ...value, [name]: other })));
  const less = Object.keys(value).map((name) =>
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)),
  );
  return [
    { ...value, mispelt: 'word' },
    { ...value, 'Mis spelt': {} },
    { ...value, 'Mis spelt': Object.values(value)[0] ?? 'word' },
    ...more.slice(0, 60),
    ...less,
  ];
}

type Visitor = (place: string, schema: JsonSchema, value: Json, replace: (value: Json) => Json) => void;

/** Calls the visitor for the value and every value below that its schema knows; `replace` gives the whole with another value there. */
function visit(
  schema: JsonSchema,
  value: Json,
  place: string,
  visitor: Visitor,
  replace: (value: Json) => Json = (other) => other,
): void {
  visitor(place, schema, value, replace);
  const branches = schema.anyOf ?? [schema];
  if (Array.isArray(value)) {
    const items = branches.find(({ type }) => type === 'array')?.items;
    for (const [index, item] of (value as readonly Json[]).entries()) {
      if (items)
        visit(items, item, `${place}[]`, visitor, (other) => replace((value as readonly Json[]).with(index, other)));
    }
  } else if (isMapping(value)) {
    const shapes = branches.filter(({ type }) => type === 'object');
    for (const [name, entry] of Object.entries(value)) {
      const further = shapes
        .map(({ additionalProperties }) => additionalProperties)
        .find((one) => typeof one === 'object');
      const field = shapes.flatMap(({ properties = {} }) =>
        Object.hasOwn(properties, name) ? [properties[name]] : [],
      )[0];
      const inner = field ?? further;
      if (inner === undefined) continue;
      visit(inner, entry, `${place}.${field ? name : '*'}`, visitor, (other) => replace({ ...value, [name]: other }));
    }
  }
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}… (${String(text.length)})` : text;
}

/** The v1alpha2 CRs of the golden cases, with the namespace and all that the cluster keeps left out. */
function goldenCrs(): readonly Sample[] {
  return readCases().flatMap(({ name, input }) => {
    const list = readResourceList(input.toString());
    if (list instanceof Unreadable) return [];
    const items = [...list.items, ...(list.functionConfig ? [list.functionConfig] : [])];
    return items.flatMap((item, index) => {
      const cr = item.value();
      if (item.kind !== 'LlamaStackDistribution' || !item.apiVersion.endsWith('/v1alpha2')) return [];
      if (!isMapping(cr) || item.results().length > 0) return [];
      return [
        {
          name: `${name} ${String(index)}`,
          cr: { ...cr, apiVersion: 'llamastack.io/v1alpha2', metadata: kept(cr.metadata) },
        },
      ];
    });
  });
}

function kept(metadata: Json | undefined): JsonObject {
  const { name, labels, annotations } = isMapping(metadata) ? metadata : {};
  return {
    ...(name !== undefined && { name }),
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
  };
}

function namesAndRoots(): readonly Sample[] {
  const head = { apiVersion: 'llamastack.io/v1alpha2', kind: 'LlamaStackDistribution' };
  const spec = { distribution: { name: 'starter' } };
  const names = ['a', 'my-stack', 'x'.repeat(48), 'x'.repeat(49), '1a', 'a.b', 'A', 'a-', ''];
  return [
    ...names.map((name) => ({
      name: `metadata.name: ${JSON.stringify(name)}`,
      cr: { ...head, metadata: { name }, spec },
    })),
    { name: 'no spec', cr: { ...head, metadata: { name: 'a' } } },
    { name: 'status', cr: { ...head, metadata: { name: 'a' }, spec, status: { phase: 'Ready' } } },
    { name: 'unknown root field', cr: { ...head, metadata: { name: 'a' }, spec, specs: {} } },
  ];
}
