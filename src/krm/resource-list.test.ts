import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlockList } from './block-list.ts';
import type { Item } from './item.ts';
import { readResourceList, ResourceList, Unreadable } from './resource-list.ts';
import { resourceListText } from './resource-list.fixture.ts';
import { readSyntaxList } from './syntax-list.ts';
import { writeResourceList } from './write.ts';

function shown(item: Item | undefined, text = true): unknown {
  if (!item) return undefined;
  const { apiVersion, kind, name, namespace, annotations, file } = item;
  return {
    apiVersion,
    kind,
    name,
    namespace,
    annotations: [...annotations],
    file,
    ...(text && { text: item.text }),
    value: JSON.stringify(item.value()),
  };
}

describe('items that are only scanned', () => {
  test('are found as the parser finds them, whatever the style', () => {
    let scanned = 0;
    fc.assert(
      fc.property(resourceListText, (text) => {
        const slow = readSyntaxList({ text });
        const fast = readBlockList({ text });
        if (!(slow instanceof ResourceList)) {
          // What the scan takes for a list must be YAML; what it leaves to the parser may be anything.
          expect(fast).not.toBeInstanceOf(ResourceList);
          return;
        }
        if (!(fast instanceof ResourceList)) {
          expect(fast).toBeUndefined();
          return;
        }
        scanned += fast.items.filter(({ isParsed }) => !isParsed).length;
        expect(fast.items.map((item) => shown(item))).toEqual(slow.items.map((item) => shown(item)));
        expect(shown(fast.functionConfig, false)).toEqual(shown(slow.functionConfig, false));
        expect(fast.layout).toEqual(slow.layout);
      }),
      { numRuns: 600 },
    );
    expect(scanned).toBeGreaterThan(300);
  });

  test('are left to the parser where a text is no YAML', () => {
    const fragment = fc.constantFrom(
      ...[
        ' ',
        '  ',
        '\n',
        ':',
        '- ',
        '"',
        "'",
        '#',
        ' # ',
        '|',
        '{',
        ']',
        '&a ',
        '*a',
        '!',
        '?',
        '\t',
        ',',
        '%',
        '@',
        '---\n',
        'a: ',
        '\\',
        '>',
        ': ',
        '\r',
      ],
    );
    const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fragment);
    const spoilt = fc.tuple(resourceListText, fc.array(cut, { minLength: 1, maxLength: 3 })).map(([text, cuts]) =>
      cuts.reduce((spoiling, [at, removed, added]) => {
        const start = Math.floor(at * spoiling.length);
        return spoiling.slice(0, start) + added + spoiling.slice(start + removed);
      }, text),
    );
    fc.assert(
      fc.property(spoilt, (text) => {
        const fast = readBlockList({ text });
        if (!(fast instanceof ResourceList)) return;
        const slow = readSyntaxList({ text });
        if (!(slow instanceof ResourceList)) throw new Error('scanned, but no YAML');
        expect(fast.items.map((item) => shown(item))).toEqual(slow.items.map((item) => shown(item)));
      }),
      { numRuns: 600 },
    );
  });

  test('keep their bytes when nothing is changed', () => {
    fc.assert(
      fc.property(resourceListText, (text) => {
        const list = readResourceList(text);
        if (list instanceof Unreadable || list.layout?.results) return;
        expect(writeResourceList(list, [], [])).toBe(text);
      }),
    );
  });
});

describe('what is no ResourceList', () => {
  const said = (text: string): string => {
    const list = readResourceList(text);
    return list instanceof Unreadable ? list.result.message : 'readable';
  };

  test.each([
    ['', 'The input is empty; it must be a ResourceList'],
    [' \n', 'The input is empty; it must be a ResourceList'],
    ['just text', 'The input must be a ResourceList (`kind: ResourceList` with `items`), as kustomize and kpt send it'],
    [
      'kind: List\nitems: []\n',
      'The input must be a ResourceList (`kind: ResourceList` with `items`), as kustomize and kpt send it',
    ],
    ['kind: ResourceList\nitems: 5\n', 'The input is not valid YAML: line 2, column 8: `items` must be a list'],
    ['kind: ResourceList\n---\nkind: ResourceList\n', 'The input must be one ResourceList, not 2 YAML documents'],
    [
      'kind: ResourceList\nkind: ResourceList\n',
      'The input is not valid YAML: line 2, column 1: key "kind" is given twice in one mapping',
    ],
    [
      'kind: ResourceList\nitems:\n- a: b\n- c: "d\n- e: f\n',
      'The input is not valid YAML: line 5, column 1: a `:`, comma, quote, bracket or brace is missing',
    ],
    [
      'kind: ResourceList\nitems:\n- a: b\n\t- c\n',
      'The input is not valid YAML: line 4, column 1: indentation must be spaces, not tabs',
    ],
    [
      'kind: ResourceList\nitems:\n- a: \0\n',
      'The input is not valid YAML: line 3, column 6: the text must not hold the control character U+0000',
    ],
    [
      `kind: ResourceList\nitems:\n- a: ${'['.repeat(20_000)}\n`,
      'The input is not valid YAML: line 3, column 206: mappings and lists must not be nested more than 200 levels deep',
    ],
  ])('%j', (text, message) => {
    expect(said(text)).toBe(message);
  });

  test('an alias to an anchor of another item is an error, one within an item is not', () => {
    const list = readResourceList('kind: ResourceList\nitems:\n- kind: A\n  a: &x 1\n  b: *x\n- kind: B\n  b: *x\n');
    if (list instanceof Unreadable) throw new Error(list.result.message);
    expect(list.results().map(({ message, resourceRef }) => [message, resourceRef?.kind])).toEqual([
      ['Line 7, column 6: alias `*x` must follow an anchor `&x` in the same object', 'B'],
    ]);
  });
});

test('10,000 items are told apart without being parsed', () => {
  const item = (index: number): string =>
    `- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: cm-${index}\n    annotations:\n      internal.config.kubernetes.io/path: 'a/b${index}.yaml'\n  data:\n    a: |\n      - b\n      c: d\n`;
  const text = `kind: ResourceList\nitems:\n${Array.from({ length: 10_000 }, (_, index) => item(index)).join('')}`;
  const list = readResourceList(text);
  if (list instanceof Unreadable) throw new Error(list.result.message);
  expect(list.items).toHaveLength(10_000);
  expect(list.items.some(({ isParsed }) => isParsed)).toBe(false);
  expect(list.items[9_999]?.file).toEqual({ path: 'a/b9999.yaml' });
});
