import { expand, failed, type Host } from './expand.ts';
import { placedItems } from './krm/edits.ts';
import { formatResult, mostUsefulFirst } from './krm/format-result.ts';
import { readResourceList, Unreadable, type ResourceList } from './krm/resource-list.ts';
import { resourceListFromFiles, toManifests, type PackageFile } from './krm/resource-list-from-files.ts';
import type { JsonObject, Result } from './krm/result.ts';
import { writeResourceList } from './krm/write.ts';

export type { Host } from './expand.ts';

/** What a run gives: stdout, stderr, and 1 when any result is an error. */
export interface Output {
  readonly out: string;
  readonly err: string;
  readonly code: 0 | 1;
  /** What `err` tells, for whoever shows where in the files it belongs; lacks where there was no list. */
  readonly told?: Told;
}

/** The results that are shown on stderr, and the objects that they speak of. */
export interface Told {
  readonly results: readonly Result[];
  readonly list: ResourceList;
}

/** The KRM function: a ResourceList in, the same list with the objects of its CRs out. */
export function run(text: string, host: Host): Output {
  const list = readResourceList(text);
  if (list instanceof Unreadable) return { out: '', ...lines([list.result], host) };
  const { edits, results } = expand(list, {}, host);
  const told = { results: shown(results, host), list };
  return { out: writeResourceList(list, edits, results), ...lines(results, host), told };
}

/** The result on input that is not UTF-8 from this byte on; the host finds it, since texts here are no bytes. */
export function notUtf8(offset: number): Result {
  return { message: `The text must be UTF-8, and is not from byte ${String(offset)} on`, severity: 'error' };
}

/** The function's answer to input that is not UTF-8 from this byte on. */
export function refuseBytes(offset: number): Output {
  return { out: '', ...lines([notUtf8(offset)], {}) };
}

/** The objects of a package's CRs, as `llsd render` prints them. */
export interface Rendering {
  /** Plain YAML; empty when any result is an error. */
  readonly manifests: string;
  readonly results: readonly Result[];
  /** The objects that were read, for whoever shows where in the files a result belongs. */
  readonly list: ResourceList;
}

/** Renders a package's files; `flags` are options in the words of `RenderOptions`, the strongest. */
export function render(files: readonly PackageFile[], flags: JsonObject, host: Host): Rendering {
  const { list, results: unreadable } = resourceListFromFiles(files);
  const { edits, results: found } = expand(list, flags, host);
  const results = mostUsefulFirst([...unreadable, ...found]);
  return { manifests: failed(results) ? '' : toManifests(placedItems(list.items, edits)), results, list };
}

function lines(results: readonly Result[], host: Partial<Host>): Pick<Output, 'err' | 'code'> {
  const err = shown(results, host).map((result) => `${formatResult(result)}\n`);
  return { err: err.join(''), code: failed(results) ? 1 : 0 };
}

function shown(results: readonly Result[], { infos = false }: Partial<Host>): readonly Result[] {
  return results.filter(({ severity }) => infos || severity !== 'info');
}
