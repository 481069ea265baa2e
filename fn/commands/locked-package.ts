import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { neededImages, type NeededImages } from '../../src/images.ts';
import type { ResourceList } from '../../src/krm/resource-list.ts';
import { resourceListFromFiles, type PackageFile } from '../../src/krm/resource-list-from-files.ts';
import { isMapping, type JsonObject, type Result } from '../../src/krm/result.ts';
import { isLock, readLock, type Lock } from '../../src/lock.ts';
import { host } from '../function.ts';
import { system } from '../system.ts';
import { filesToLock, findLockFile, type LockFile } from './lock-file.ts';
import { pipelinesOf } from './pipelines.ts';

/** A package: what its CRs need, and what is locked already. */
export interface LockedPackage extends Pick<NeededImages, 'images'> {
  readonly files: readonly PackageFile[];
  readonly list: ResourceList;
  readonly lockFile: LockFile;
  readonly locked: Lock['images'];
  /** The platform that the lock is for: `linux/arm64`; undefined for all. */
  readonly platform: string | undefined;
  readonly results: readonly Result[];
}

/**
 * Reads the package at a path. A lock that is to be written anew may be in any state, since that is one reason to write
 * it; `isLockKept` tells its faults.
 */
export async function readLockedPackage(path: string, flags: JsonObject, isLockKept: boolean): Promise<LockedPackage> {
  const { files, results: notText } = await filesToLock(path);
  const { list, results: unreadable } = resourceListFromFiles(files);
  const { lists, results: unreadableInline } = pipelinesOf(list, files, kptfilesOf(path, files));
  const { images, stacks, results: faults } = neededImages(lists, flags);
  const { lockFile, results: misplaced } = findLockFile(path, files, list.items.filter(isLock));
  const lock = readLock(list, host.sha256hex);
  const results = [
    ...notText,
    ...unreadable,
    ...unreadableInline,
    ...faults,
    ...misplaced,
    ...(isLockKept ? lock.results : []),
  ];
  const nothing: Result = {
    message: `There is no LlamaStackDistribution in "${path}", so that there is nothing to lock`,
    severity: 'error',
  };
  return {
    files,
    list,
    images,
    lockFile,
    locked: lock.images,
    platform: platformOf(lockFile),
    results: stacks === 0 ? [...results, nothing] : results,
  };
}

/** The Kptfiles of the package at a path and of those inside it; functions are not given them. */
function kptfilesOf(root: string, files: readonly PackageFile[]): readonly PackageFile[] {
  const top = posix.normalize(`${root}/`);
  const folders = new Set([top]);
  for (const { path } of files)
    for (let folder = posix.dirname(posix.normalize(path)); isBelow(folder, top); folder = posix.dirname(folder))
      folders.add(folder);
  return [...folders].flatMap((folder) => {
    const path = posix.join(folder, 'Kptfile');
    const text = existsSync(path) ? system.readFile(path) : undefined;
    return typeof text === 'string' ? [{ path, text }] : [];
  });
}

/** `./` is the folder that the program runs in. */
function isBelow(folder: string, top: string): boolean {
  return top === './' ? folder !== '.' && folder !== '/' : folder.length > top.length && folder.startsWith(top);
}

function platformOf({ item }: LockFile): string | undefined {
  const value = item?.value();
  const platform = isMapping(value) && isMapping(value.spec) ? value.spec.platform : undefined;
  return typeof platform === 'string' ? platform : undefined;
}
