import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/v4/core';
import { Path, Report, type Json, type JsonObject } from '../krm/result.ts';
import { metadataSchema } from './metadata.ts';
import { readShape } from './read-shape.ts';
import { renderOptionsSchema } from './render-options.ts';
import { readRenderOptions } from './render-options.ts';
import { readStack, specSchema } from './stack.ts';

type Keys = readonly (string | number)[];

interface Field {
  readonly keys: Keys;
  /** The JSON types that it takes. */
  readonly types: ReadonlySet<string>;
}

/** Enough to meet every branch. */
const RUNS = 200;

const SAMPLES: readonly Json[] = [null, true, 7.5, 'a word !', ['x'], { zz: 1 }];
const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const FURTHER_KEYS = new Map<string, string>([
  ['spec.providers', 'files'],
  ['spec.externalProviders', 'safety'],
]);

/** Every place of a schema that takes some types and not others, objects and lists on the way included. */
function fieldsOf(schema: z.$ZodType, keys: Keys): Field[] {
  const def = (schema as z.$ZodTypes)._zod.def;
  const self = (type: string): Field => ({ keys, types: new Set([type]) });
  switch (def.type) {
    case 'optional':
    case 'default':
      return fieldsOf(def.innerType, keys);
    case 'object': {
      const further =
        def.catchall && def.catchall._zod.def.type !== 'never' ? [FURTHER_KEYS.get(keys.join('.')) ?? 'host'] : [];
      return [
        self('object'),
        ...Object.entries(def.shape).flatMap(([key, field]) => fieldsOf(field, [...keys, key])),
        ...further.flatMap((key) => (def.catchall ? fieldsOf(def.catchall, [...keys, key]) : [])),
      ];
    }
    case 'record':
      return [self('object'), ...fieldsOf(def.valueType, [...keys, 'cpu'])];
    case 'array':
      return [self('array'), ...fieldsOf(def.element, [...keys, 0])];
    case 'union': {
      const branches = def.options.flatMap((option) => fieldsOf(option, keys));
      const types = new Set(
        branches.filter((field) => field.keys.length === keys.length).flatMap((field) => [...field.types]),
      );
      return [{ keys, types }, ...branches.filter((field) => field.keys.length > keys.length)];
    }
    case 'unknown':
      return [];
    case 'enum':
      return [self('string')];
    default:
      return [self(def.type)];
  }
}

/** `[a, 0, b]`, v → `{a: [{b: v}]}` */
function nested(keys: Keys, value: Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  return typeof key === 'number' ? [nested(rest, value)] : { [key]: nested(rest, value) };
}

const pathOf = (keys: Keys): string =>
  keys.reduce<Path>((at, key) => (typeof key === 'number' ? at.item(key) : at.field(key)), Path.root).toString();

const cr = (parts: JsonObject): JsonObject => ({
  apiVersion: 'llamastack.io/v1alpha2',
  kind: 'LlamaStackDistribution',
  ...parts,
});

const specFields = [...fieldsOf(specSchema, ['spec']), ...fieldsOf(metadataSchema, ['metadata'])];
const wrongValues = (field: Field): Json[] => SAMPLES.filter((sample) => !field.types.has(typeOf(sample)));

describe('a value of the wrong type', () => {
  test('there are more than a hundred places to try', () => {
    expect(specFields.length).toBeGreaterThan(100);
  });

  test.each(specFields.map((field) => [pathOf(field.keys), field] as const))(
    'at %s is an error with that path, beside all others',
    (path, field) => {
      for (const value of wrongValues(field)) {
        const report = new Report();
        const wrong = nested(field.keys, value) as JsonObject;
        readStack(cr({ ...wrong, bogus: 1 }), report);
        const errors = report.results.filter(({ severity }) => severity === 'error');
        expect(errors.map((error) => error.field?.path)).toContain(path);
        expect(errors.map((error) => error.field?.path)).toContain('bogus');
        if (!('metadata' in wrong)) expect(errors.map((error) => error.field?.path)).toContain('metadata');
      }
    },
  );

  test.each(fieldsOf(renderOptionsSchema, ['spec']).map((field) => [pathOf(field.keys), field] as const))(
    'of an option at %s is an error with that path',
    (path, field) => {
      for (const value of wrongValues(field)) {
        if (path === 'spec.networkPolicy' && typeof value === 'boolean') continue;
        const report = new Report();
        const { spec } = nested(field.keys, value) as { spec: Json };
        readRenderOptions([{ value: spec, at: Path.root.field('spec'), form: 'object' }], report);
        expect(report.results.map((result) => result.field?.path)).toContain(path);
      }
    },
  );
});

const WORDS = [
  ...[
    'a',
    'vllm',
    'starter',
    'http://vllm:8000',
    '10Gi',
    '/data',
    '50%',
    'docker.io/x/distribution-starter:0.7.1',
    'redis',
    'a b',
    '',
  ],
  ...[
    'postgres',
    'postgresql://u:p@h/d',
    '${env.X}',
    'Always',
    'llm',
    'embedding',
    '*',
    'In',
    'DoNotSchedule',
    'Disabled',
    'constructor',
  ],
  ...['1', 'http://vllm:8000', 'my-stack'],
];
const words = fc.constantFrom(...WORDS);
const strangeKeys = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a.b',
  'secretKeyRef',
  'prot',
  '',
);
const anything = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    words,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(words, strangeKeys), tie('json'), { maxKeys: 3, noNullPrototype: false }),
  ),
})).json;

/** Values that are mostly of a schema, with some place wrong now and then. */
function valuesOf(schema: z.$ZodType): fc.Arbitrary<Json> {
  const def = (schema as z.$ZodTypes)._zod.def;
  const mostly = (arbitrary: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
    fc.oneof({ weight: 40, arbitrary }, { weight: 1, arbitrary: anything });
  switch (def.type) {
    case 'optional':
    case 'default':
      return valuesOf(def.innerType);
    case 'object': {
      const fields = Object.fromEntries(Object.entries(def.shape).map(([key, field]) => [key, valuesOf(field)]));
      const further = fc.oneof(
        { weight: 30, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.dictionary(strangeKeys, anything, { maxKeys: 1 }) },
      );
      const requiredKeys = Object.keys(def.shape).filter(
        (key) => !['optional', 'default'].includes(def.shape[key]?._zod.def.type ?? ''),
      );
      return mostly(
        fc.tuple(fc.record(fields, { requiredKeys }), further).map(([known, more]) => ({ ...known, ...more })),
      );
    }
    case 'record':
      return mostly(fc.dictionary(fc.oneof(words, strangeKeys), valuesOf(def.valueType), { maxKeys: 2 }));
    case 'array':
      return mostly(fc.array(valuesOf(def.element), { maxLength: 3 }));
    case 'union':
      return fc.oneof(...def.options.map((option) => valuesOf(option)));
    case 'enum':
      return mostly(fc.constantFrom(...Object.values(def.entries)));
    case 'number':
      return mostly(fc.integer({ min: 0, max: 9000 }));
    case 'boolean':
      return mostly(fc.boolean());
    case 'string': {
      const valid = WORDS.filter((word) => z.safeParse(schema, word).success);
      return mostly(valid.length === 0 ? words : fc.constantFrom(...valid));
    }
    default:
      return anything;
  }
}

test('nothing that JSON can hold makes the reader throw', () => {
  const root = fc.dictionary(fc.constantFrom('apiVersion', 'metadata', 'spec', '__proto__', 'x'), anything);
  fc.assert(
    fc.property(root, (value) => {
      readStack(value, new Report());
    }),
    { numRuns: RUNS },
  );
  const near = fc.record({ metadata: valuesOf(metadataSchema), spec: fc.oneof(valuesOf(specSchema), anything) });
  fc.assert(
    fc.property(near, (parts) => {
      const report = new Report();
      const stack = readStack(cr(parts), report);
      expect(stack !== undefined || report.failed).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test.each(Object.entries(specSchema._zod.def.shape))(
  'what the schema refuses of %s the reader reports, and nothing else',
  (part, schema) => {
    const verdicts = { good: 0, bad: 0 };
    fc.assert(
      fc.property(fc.oneof(valuesOf(schema), { arbitrary: anything, weight: 1 }), (value) => {
        const report = new Report();
        readShape(schema, value, Path.root.field(part), report);
        const valid = z.safeParse(schema, value).success;
        // The schema takes two things that the reader does not: a key that is no API's name, and all that is under `__proto__`.
        const further = report.results.filter(
          ({ message, field }) => !message.startsWith('Unknown field') && !field?.path.includes('__proto__'),
        );
        if (valid) expect(further).toEqual([]);
        else expect(report.failed).toBe(true);
        verdicts[valid ? 'good' : 'bad'] += 1;
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(verdicts.good, verdicts.bad)).toBeGreaterThan(0);
  },
);
