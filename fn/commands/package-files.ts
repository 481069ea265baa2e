import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import type { Result } from '../../src/krm/result.ts';
import { notUtf8 } from '../../src/run.ts';
import { codeOf, readStdin } from '../standard-streams.ts';
import { UsageError } from '../usage-error.ts';
import { firstNotUtf8 } from '../utf8.ts';

/** Whether a path below a folder is left out. */
type Ignored = (path: string) => boolean;

/**
 * The files that kustomize and kpt would read: below a folder every `*.yaml` and `*.yml` that no `.krmignore` names, by
 * path in code unit order; a file that is named itself whatever it is called; stdin for `-`.
 */
export async function readPackage(paths: readonly string[]): Promise<{ files: PackageFile[]; results: Result[] }> {
  const files: PackageFile[] = [];
  const results: Result[] = [];
  const add = (path: string, bytes: Buffer): void => {
    const offset = firstNotUtf8(bytes);
    if (offset === undefined) files.push({ path, text: bytes.toString() });
    else results.push({ ...notUtf8(offset), file: { path } });
  };
  for (const path of paths) {
    if (path === '-') add('stdin', await readStdin());
    else if (!attempt(path, () => statSync(path).isDirectory()))
      add(
        path,
        attempt(path, () => readFileSync(path)),
      );
    else
      for (const file of await yamlFiles(path, () => false))
        add(
          file,
          attempt(file, () => readFileSync(file)),
        );
  }
  return { files, results };
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

async function yamlFiles(folder: string, ignoredAbove: Ignored): Promise<string[]> {
  const entries = readdirSync(folder, { withFileTypes: true });
  const ignoredHere = entries.some(({ name }) => name === '.krmignore') ? await krmIgnore(folder) : () => false;
  const ignored: Ignored = (path) => ignoredAbove(path) || ignoredHere(path);
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // Links to folders are not followed, as in kpt; `ignore` tells a folder by the slash at its end.
    if (entry.isDirectory()) {
      if (entry.name !== '.git' && !ignored(path + sep)) files.push(...(await yamlFiles(path, ignored)));
    } else if (/\.ya?ml$/.test(entry.name) && !ignored(path) && statSync(path).isFile()) files.push(path);
  }
  return files.sort((a, b) => (a < b ? -1 : 1));
}

/** What the `.krmignore` of a folder leaves out; its lines are those of a `.gitignore`. */
async function krmIgnore(folder: string): Promise<Ignored> {
  const { default: ignore } = await import('ignore');
  const lines = ignore().add(readFileSync(join(folder, '.krmignore'), 'utf8'));
  return (path) => lines.ignores(relative(folder, path).split(sep).join('/') + (path.endsWith(sep) ? '/' : ''));
}
