import { buildServerConfig } from './config/server-config.ts';
import { isStack, placeOptions, toGeneration } from './generation.ts';
import { detectCaller } from './krm/caller.ts';
import { emitYaml } from './krm/emitter.ts';
import { mostUsefulFirst } from './krm/format-result.ts';
import { findOwners, type Owner } from './krm/owners.ts';
import { place } from './krm/place.ts';
import type { Generation, Placement } from './krm/placement.ts';
import type { ResourceList } from './krm/resource-list.ts';
import { isMapping, Path, type JsonObject, type Report, type Result } from './krm/result.ts';
import { buildManifests } from './manifests/index.ts';
import { readLock } from './lock.ts';
import { readOptions } from './options.ts';
import { packageOf } from './package.ts';
import { resolve, type Package, type Resolved } from './resolve/index.ts';
import type { RenderOptions } from './spec/render-options.ts';
import { readStack } from './spec/stack.ts';
import { reportInV1alpha1 } from './spec/v1alpha1.ts';

/** What the path from input to output needs of the program around it. */
export interface Host {
  /** The sha256 of a text's UTF-8 bytes, as hex digits. */
  readonly sha256hex: (text: string) => string;
  /** Whether infos are shown on stderr too, as on a person's terminal. */
  readonly infos?: boolean;
}

/**
 * What is to change in a list so that every CR has its objects: read, resolve, build, place. After an error nothing changes,
 * and only what must be mended is told.
 */
export function expand(list: ResourceList, flags: JsonObject, host: Host): Placement {
  const caller = detectCaller(list);
  const options = readOptions(list, flags);
  const { owners, results } = findOwners(list, caller, isStack);
  const lock = readLock(list, host.sha256hex);
  const objects = packageOf(list.items, lock.images);
  const generated = owners.map((owner) => generate(owner, options.of, objects, host));
  // Others are read only for what a CR refers to, and what else is wrong in them is not ours to judge.
  const readItems = [...owners.map(({ item }) => item), ...options.items];
  const found = [
    ...options.results,
    ...lock.results,
    ...results,
    ...generated.flatMap((one) => one.results),
    ...readItems.flatMap((item) => item.results()),
  ];
  if (failed(found)) return { edits: [], results: told(found) };
  const generations = generated.flatMap(({ generation }) => generation ?? []);
  const placement = place(list, caller, generations, placeOptions(host.sha256hex));
  return { edits: placement.edits, results: told([...found, ...placement.results]) };
}

/** Whether any result is an error. */
export function failed(results: readonly Result[]): boolean {
  return results.some(({ severity }) => severity === 'error');
}

/** A run that fails decides nothing, so that its infos would tell of what did not happen. */
function told(results: readonly Result[]): readonly Result[] {
  return mostUsefulFirst(failed(results) ? results.filter(({ severity }) => severity !== 'info') : results);
}

function generate(
  owner: Owner,
  optionsOf: (cr: Owner['item'], report: Report) => RenderOptions,
  objects: Package,
  { sha256hex }: Host,
): { readonly results: readonly Result[]; readonly generation?: Generation } {
  const report = owner.item.report();
  const cr = owner.item.value();
  // What a text with faults means is not known; its own results tell them.
  if (!isMapping(cr) || owner.item.results().length > 0) return { results: [] };
  const stack = readStack(cr, report);
  const options = optionsOf(owner.item, report);
  const resolved = stack && resolve(stack, options, objects, stack.operator ? reportInV1alpha1(report) : report);
  if (!resolved || report.failed) return { results: report.results };
  const config = buildServerConfig(resolved, { toYaml: (value) => emitYaml(value), sha256hex });
  if (!fitsIntoConfigMap(config.data, report)) return { results: report.results };
  const success = owner.item.report();
  reportSuccess(resolved, success);
  // Orchestrators show a few lines only: what came of it stands before what was decided on the way.
  const results = [...success.results, ...report.results];
  return { results, generation: toGeneration(owner, buildManifests(resolved, config)) };
}

/** What the Kubernetes API takes as the data of one ConfigMap, in bytes: 1 MiB. */
const mostBytes = 1_048_576;

function fitsIntoConfigMap(data: Readonly<Record<string, string>>, report: Report): boolean {
  const texts = Object.values(data);
  // No character has more than three bytes for each of its code units: most texts need not be counted.
  if (3 * texts.join('').length <= mostBytes) return true;
  const bytes = texts.reduce((sum, text) => sum + utf8Length(text), 0);
  if (bytes <= mostBytes) return true;
  report.error(
    Path.root.field('spec'),
    `The config.yaml of this CR is ${String(bytes)} bytes with its start program, and a ConfigMap holds at most ${String(mostBytes)}; shorten what stands in \`settings\` and \`metadata\``,
  );
  return false;
}

/** Bytes: one for ASCII, two for the next characters and for each half of a pair, else three. */
function utf8Length(text: string): number {
  const two = text.match(/[\u0080-\u07ff\ud800-\udfff]/g)?.length ?? 0;
  const three = text.match(/[\u0800-\ud7ff\ue000-\uffff]/g)?.length ?? 0;
  return text.length + two + 2 * three;
}

function reportSuccess({ stack, config, distribution }: Resolved, report: Report): void {
  const tags = { condition: 'ConfigGenerated', reason: 'ConfigGenerationSucceeded' };
  const from = `${distribution.name}@${distribution.release}`;
  if (!config) {
    const used =
      stack.overrideConfig === undefined
        ? "Uses the image's own config.yaml"
        : `Uses the config.yaml of the ConfigMap "${stack.overrideConfig.configMapName}"`;
    report.info(undefined, `${used} with the server of ${from}; none was generated`, tags);
    return;
  }
  const count = (number: number, noun: string): string => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
  const providers = count(Object.values(config.providers).flat().length, 'provider');
  const models = count(config.resources.models?.length ?? 0, 'model');
  const ids = config.modelIds.map((id) => `"${id}"`).join(', ');
  const called = ids === '' ? '' : `; clients call the CR's models ${ids}`;
  const base = `for ${from}, from ${distribution.baseConfig ?? ''}`;
  report.info(undefined, `Generated config.yaml with ${providers} and ${models}, ${base}${called}`, tags);
}
