import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shuffled, texts, unordered, withItems } from './item-texts.fixture.ts';
import { itemsIn, listOf, toy, toyFunction } from './place.fixture.ts';
import type { JsonObject } from './result.ts';

/** Each law is tried on this many random packages. */
const numRuns = 1000;

interface Toy {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly text: string;
}

const toys = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom('a', 'b', '"x\\ny\\n"'),
      fc.integer({ min: 0, max: 3 }),
      fc.subarray(['Service', 'Ingress', 'PersistentVolumeClaim']),
      fc.constantFrom('t.yaml', 'sub/t.yaml'),
      fc.constantFrom(undefined, 'ns'),
    )
    .map(([name, text, replicas, more, path, namespace]): Toy => {
      const spec = `text: ${text}, replicas: ${String(replicas)}, more: [${more.join(', ')}]`;
      return { name, namespace, text: toy(name, spec, path, namespace) };
    }),
  { selector: ({ name, namespace }) => `${String(namespace)}/${name}` },
);
const foreign = fc.array(
  fc.constantFrom(
    'apiVersion: v1\nkind: Secret # kept\nmetadata:\n    name: s\ndata: {a:   b}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, annotations: {a.example/b: "1"}}',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: theirs\nspec:\n  replicas: 2',
    'kind: Kptfile',
  ),
  { maxLength: 3 },
);
/** A package's items, toys and others, in any order. */
const packages = fc
  .tuple(toys, foreign)
  .chain(([ours, others]) => shuffled([...ours.map(({ text }) => text), ...others]));

const render = (list: string): string => toyFunction(list).out;
const isOf = (item: string, { name, namespace }: Toy): boolean => {
  const [value] = itemsIn(withItems([item])) as readonly { metadata?: JsonObject & { annotations?: JsonObject } }[];
  const { metadata } = value ?? {};
  return metadata?.annotations?.['toys.example/from'] === name && metadata.namespace === namespace;
};

describe('laws of placing', () => {
  test('rendering twice changes no item', () => {
    fc.assert(
      fc.property(packages, (all) => {
        const once = render(listOf(...all));
        expect(render(once)).toBe(once);
      }),
      { numRuns },
    );
  });

  test('the order of the items changes only their order', () => {
    fc.assert(
      fc.property(
        packages.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
        ([all, reordered]) => {
          const items = (list: readonly string[]): readonly string[] => unordered(texts(render(listOf(...list))));
          expect(items(reordered)).toEqual(items(all));
        },
      ),
      { numRuns },
    );
  });

  test('a package that is rendered already may be reordered too', () => {
    fc.assert(
      fc.property(
        packages.chain((all) => shuffled(texts(render(listOf(...all))))),
        (reordered) => {
          expect(texts(render(withItems(reordered)))).toEqual(reordered);
        },
      ),
      { numRuns },
    );
  });

  test('adding foreign items changes nothing else', () => {
    fc.assert(
      fc.property(toys, foreign, (ours, others) => {
        const alone = texts(render(listOf(...ours.map(({ text }) => text))));
        const added = texts(listOf(...others));
        const both = texts(render(withItems([...added, ...texts(listOf(...ours.map(({ text }) => text)))])));
        expect(both).toEqual([...added, ...alone]);
      }),
      { numRuns },
    );
  });

  test('removing a toy removes exactly its objects, but for what holds data', () => {
    fc.assert(
      fc.property(
        toys.filter((all) => all.length > 0),
        (all) => {
          const [gone] = all;
          // Of two toys of one name in two namespaces, what the one leaves could be the other's.
          if (!gone || all.some((other) => other !== gone && other.name === gone.name)) return;
          const before = texts(render(listOf(...all.map(({ text }) => text))));
          const without = before.filter((item) => !(item.includes('kind: Toy\n') && itemName(item) === gone.name));
          const left = before.filter(
            (item) => without.includes(item) && (!isOf(item, gone) || item.includes('kind: PersistentVolumeClaim\n')),
          );
          expect(texts(render(withItems(without)))).toEqual(left);
        },
      ),
      { numRuns },
    );
  });

  test('a namespace that another function sets afterwards keeps ownership', () => {
    fc.assert(
      fc.property(
        toys.filter((all) => new Set(all.map(({ name }) => name)).size === all.length),
        fc.constantFrom('later', 'ns'),
        fc.boolean(),
        (all, namespace, ownersToo) => {
          const once = texts(render(listOf(...all.map(({ text }) => text))));
          const set = once.map((item) =>
            ownersToo || !item.includes('kind: Toy\n')
              ? item
                  .replace(/^ {4}namespace: .*\n/m, '')
                  .replace(/^( {4}name: .*\n)/m, `$1    namespace: ${namespace}\n`)
              : item,
          );
          const again = texts(render(withItems(set)));
          // Nothing is pruned or made twice; where the owners have the namespace too, nothing changes at all.
          if (ownersToo) expect(again).toEqual(set);
          else expect(again).toHaveLength(once.length);
          const { results } = toyFunction(withItems(set));
          expect(results.filter(({ severity }) => severity !== 'info')).toEqual([]);
        },
      ),
      { numRuns },
    );
  });
});

function itemName(item: string): string | undefined {
  return /^ {4}name: (.*)$/m.exec(item)?.[1];
}
