import { closeSync, fsyncSync, openSync, readdirSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Item } from '../../src/krm/item.ts';
import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import type { Result } from '../../src/krm/result.ts';
import { codeOf } from '../system-error.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { pathOf, readPackage } from './package-files.ts';

const usualName = 'distribution-lock.yaml';

/** Where a package's lock is, or will be. */
export interface LockFile {
  readonly path: string;
  /** The lock as it is now. */
  readonly item?: Item | undefined;
  /** Puts the text in its place, whole or not at all; gives the file as it is then. */
  write(text: string): PackageFile;
}

/** The files of a package; of a single file, that one and the lock that an earlier run put beside it. */
export async function filesToLock(path: string): ReturnType<typeof readPackage> {
  const beside = pathOf(dirname(path), usualName);
  const hasLock = !isThere(path, 'folder') && path !== beside && isThere(beside, 'file');
  return readPackage(hasLock ? [path, beside] : [path]);
}

/** Finds the lock of a package, wherever it is, or the place for one, which nothing else must have. */
export function findLockFile(
  path: string,
  files: readonly PackageFile[],
  locks: readonly Item[],
): { lockFile: LockFile; results: readonly Result[] } {
  const usual = pathOf(isThere(path, 'folder') ? path : dirname(path), usualName);
  const [item, second] = locks;
  if (item === undefined) {
    const lockFile = { path: usual, write: (text: string) => replaceFile(usual, text) };
    return { lockFile, results: isFree(usual, files) ? [] : [taken(usual, files)] };
  }
  const { source, range } = item;
  const place = source.path ?? usual;
  const write = (lock: string): PackageFile => {
    const text = source.text.slice(0, range.start) + lock + source.text.slice(range.end);
    return text === source.text ? { path: place, text } : replaceFile(place, text);
  };
  return { lockFile: { path: place, item, write }, results: second === undefined ? [] : [several(item, second)] };
}

function several(first: Item, second: Item): Result {
  const places = [first, second].map(({ source }) => `"${source.path ?? ''}"`).join(' and ');
  return {
    message: `There are two locks, in ${places}: remove one, or run \`llsd lock\` for the folder of each`,
    severity: 'error',
    resourceRef: second.ref,
    ...(second.file && { file: second.file }),
  };
}

function isFree(path: string, files: readonly PackageFile[]): boolean {
  return !isThere(path, 'any') || files.find((file) => file.path === path)?.text.trim() === '';
}

function taken(path: string, files: readonly PackageFile[]): Result {
  const why = files.some((file) => file.path === path)
    ? 'holds no DistributionLock that can be read: remove or rename it, and run `llsd lock` again'
    : 'is left out by a .krmignore, so that no render would read a lock there: take it out of the .krmignore';
  return { message: `"${path}" is where the lock belongs, and ${why}`, severity: 'error', file: { path } };
}

/** What a write that was not ended leaves: `.distribution-lock.yaml.123.half`, with the number of its process. */
function halves(path: string): readonly { name: string; process: number }[] {
  const start = `.${basename(path)}.`;
  return readdirSync(dirname(path)).flatMap((name) => {
    const number = name.startsWith(start) && /^\d+(?=\.half$)/.exec(name.slice(start.length))?.[0];
    return typeof number === 'string' ? [{ name, process: Number(number) }] : [];
  });
}

/** Writes beside the file and renames, so that whoever looks, and whatever is killed, finds the old text or the new. */
function replaceFile(path: string, text: string): PackageFile {
  try {
    // A link stays one: what it leads to is replaced.
    const place = isThere(path, 'any') ? realpathSync(path) : path;
    for (const half of halves(place))
      if (!isRunning(half.process)) rmSync(join(dirname(place), half.name), { force: true });
    const half = join(dirname(place), `.${basename(place)}.${process.pid}.half`);
    const file = openSync(half, 'w');
    for (let rest = Buffer.from(text); rest.length > 0;) rest = rest.subarray(writeSync(file, rest));
    fsyncSync(file);
    closeSync(file);
    renameSync(half, place);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new UsageError(`llsd lock: "${path}" must be a file that can be written (${code})`);
  }
  return { path, text };
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function isThere(path: string, what: 'file' | 'folder' | 'any'): boolean {
  try {
    return (what !== 'folder' && system.isFile(path)) || (what !== 'file' && system.isFolder(path));
  } catch {
    return false;
  }
}
