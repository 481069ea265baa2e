import { describe, expect, test } from 'vitest';
import { BlockScanner } from './block-scan.ts';

const scan = (text: string): ReturnType<BlockScanner['scan']> =>
  new BlockScanner(text).scan(0, text.length, { kind: 'mapping', column: -1 });

describe('the styles that orchestrators and people use are scanned', () => {
  test.each([
    ['a list in the column of its key, and a key after it', 'a:\n- b\n- c: d\n  e: f\ng: h\n'],
    ['a list further right', 'a:\n  - b\n  -   c: d\n      e: f\ng: h\n'],
    ['lists in lists', 'a:\n- - b\n  - c\n-\n  - d\n'],
    ['comments in any column', '# a\na:\n      # b\n  b: c # d\n# e\n  d: e\n'],
    ['block texts', 'a: |\n  b\n\n   c\nd: >-\n    e\nf: |-  # g\n h\n'],
    ['quoted texts and keys', '"a": "b: \\"c\\" # d"\n\'e\': \'it\'\'s\' # f\n'],
    ['empty collections and lists of words', 'a: {}\nb: []\nc: ["d", e, \'f\'] # g\n'],
    ['texts that hold indicators', 'a: b:c\nd: --e\nf: g#h\ni: $(j)\nk: http://l/m?n=o&p=q*r\n'],
    ['CRLF', 'a:\r\n- b\r\nc: |\r\n  d\r\n'],
  ])('%s', (_, text) => {
    expect(scan(text)).toMatchObject({ end: text.length, isEmpty: false });
  });
});

describe('everything else is left to the parser', () => {
  test.each([
    ['a flow mapping', 'a: {b: c}\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !b c\n'],
    ['a merge key', '<<: a\n'],
    ['a tab as indentation', 'a:\n\tb: c\n'],
    ['a tab before a comment', 'a: b\t# c\n'],
    ['a text over two lines', 'a: b\n  c\n'],
    ['a quoted text over two lines', 'a: "b\n  c"\n'],
    ['a text under its key', 'a:\n  b\n'],
    ['a key that says it is one', '? a\n: b\n'],
    ['a block text that sets its indentation', 'a: |2\n   b\n'],
    ['a block text whose lines fall back', 'a: |\n    b\n  c\n'],
    ['a mapping whose keys do not stand under one another', 'a:\n  b: c\n d: e\n'],
    ['a key that is indented under a value', 'a: b\n  c: d\n'],
    ['a list under a value', 'a: b\n- c\n'],
    ['two keys on one line', 'a: b: c\n'],
    ['a quote that does not end', 'a: "b\n'],
    ['something behind a quoted text', 'a: "b" c\n'],
    ['a rare escape', 'a: "\\x41"\n'],
    ['a name in a block text', 'metadata:\n  name: |\n    a\n'],
    ['a repeated key of the header', 'kind: a\nkind: b\n'],
    ['an annotation that is a number to Kubernetes', 'metadata:\n  annotations:\n    0x10: a\n'],
    ['a number that JSON does not have', 'metadata:\n  annotations:\n    a: .inf\n'],
  ])('%s', (_, text) => {
    expect(scan(text)).toBeUndefined();
  });
});

test('the header is what the object says of itself', () => {
  const text =
    'apiVersion: \'v1\'\nkind: "A" # b\nmetadata:\n  annotations:\n    a/b: |\n      - c\n\n      d\n    e: true\n    f: 0755\n    g: ~\n    h: "i\\n"\n  name: it\'s\n  namespace: n\nspec:\n  kind: no\n  metadata: {}\n';
  expect(scan(text)?.header).toEqual({
    apiVersion: 'v1',
    kind: 'A',
    name: "it's",
    namespace: 'n',
    annotations: new Map([
      ['a/b', '- c\n\nd\n'],
      ['e', 'true'],
      ['f', '493'],
      ['h', 'i\n'],
    ]),
  });
});
