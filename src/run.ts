import { buildServerConfig } from './config/server-config.ts';
import { isStack, placeOptions, toGeneration } from './generation.ts';
import { detectCaller } from './krm/caller.ts';
import { placedItems } from './krm/edits.ts';
import { emitYaml } from './krm/emitter.ts';
import { formatResult, mostUsefulFirst } from './krm/format-result.ts';
import { findOwners, type Owner } from './krm/owners.ts';
import { place, type Generation, type Placement } from './krm/place.ts';
import { readResourceList, Unreadable, type ResourceList } from './krm/resource-list.ts';
import { resourceListFromFiles, toManifests, type PackageFile } from './krm/resource-list-from-files.ts';
import { isMapping, type JsonObject, type Report, type Result } from './krm/result.ts';
import { writeResourceList } from './krm/write.ts';
import { buildManifests } from './manifests/index.ts';
import { readOptions } from './options.ts';
import { packageOf } from './package.ts';
import { resolve, type Package } from './resolve/index.ts';
import type { Resolved } from './resolve/resolved.ts';
import type { RenderOptions } from './spec/render-options.ts';
import { readStack } from './spec/stack.ts';

/** What the path from input to output needs of the program around it. */
export interface Host {
  /** The sha256 of a text's UTF-8 bytes, as hex digits. */
  readonly sha256hex: (text: string) => string;
  /** Whether infos are shown on stderr too, as on a person's terminal. */
  readonly infos?: boolean;
}

/** What a run gives: stdout, stderr, and 1 when any result is an error. */
export interface Output {
  readonly out: string;
  readonly err: string;
  readonly code: 0 | 1;
}

/** The KRM function: a ResourceList in, the same list with the objects of its CRs out. */
export function run(text: string, host: Host): Output {
  const list = readResourceList(text);
  if (list instanceof Unreadable) return { out: '', ...told([list.result], host) };
  const { edits, results } = expand(list, {}, host);
  return { out: writeResourceList(list, edits, results), ...told(results, host) };
}

/** The result on input that is not UTF-8 from this byte on; the host finds it, since texts here are no bytes. */
export function notUtf8(offset: number): Result {
  return { message: `the text must be UTF-8, and is not from byte ${String(offset)} on`, severity: 'error' };
}

/** The function's answer to input that is not UTF-8 from this byte on. */
export function refuseBytes(offset: number): Output {
  return { out: '', ...told([notUtf8(offset)], {}) };
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

function expand(list: ResourceList, flags: JsonObject, host: Host): Placement {
  const caller = detectCaller(list);
  const options = readOptions(list, flags);
  const { owners, results } = findOwners(list, caller, isStack);
  const objects = packageOf(list.items);
  const generated = owners.map((owner) => generate(owner, options.of, objects, host));
  const found = [
    ...options.results,
    ...results,
    ...generated.flatMap(({ report }) => report.results),
    ...list.results(),
  ];
  if (failed(found)) return { edits: [], results: mostUsefulFirst(found) };
  const generations = generated.flatMap(({ generation }) => generation ?? []);
  const placement = place(list, caller, generations, placeOptions(host.sha256hex));
  return { edits: placement.edits, results: mostUsefulFirst([...found, ...placement.results]) };
}

function generate(
  owner: Owner,
  optionsOf: (cr: Owner['item'], report: Report) => RenderOptions,
  objects: Package,
  { sha256hex }: Host,
): { readonly report: Report; readonly generation?: Generation } {
  const report = owner.item.report();
  const cr = owner.item.value();
  if (!isMapping(cr)) return { report }; // The list tells why.
  const stack = readStack(cr, report);
  const options = optionsOf(owner.item, report);
  const resolved = stack && resolve(stack, options, objects, report);
  if (!resolved || report.failed) return { report };
  const config = buildServerConfig(resolved, { toYaml: (value) => emitYaml(value), sha256hex });
  reportSuccess(resolved, report);
  return { report, generation: toGeneration(owner, buildManifests(resolved, config)) };
}

function reportSuccess({ config }: Resolved, report: Report): void {
  if (!config) return;
  const count = (number: number, noun: string): string => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
  const providers = count(Object.values(config.providers).flat().length, 'provider');
  const models = count(config.resources.models?.length ?? 0, 'model');
  report.info(undefined, `Generated config.yaml with ${providers} and ${models}`, {
    condition: 'ConfigGenerated',
    reason: 'ConfigGenerationSucceeded',
  });
}

function told(results: readonly Result[], { infos = false }: Partial<Host>): Pick<Output, 'err' | 'code'> {
  const shown = results.filter(({ severity }) => infos || severity !== 'info');
  return { err: shown.map((result) => `${formatResult(result)}\n`).join(''), code: failed(results) ? 1 : 0 };
}

function failed(results: readonly Result[]): boolean {
  return results.some(({ severity }) => severity === 'error');
}
