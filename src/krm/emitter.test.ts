import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emitYaml } from './emitter.ts';
import { jsonText } from './json-text.ts';
import type { Json } from './result.ts';
import { trickyStrings } from './tricky-strings.ts';
import { readDocument } from './yaml-value.ts';
import { parseYaml } from './yaml.ts';

/** Plain objects, so that values compare by what they hold. */
function parse(text: string): unknown {
  const documents = parseYaml(text);
  expect(documents).toHaveLength(1);
  const [document] = documents;
  if (!document) throw new Error('no document');
  const { value, problems } = readDocument(document);
  expect(problems).toEqual([]);
  return JSON.parse(JSON.stringify(value)) as unknown;
}

// Half surrogate pairs are no text; U+007F to U+009F are refused on reading, since kustomize
// cannot carry them.
const text = fc
  .oneof(fc.constantFrom(...trickyStrings), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ -~\n\t]{0,40}$/))
  .filter((value) => !/\p{Surrogate}|[\x7f-\x9f]/u.test(value));
const key = text.filter((value) => value !== '__proto__');
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.constantFrom(null, true, false, 0, -1, 0.5, 1e21, 1e-7, 9007199254740991),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('what is written is read as the same value', () => {
  test('the corpus holds at least 200 texts, each once', () => {
    expect(new Set(trickyStrings).size).toBe(trickyStrings.length);
    expect(trickyStrings.length).toBeGreaterThanOrEqual(200);
  });

  test.each(trickyStrings.map((value) => [value]))('as value, key and list item: %j', (value) => {
    for (const lists of ['compact', 'wide'] as const) {
      const object = Object.fromEntries<Json>([
        ['a', value],
        ['b', [value, { c: value }]],
        [value, { d: 1 }],
      ]);
      expect(parse(emitYaml(object, 0, lists))).toEqual(JSON.parse(JSON.stringify(object)));
    }
  });

  test('any JSON value, in block YAML and in JSON', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('compact' as const, 'wide' as const), (value, lists) => {
        expect(parse(emitYaml(value, 0, lists))).toEqual(value);
        expect(parse(jsonText(value))).toEqual(value);
        expect(parse(jsonText(value, '  '))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('a value that stands behind a dash in some column', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 0, max: 6 }), (value, column) => {
        expect(parse(`${' '.repeat(column)}- ${emitYaml(value, column + 2)}`)).toEqual([value]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('block style', () => {
  test('keys keep their order, lists stand in the column of their key, text of lines is literal', () => {
    const value = { b: 1, a: [{ c: 'x', d: [1, 2] }, []], t: 'one\n\n  two\n', e: {}, n: null };
    expect(emitYaml(value)).toBe(
      'b: 1\na:\n- c: x\n  d:\n  - 1\n  - 2\n- []\nt: |\n  one\n\n    two\ne: {}\n"n": null\n',
    );
  });

  test('wide lists stand two columns further', () => {
    expect(emitYaml({ a: [{ b: ['x'] }] }, 0, 'wide')).toBe('a:\n  - b:\n      - x\n');
  });

  test('only words that no reader takes for anything else are left without quotes', () => {
    expect(emitYaml(['starter', '/a', 'yes', '1', 'a:', 'a b', 'x#y'])).toBe(
      '- starter\n- /a\n- "yes"\n- "1"\n- "a:"\n- "a b"\n- "x#y"\n',
    );
  });

  test('a value that is shared is written out twice, never as an alias', () => {
    const shared = { a: 1 };
    expect(emitYaml({ x: shared, z: shared })).toBe('x:\n  a: 1\nz:\n  a: 1\n');
  });

  test('a number that JSON does not have is a bug of the caller', () => {
    expect(() => emitYaml(Number.NaN)).toThrow('no JSON number');
  });
});
