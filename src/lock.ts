import type { Item } from './krm/item.ts';
import type { ResourceList } from './krm/resource-list.ts';
import { isMapping, type Result } from './krm/result.ts';
import { readDistributionLock, type LockedImage } from './spec/distribution-lock.ts';

/** What the DistributionLocks of a list hold. */
export interface Lock {
  readonly images: readonly LockedImage[];
  readonly results: readonly Result[];
}

/** Whether an item is what `llsd lock` wrote. */
export function isLock({ kind, apiVersion }: Item): boolean {
  return kind === 'DistributionLock' && apiVersion.startsWith('fn.llamastack.io/');
}

/** Reads the locks of a list; two that lock one image to two digests are an error, since one would win by chance. */
export function readLock(list: ResourceList, sha256hex: (text: string) => string): Lock {
  const images = new Map<string, LockedImage>();
  const results: Result[] = [];
  for (const item of list.items.filter(isLock)) {
    const report = item.report();
    const value = item.value();
    for (const locked of readDistributionLock(isMapping(value) ? value.spec : undefined, report, sha256hex)) {
      const earlier = images.get(locked.image);
      if (earlier !== undefined && earlier.digest !== locked.digest)
        report.error(
          locked.at.field('digest'),
          `The image "${locked.image}" is locked to two digests, "${earlier.digest}" too: remove one lock, or run \`llsd lock\` again`,
          { currentValue: locked.digest },
        );
      images.set(locked.image, locked);
    }
    results.push(...item.results(), ...report.results);
  }
  return { images: [...images.values()], results };
}
