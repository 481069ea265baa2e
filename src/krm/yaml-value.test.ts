import { describe, expect, test } from 'vitest';
import { columnAt, lineAt } from './syntax.ts';
import { readDocument } from './yaml-value.ts';
import { parseYaml } from './yaml.ts';

function read(text: string): { value: unknown; problems: string[] } {
  const [document] = parseYaml(text);
  if (!document) throw new Error('no document');
  const { value, problems } = readDocument(document);
  return {
    value,
    problems: problems.map(({ message, at }) => `${String(lineAt(text, at))}:${String(columnAt(text, at))} ${message}`),
  };
}
const plain = (text: string): unknown => {
  const { value, problems } = read(text);
  expect(problems).toEqual([]);
  return JSON.parse(JSON.stringify(value));
};

describe('values', () => {
  test.each([
    ['a: yes\nb: 0755\nc: "0755"\nd: 1_000\ne: ~\nf:\n', { a: 'yes', b: 493, c: '0755', d: 1000, e: null, f: null }],
    ['8080: a\n0x10: b\ntrue: c\n', { 8080: 'a', 16: 'b', true: 'c' }],
    ['a: !!str 1\nb: !!int "3"\nc: ! 5\nd: !!float 1\n', { a: '1', b: 3, c: '5', d: 1 }],
    ['a: |\n  x\n\n  y\nb: >-\n  x\n  y\n', { a: 'x\n\ny\n', b: 'x y' }],
    ['{"a": [1, {"b": "\\u00e4\\/"}]}', { a: [1, { b: 'ä/' }] }],
    ['a: 1\r\nb: |\r\n  x\r\n  y\r\n', { a: 1, b: 'x\ny\n' }],
    ['', null],
  ])('%j', (text, value) => {
    expect(plain(text)).toEqual(value);
  });

  test('aliases and merge keys are resolved; what a mapping says itself wins', () => {
    const text = 'base: &b {x: 1, y: 2}\na:\n  <<: *b\n  y: 3\nc: [*b]\nd:\n  <<: [{x: 9}, *b]\n';
    expect(plain(text)).toEqual({ base: { x: 1, y: 2 }, a: { x: 1, y: 3 }, c: [{ x: 1, y: 2 }], d: { x: 9, y: 2 } });
  });

  test('`__proto__` and `constructor` are keys like any other', () => {
    const { value } = read('__proto__: {polluted: 1}\nconstructor: {prototype: 2}\n');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('problems, each with its place', () => {
  test.each([
    ['a: 1\nb: 2\na: 3\n', '3:1 key "a" is given twice in one mapping'],
    ['a:\n  "b": 1\n  b: 2\n', '3:3 key "b" is given twice in one mapping'],
    ['a: *x\n', '1:4 alias `*x` must follow an anchor `&x` in the same object'],
    ['a: &a [*a]\n', '1:8 alias `*a` must follow an anchor `&a` in the same object'],
    [
      'a: 12345678901234567890\n',
      '1:4 the number 12345678901234567890 is too large to be read exactly; put it in quotes if it is text',
    ],
    ['a: .inf\n', '1:4 ".inf" has no place in JSON; put it in quotes if it is text'],
    ['a: !mine 1\n', '1:10 the tag `!mine` is not supported here'],
    ['a: !!int x\n', '1:10 the tag `!!int` is not supported here'],
    ['a: !!binary eA==\n', '1:13 the tag `!!binary` is not supported here'],
    ['{a: 1}: b\n', '1:1 a key must be text'],
    ['~: b\n', '1:1 a key must be text'],
    ['<<: 1\n', '1:1 the value of `<<` must be a mapping, or a list of mappings'],
    ['a: "\\ud800"\n', '1:4 a text must not hold the character U+D800, which kustomize cannot carry'],
    ['a: "\\x7f"\n', '1:4 a text must not hold the character U+007F, which kustomize cannot carry'],
    [
      'a: b: c\n',
      '1:4 a second `key: value` on one line; put the value in quotes, or the inner mapping on its own line',
    ],
    ['a:\n\t- 1\n', '2:1 indentation must be spaces, not tabs'],
    ['a: "x\n', '2:1 a `:`, comma, quote, bracket or brace is missing'],
    [
      'a: [1, 2\nb: 3\n',
      '2:1 a bracket or brace is not closed, or the lines of one mapping or list do not start in the same column',
    ],
    ['a: @x\n', '1:4 a value must not start with this character; put the value in quotes'],
    ['a: "\\q"\n', '1:5 a text in double quotes has an unknown `\\` sequence; write `\\\\` for a backslash'],
    ['a: x\0y\n', '1:5 the text must not hold the control character U+0000'],
    ['a: x\ufeff\n', '1:5 the text must not hold the control character U+FEFF'],
  ])('%j → %s', (text, problem) => {
    expect(read(text).problems[0]).toBe(problem);
  });

  test('all of one document are told at once', () => {
    expect(read('a: 1\na: 2\nb: *x\nc: .nan\n').problems).toHaveLength(3);
  });
});

describe('what would exhaust a machine', () => {
  test.each([
    ['[', 1],
    ['{a: ', 4],
    ['- ', 2],
    ['? ', 2],
  ])('20,000 times %j is one clear problem', (text, width) => {
    const { problems } = read(text.repeat(20_000));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/mappings and lists must not be nested more than 200 levels deep$/);
    expect(width).toBeGreaterThan(0);
  });

  test('20,000 levels by indentation', () => {
    const lines = Array.from({ length: 2_000 }, (_, level) => `${' '.repeat(level)}a:`);
    expect(read(lines.join('\n')).problems[0]).toMatch(/200 levels deep$/);
  });

  test('100 levels are fine', () => {
    expect(read('['.repeat(100) + ']'.repeat(100)).problems).toEqual([]);
  });

  test('aliases that multiply are refused, aliases that only repeat are not', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 10; level++)
      bomb.push(`a${String(level)}: &a${String(level)} [${`*a${String(level - 1)}, `.repeat(10)}]`);
    expect(read(bomb.join('\n')).problems).toEqual([
      expect.stringContaining('the aliases of one object must not stand for more than 10000 values'),
    ]);
    expect(read(`a: &a {x: 1}\nb: [${'*a, '.repeat(1000)}]`).problems).toEqual([]);
  });
});
