import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import type { Result } from '../../src/krm/result.ts';
import { notUtf8 } from '../../src/run.ts';
import { codeOf } from '../system-error.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import type { Read } from '../utf8.ts';

/** Whether a path below a folder is left out: `sub/stack.yaml`, or `sub/` for a folder. */
type Ignored = (path: string) => boolean;

/**
 * The files that kustomize and kpt would read: below a folder every `*.yaml` and `*.yml` that no `.krmignore` names, by
 * path in code unit order; a file that is named itself whatever it is called; stdin for `-`.
 */
export async function readPackage(paths: readonly string[]): Promise<{ files: PackageFile[]; results: Result[] }> {
  const files: PackageFile[] = [];
  const results: Result[] = [];
  const add = (path: string, read: Read): void => {
    if (typeof read === 'string') files.push({ path, text: read });
    else results.push({ ...notUtf8(read), file: { path } });
  };
  for (const path of paths) {
    if (path === '-') add('stdin', await system.readStdin());
    else if (!attempt(path, () => system.isFolder(path))) add(path, readFile(path));
    else {
      const below = await yamlFiles(path, '', () => false);
      for (const file of below.map((name) => pathOf(path, name)).sort(byCodeUnit)) add(file, readFile(file));
    }
  }
  return { files, results };
}

function readFile(path: string): Read {
  return attempt(path, () => system.readFile(path));
}

function attempt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new UsageError(`llsd: "${path}" must be a folder or a file that can be read, or - for stdin (${code})`);
  }
}

/** A path in a folder as people write it: `.` and `a` → `a`; `a/` and `b` → `a/b`. */
export function pathOf(folder: string, path: string): string {
  if (folder === '.' || folder === './') return path;
  return folder.endsWith('/') ? folder + path : `${folder}/${path}`;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** The paths of the files in `folder` and below, from `root` on; `folder` is empty for `root` itself, else ends with a slash. */
async function yamlFiles(root: string, folder: string, ignoredAbove: Ignored): Promise<string[]> {
  const here = folder === '' ? root : pathOf(root, folder);
  const entries = attempt(here, () => system.entries(here));
  const ignoredHere = entries.some(({ name }) => name === '.krmignore') ? await krmIgnore(root, folder) : () => false;
  const ignored: Ignored = (path) => ignoredAbove(path) || ignoredHere(path);
  const files: string[] = [];
  for (const { name, isFolder } of entries) {
    const path = folder + name;
    // Links to folders are not followed, as in kpt.
    if (isFolder) {
      if (name !== '.git' && !ignored(`${path}/`)) files.push(...(await yamlFiles(root, `${path}/`, ignored)));
    } else if (/\.ya?ml$/.test(name) && !ignored(path) && system.isFile(pathOf(root, path))) files.push(path);
  }
  return files;
}

/** What the `.krmignore` of a folder leaves out; its lines are those of a `.gitignore`. */
async function krmIgnore(root: string, folder: string): Promise<Ignored> {
  const file = pathOf(root, `${folder}.krmignore`);
  const text = readFile(file);
  if (typeof text !== 'string')
    throw new UsageError(`llsd: "${file}" must be UTF-8, and is not from byte ${String(text)} on`);
  const { default: ignore } = await import('ignore');
  const lines = ignore().add(text);
  return (path) => lines.ignores(path.slice(folder.length));
}
