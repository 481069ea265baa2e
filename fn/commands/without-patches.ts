import { isStack } from '../../src/generation.ts';
import { resourceListFromFiles, type PackageFile } from '../../src/krm/resource-list-from-files.ts';
import type { Result } from '../../src/krm/result.ts';
import { joined, patchFilesOf } from '../lines/kustomizations.ts';
import { kustomizationsOf } from './kustomization-files.ts';

/**
 * The files without those that a kustomization among them patches a CR with: such a patch is part of a CR, and an error,
 * since only kustomize makes of both what is to be rendered.
 */
export function withoutPatches(files: readonly PackageFile[]): { files: PackageFile[]; results: Result[] } {
  const patching = new Map<string, string>();
  for (const [path, value] of kustomizationsOf(files)) {
    const folder = joined(path, '..');
    for (const patch of patchFilesOf(folder, value)) patching.set(patch, folder);
  }
  const results: Result[] = [];
  const others = files.filter((file) => {
    const folder = patching.get(joined(file.path, '.'));
    const stack = folder === undefined ? undefined : resourceListFromFiles([file]).list.items.find(isStack);
    if (folder === undefined || stack === undefined) return true;
    // Without a reference to the CR, whose own file another object is.
    results.push({
      message: `This is a patch of the ${stack.kind} "${stack.name}", which only kustomize puts into it; render what kustomize makes of both: \`kustomize build ${folder} | llsd render -\``,
      severity: 'error',
      file: { path: file.path },
    });
    return false;
  });
  return { files: others, results };
}
