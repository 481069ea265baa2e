import { basename } from 'node:path';
import type { NeededImage } from '../../src/images.ts';
import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import { isSameEntry, type LockEntry } from '../../src/lock-text.ts';
import { nearest } from '../../src/nearest.ts';
import { UsageError } from '../usage-error.ts';
import type { LockFile } from './lock-file.ts';

/** The images that `--update` names, and those of which the lock does not say all that is needed. */
export function chosenForUpdate(
  names: readonly string[],
  images: readonly NeededImage[],
  locked: readonly LockEntry[],
): readonly NeededImage[] {
  const known = [...new Set(images.flatMap((image) => [image.image, ...image.names]))];
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const hint =
      near === undefined ? `they are ${images.map(({ image }) => image).join(', ')}` : `did you mean ${near}?`;
    throw new UsageError(`llsd lock: --update "${name}" is no image of the package; ${hint}`);
  }
  return images.filter(
    (image) => names.some((name) => name === image.image || image.names.includes(name)) || !isLocked(image, locked),
  );
}

/** Whether the lock says all of an image that its CRs need. */
export function isLocked({ image, wantsProviderSpec }: NeededImage, locked: readonly LockEntry[]): boolean {
  const entry = locked.find((one) => one.image === image);
  return entry !== undefined && (!wantsProviderSpec || entry.providerSpec !== undefined);
}

/** What is told of a lock that was written: the file, and a line for each image that is new, other than it was, or gone. */
export function summary(
  { path }: LockFile,
  before: readonly LockEntry[],
  after: readonly LockEntry[],
  files: readonly PackageFile[],
): string {
  const changes = [
    ...after.flatMap((entry) => {
      const former = before.find(({ image }) => image === entry.image);
      if (former === undefined) return [`  + ${entry.image} ${entry.digest}${broughtBy(entry)}`];
      if (isSameEntry(former, entry)) return [];
      const from = former.digest === entry.digest ? '' : `${former.digest} -> `;
      return [`  ~ ${entry.image} ${from}${entry.digest}${broughtBy(entry)}`];
    }),
    ...before
      .filter(({ image }) => !after.some((entry) => entry.image === image))
      .map(({ image }) => `  - ${image}, which no CR needs any more`),
  ];
  const count = `${after.length} image${after.length === 1 ? '' : 's'}`;
  const head = `${path}: ${count}${changes.length === 0 ? ', nothing has changed' : ''}`;
  return [head, ...changes, ...kustomizeHint(path, files)].map((line) => `${line}\n`).join('');
}

function broughtBy({ baseConfig, providerSpec, release }: LockEntry): string {
  const parts = [
    ...(baseConfig ? ['its config.yaml'] : []),
    ...(providerSpec ? ['its provider spec'] : []),
    ...(release === undefined ? [] : [`release ${release}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** kustomize reads what is listed alone; a lock that it passes over would be one in name only. */
function kustomizeHint(path: string, files: readonly PackageFile[]): readonly string[] {
  const name = basename(path);
  return files
    .filter((file) => /(^|\/)kustomization\.ya?ml$/.test(file.path) && /^resources:/m.test(file.text))
    .filter(({ text }) => !text.includes(name))
    .map((file) => `  ${file.path} does not list it: add ${name} to its \`resources\``);
}
