import type { NeededImage } from '../../src/images.ts';
import type { Item } from '../../src/krm/item.ts';
import type { Result } from '../../src/krm/result.ts';
import type { LockedImage } from '../../src/spec/distribution-lock.ts';
import { inTurn } from './in-turn.ts';
import { isLocked } from './lock-changes.ts';
import type { Registries } from './registries.ts';

/** What `--check` finds: images that the lock lacks, tags that have moved, and as warnings what no CR needs any more. */
export async function checkLock(
  images: readonly NeededImage[],
  locked: readonly LockedImage[],
  lock: Item | undefined,
  registries: Registries,
): Promise<readonly Result[]> {
  const found = await inTurn(images, async (image): Promise<readonly Result[]> => {
    const entry = locked.find((one) => one.image === image.image);
    if (entry === undefined || lock === undefined || !isLocked(image, locked))
      return image.error(`The image "${image.image}" is not in the lock; run \`llsd lock\``);
    const now = await registries.ask(() => registries.readerFor(image).digest(image.image));
    if ('failure' in now) return image.error(now.failure);
    if (now.answer === entry.digest) return [];
    const report = lock.report();
    report.error(
      entry.at.field('digest'),
      `The image "${image.image}" has moved: it was ${entry.digest}, and is now ${now.answer}; run \`llsd lock --update ${image.image}\``,
      { currentValue: entry.digest, proposedValue: now.answer },
    );
    return report.results;
  });
  const unneeded = locked
    .filter(({ image }) => !images.some((needed) => needed.image === image))
    .flatMap(({ image, at }) => {
      const report = lock?.report();
      report?.warning(at.field('image'), `No CR needs the image "${image}" any more; run \`llsd lock\``, {
        currentValue: image,
      });
      return report?.results ?? [];
    });
  return [...found.flat(), ...unneeded];
}
