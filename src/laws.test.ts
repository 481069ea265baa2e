import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shuffled, texts, unordered, withItems } from './krm/item-texts.fixture.ts';
import { itemsIn, listOf, sha256hex } from './krm/place.fixture.ts';
import { isMapping } from './krm/result.ts';
import { annotations } from './names.ts';
import { crs, crsOfOwnNames, foreign, type DrawnCr } from './random-package.fixture.ts';
import { run } from './run.ts';

/** Each law is tried on this many random packages that render without an error: on CI and by `npm run laws` a thousand. */
const numRuns = Number(process.env.LLSD_RUNS ?? (process.env.CI === 'true' ? 1000 : 100));

/** In ms; a law takes about half a minute of an idle machine. */
const timeout = 600_000;

/** The items of a package after a run. A package that holds a fault from the start is passed over, and not counted. */
function rendered(items: readonly string[]): readonly string[] {
  const { out, code } = run(listOf(...items), { sha256hex });
  fc.pre(code === 0);
  return texts(out);
}

/** The items of a package that rendered before, after another run, which must find no fault. */
function again(items: readonly string[]): readonly string[] {
  const { out, err, code } = run(withItems(items), { sha256hex });
  expect(code, err).toBe(0);
  return texts(out);
}

const textsOf = (all: readonly DrawnCr[]): readonly string[] => all.map(({ text }) => text);
const packages = fc.tuple(crs, foreign).chain(([ours, others]) => shuffled([...textsOf(ours), ...others]));

/** The name in an item that is a CR, in whatever spelling. */
function nameOfCr(item: string): unknown {
  if (!item.includes('LlamaStackDistribution')) return undefined;
  const [{ apiVersion, metadata } = {}] = itemsIn(withItems([item]));
  const isOurs = typeof apiVersion === 'string' && apiVersion.startsWith('llamastack.');
  return isOurs && isMapping(metadata) ? metadata.name : undefined;
}

/** Whether an item was generated from the CR of this name. */
function isFrom(name: string, item: string): boolean {
  return item.includes(`\n      ${annotations.generatedFrom}: ${name}\n`);
}

/** An item as a function leaves it that sets all namespaces. */
function inNamespace(namespace: string, item: string): string {
  if (nameOfCr(item) === undefined)
    return item.replace(/^ {4}namespace: .*\n/m, '').replace(/^( {4}name: .*\n)/m, `$1    namespace: ${namespace}\n`);
  const [{ metadata, ...cr } = {}] = itemsIn(withItems([item]));
  return `- ${JSON.stringify({ ...cr, metadata: { ...(isMapping(metadata) && metadata), namespace } })}\n`;
}

describe('laws of the whole expansion', { timeout }, () => {
  test('rendering twice changes no item', () => {
    fc.assert(
      fc.property(packages, (all) => {
        const once = rendered(all);
        expect(again(once)).toEqual(once);
      }),
      { numRuns },
    );
  });

  test('the order of the items changes only their order', () => {
    fc.assert(
      fc.property(
        packages.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
        ([all, reordered]) => {
          const before = rendered(all);
          expect(unordered(again(texts(listOf(...reordered))))).toEqual(unordered(before));
        },
      ),
      { numRuns },
    );
  });

  test('a package that is rendered already may be reordered too', () => {
    fc.assert(
      fc.property(packages, fc.infiniteStream(fc.nat()), (all, keys) => {
        const keyed = rendered(all).map((item) => ({ item, key: keys.next().value as number }));
        const reordered = keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
        expect(again(reordered)).toEqual(reordered);
      }),
      { numRuns },
    );
  });

  test('adding foreign items changes nothing else', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(crs, foreign)
          .chain(([ours, others]) =>
            fc.tuple(
              fc.constant(ours),
              fc.constant(others),
              fc.array(fc.nat({ max: 3 }), { minLength: 3, maxLength: 3 }),
            ),
          ),
        ([ours, others, places]) => {
          const alone = rendered(textsOf(ours));
          const added = texts(listOf(...others));
          const both = [...texts(listOf(...textsOf(ours)))];
          added.forEach((item, index) => both.splice(places[index] ?? 0, 0, item));
          const after = again(both);
          expect(after.filter((item) => !added.includes(item))).toEqual(alone);
          expect(after.filter((item) => added.includes(item))).toEqual(both.filter((item) => added.includes(item)));
        },
      ),
      { numRuns },
    );
  });

  test('removing a CR removes exactly its objects, but for its PVC', () => {
    fc.assert(
      fc.property(crsOfOwnNames, foreign, (ours, others) => {
        const before = rendered([...textsOf(ours), ...others]);
        const name = ours[0]?.name ?? '';
        const without = before.filter((item) => nameOfCr(item) !== name);
        const left = without.filter(
          (item) => !isFrom(name, item) || item.includes('\n  kind: PersistentVolumeClaim\n'),
        );
        expect(before.length - without.length).toBe(1);
        expect(without.length - left.length).toBeGreaterThanOrEqual(3);
        expect(again(without)).toEqual(left);
      }),
      { numRuns },
    );
  });

  test('a namespace that another function sets afterwards keeps ownership', () => {
    fc.assert(
      fc.property(crsOfOwnNames, fc.constantFrom('later', 'ai'), fc.boolean(), (ours, namespace, crsToo) => {
        const once = rendered(textsOf(ours));
        const set = once.map((item) => (crsToo || nameOfCr(item) === undefined ? inNamespace(namespace, item) : item));
        const after = again(set);
        // Nothing is pruned or made twice; where the CRs have the namespace too, nothing changes at all.
        if (crsToo) expect(after).toEqual(set);
        else expect(after).toHaveLength(once.length);
      }),
      { numRuns },
    );
  });
});
