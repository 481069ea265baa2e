import fc from 'fast-check';

/** The items of a list in block style as they are written, in order; its results are left out. */
export function texts(list: string): readonly string[] {
  const [beforeResults = ''] = list.split(/^results:/m);
  return beforeResults.split(/^(?=- )/m).slice(1);
}

/** A list of items that `texts` gave. */
export function withItems(all: readonly string[]): string {
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:${all.length === 0 ? ' []' : ''}\n${all.join('')}`;
}

/** These in any order. */
export function shuffled<T>(all: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc.shuffledSubarray([...all], { minLength: all.length });
}

/**
 * These in an order that does not depend on theirs. Where two new objects share a file, which of them stands first in it is
 * order as well.
 */
export function unordered(all: readonly string[]): readonly string[] {
  return all.map((item) => item.replace(/(\.io\/index: )"\d+"/, '$1any')).sort();
}
