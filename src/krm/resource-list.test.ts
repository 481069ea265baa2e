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
