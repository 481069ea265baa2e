import { emitYaml } from './krm/emitter.ts';
import type { Item } from './krm/item.ts';
import { localConfig } from './krm/local-config.ts';
import { isMapping, type Json, type JsonObject } from './krm/result.ts';
import { LOCK_SCHEMA_VERSION, type LockedImage } from './spec/distribution-lock.ts';

/** What a lock says of one image. */
export type LockEntry = Omit<LockedImage, 'at'>;

const comment = '# What `llsd lock` found in the registries. Run it again instead of editing this.\n';

/**
 * A DistributionLock as text: the images by reference in code unit order, what each brings as it is, and nothing that
 * would differ from run to run. The name, labels and annotations of the lock that it replaces stay.
 */
export function lockText(
  entries: readonly LockEntry[],
  platform: string | undefined,
  former: Item | undefined,
): string {
  const lock = {
    apiVersion: 'fn.llamastack.io/v1alpha1',
    kind: 'DistributionLock',
    metadata: metadataOf(former),
    spec: {
      schemaVersion: LOCK_SCHEMA_VERSION,
      ...(platform !== undefined && { platform }),
      images: [...entries].sort((a, b) => (a.image < b.image ? -1 : 1)).map(toJson),
    },
  };
  return comment + emitYaml(lock);
}

function metadataOf(former: Item | undefined): JsonObject {
  const value = former?.value();
  const metadata = isMapping(value) && isMapping(value.metadata) ? value.metadata : {};
  const annotations = isMapping(metadata.annotations) ? metadata.annotations : {};
  return { name: 'distribution-lock', ...metadata, annotations: { [localConfig]: 'true', ...annotations } };
}

/** An entry with its keys in one order, whatever made it. */
function toJson({ image, digest, distribution, release, baseConfig, providerSpec }: LockEntry): Json {
  return {
    image,
    digest,
    ...(distribution !== undefined && { distribution }),
    ...(release !== undefined && { release }),
    ...(baseConfig && { baseConfig: { sha256: baseConfig.sha256, content: baseConfig.content } }),
    ...(providerSpec && { providerSpec: { sha256: providerSpec.sha256, content: providerSpec.content } }),
  };
}

/** Whether two entries say the same of their image. */
export function isSameEntry(one: LockEntry, other: LockEntry): boolean {
  return JSON.stringify(toJson(one)) === JSON.stringify(toJson(other));
}
