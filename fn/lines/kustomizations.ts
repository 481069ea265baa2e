import { kustomizationNames } from '../../src/krm/kustomization-file.ts';
import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';

/** The fields of a kustomization that name the files and kustomizations whose objects it brings together. */
export const resourceFields = ['resources', 'bases', 'components'] as const;

/** A kustomization by its path; undefined where there is none. */
export type KustomizationAt = (path: string) => JsonObject | undefined;

/** The places that the kustomization in a folder names in these fields, with those that the kustomizations there name. */
export function reachOf(
  folder: string,
  at: KustomizationAt,
  fields: readonly string[],
  seen = new Set<string>(),
): ReadonlySet<string> {
  for (const entry of namedIn(kustomizationIn(folder, at) ?? {}, fields)) {
    const place = joined(folder, entry);
    if (seen.has(place)) continue;
    seen.add(place);
    reachOf(place, at, fields, seen);
  }
  return seen;
}

/** What a kustomization names in these fields, as it stands there; a text of several lines is the object itself. */
export function namedIn(kustomization: JsonObject, fields: readonly string[]): readonly string[] {
  return fields
    .flatMap((field) => entriesOf(kustomization[field]))
    .filter((entry) => typeof entry === 'string')
    .filter((entry) => !entry.includes('\n'));
}

/** The entries of a list; none where it is no list. */
export function entriesOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

/** The files whose patches the kustomization in a folder applies. */
export function patchFilesOf(folder: string, { patches, ...others }: JsonObject): readonly string[] {
  const paths = entriesOf(patches).flatMap((patch) =>
    isMapping(patch) && typeof patch.path === 'string' ? [patch.path] : [],
  );
  return [...paths, ...namedIn(others, ['patchesStrategicMerge'])].map((path) => joined(folder, path));
}

function kustomizationIn(folder: string, at: KustomizationAt): JsonObject | undefined {
  for (const name of kustomizationNames) {
    const kustomization = at(joined(folder, name));
    if (kustomization) return kustomization;
  }
  return undefined;
}

/** A path from a folder on: ("team/dev", "../base/") → "team/base", (".", "..") → "..". */
export function joined(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const relative = parts.join('/');
  return folder.startsWith('/') ? `/${relative}` : relative === '' ? '.' : relative;
}
