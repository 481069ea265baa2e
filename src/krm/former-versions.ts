import type { Item } from './item.ts';
import { isMapping, type Json } from './result.ts';

/** For an object whose name changes with its content: which of its former versions stays in the package, and where. */
export interface Versions {
  /** Whether an object of the same kind with this name is a version of it. */
  readonly isVersion: (name: string) => boolean;
  /** The file that the version before this one moves to: `configmap_a-config-previous.yaml`. */
  readonly previousFileName: string;
}

/**
 * Of the former versions of an object, the one that stays: the one that the owner's other objects, as they were, name;
 * where they name none of them, the one that stayed before.
 */
export function versionToKeep(
  former: readonly Item[],
  others: readonly Item[],
  { previousFileName }: Versions,
): Item | undefined {
  if (former.length === 0) return undefined;
  const named = former.find(({ name }) => others.some((item) => holdsText(item.value(), name)));
  return named ?? former.find(({ file }) => file?.path.split('/').at(-1) === previousFileName) ?? former[0];
}

function holdsText(value: Json, text: string): boolean {
  if (value === text) return true;
  if (Array.isArray(value)) return value.some((item: Json) => holdsText(item, text));
  return isMapping(value) && Object.values(value).some((item) => holdsText(item, text));
}
