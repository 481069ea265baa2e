import type { NeededImage } from '../../src/images.ts';
import type { Result } from '../../src/krm/result.ts';
import type { LockEntry } from '../../src/lock-text.ts';
import type { LockedBaseConfig } from '../../src/spec/distribution-lock.ts';
import { system } from '../system.ts';
import { inTurn } from './in-turn.ts';
import type { Registries } from './registries.ts';

/** Reads what a lock says of each image, or why it cannot: all faults together, in the order of the images. */
export async function readImages(
  images: readonly NeededImage[],
  registries: Registries,
): Promise<{ entries: readonly LockEntry[]; results: readonly Result[] }> {
  const read = await inTurn(images, async (image) => {
    const answered = await registries.ask(() => readEntry(image, registries));
    return 'failure' in answered
      ? { entries: [], results: image.error(answered.failure) }
      : { entries: [answered.answer], results: [] };
  });
  return { entries: read.flatMap(({ entries }) => entries), results: read.flatMap(({ results }) => results) };
}

async function readEntry(needed: NeededImage, registries: Registries): Promise<LockEntry> {
  const { image, wantsBaseConfig, wantsProviderSpec } = needed;
  const read = await registries.readerFor(needed).read(image);
  const labelled = await registries.ask(() => registries.readLabels(read, image));
  // An image that no CR starts from may have labels that lead nowhere.
  if ('failure' in labelled && wantsBaseConfig) throw labelled.error;
  const { baseConfig, ...told } = 'answer' in labelled ? labelled.answer : {};
  return {
    image,
    digest: read.digest,
    ...told,
    ...(baseConfig !== undefined && { baseConfig: toLocked(baseConfig) }),
    ...(wantsProviderSpec && { providerSpec: toLocked(await registries.readProviderSpec(read, image)) }),
  };
}

function toLocked(content: string): LockedBaseConfig {
  return { sha256: system.sha256hex(content), content };
}
