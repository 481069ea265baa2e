import { type Item, originAnnotation } from '../../src/krm/item.ts';
import type { Written } from './written.ts';

/**
 * Those of the objects that stand in the file which kustomize says an item was read from, with its path; all, where it says
 * nothing. It tells the path from the kustomization that is built, while ours is from the one that runs the function: what
 * both have in common is their end.
 */
export function fromOrigin({ annotations, file }: Item, written: readonly Written[]): readonly Written[] {
  const origin = annotations.get(originAnnotation);
  if (origin === undefined) return written;
  // What comes from another repository is not on this disk, and what a generator of kustomize's made is in no file.
  if (!file || /^(repo|configuredIn):/m.test(origin)) return [];
  const { path } = file;
  return written.filter((one) => endAlike(below(path), below(one.path))).map((one) => ({ ...one, path }));
}

/** A path without the folders above: "../../base/stack.yaml" → "base/stack.yaml". */
function below(path: string): string {
  return path.replace(/^(\.\.\/)+/, '');
}

function endAlike(a: string, b: string): boolean {
  return `/${a}`.endsWith(`/${b}`) || `/${b}`.endsWith(`/${a}`);
}
