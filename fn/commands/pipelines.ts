import { posix } from 'node:path';
import { isStack } from '../../src/generation.ts';
import type { Item } from '../../src/krm/item.ts';
import { isKustomization } from '../../src/krm/kustomization-file.ts';
import { ResourceList } from '../../src/krm/resource-list.ts';
import { resourceListFromFiles, type PackageFile } from '../../src/krm/resource-list-from-files.ts';
import { isMapping, type Json, type JsonObject, type Result } from '../../src/krm/result.ts';
import { entriesOf, reachOf, resourceFields } from '../lines/kustomizations.ts';
import { kustomizationsOf, valueOf } from './kustomization-files.ts';
import { inlineItem, patchedStacks } from './patched-stacks.ts';

/** What the function is given in the pipelines of a package, one list for each of its runs. */
export interface Pipelines {
  readonly lists: readonly ResourceList[];
  readonly results: readonly Result[];
}

/** A run of the function in a pipeline: its config, and the files whose CRs, and kustomizations whose patches, it is given. */
interface Run {
  readonly config: Item | undefined;
  readonly covers: (path: string) => boolean;
  /** A generator of kustomize's is given its config alone. */
  readonly isAlone?: boolean;
}

/**
 * Finds the runs of the function that a Kptfile or a kustomization names, with a config that may stand inline there, and
 * adds one for the CRs that no pipeline has. `kptfiles` are those of the package and of packages inside it.
 */
export function pipelinesOf(
  list: ResourceList,
  files: readonly PackageFile[],
  kptfiles: readonly PackageFile[],
): Pipelines {
  const results: Result[] = [];
  const kustomizations = kustomizationsOf(files);
  const { patches, patched } = patchedStacks(kustomizations, list.items);
  const items = list.items.filter((item) => !patches.has(item));
  const runs = [...kptfiles.flatMap((file) => kptRuns(file, items)), ...kustomizeRuns(kustomizations, items, results)];
  const pathOf = ({ file }: Item): string => posix.normalize(file?.path ?? '');
  const others = items.filter((item) => !isStack(item));
  const listOf = (given: readonly Item[], config?: Item): ResourceList =>
    new ResourceList(list.source, given, config, undefined);
  // A patched CR has the name of the one that it is made of, so that each is in a list of its own.
  const listsOf = ({ config, covers }: Run): readonly ResourceList[] => [
    listOf(
      items.filter((item) => !isStack(item) || covers(pathOf(item))),
      config,
    ),
    ...patched
      .filter(({ kustomization }) => covers(kustomization))
      .map(({ item }) => listOf([...others, item], config)),
  ];
  const rest: Run = { config: undefined, covers: (path) => !runs.some(({ covers }) => covers(path)) };
  return {
    lists: [rest, ...runs].flatMap((run) => (run.isAlone === true ? [listOf([], run.config)] : listsOf(run))),
    results,
  };
}

function kptRuns({ path, text }: PackageFile, items: readonly Item[]): readonly Run[] {
  const { pipeline } = valueOf(text);
  const { mutators, validators } = isMapping(pipeline) ? pipeline : {};
  const folder = posix.dirname(path);
  return [mutators, validators].flatMap(entriesOf).flatMap((entry) => {
    if (!isMapping(entry) || !isFunction(entry.exec ?? entry.image)) return [];
    const beside = typeof entry.configPath === 'string' ? posix.join(folder, entry.configPath) : undefined;
    const inline = isMapping(entry.configMap) ? configMapOf(entry.configMap) : entry.config;
    const config = isMapping(inline) ? inlineItem(inline, path) : items.find(({ file }) => isAt(file?.path, beside));
    return [{ config, covers: (file: string) => folder === '.' || file.startsWith(`${folder}/`) }];
  });
}

function kustomizeRuns(
  all: ReadonlyMap<string, JsonObject>,
  items: readonly Item[],
  results: Result[],
): readonly Run[] {
  return [...all].flatMap(([path, { generators, transformers, validators }]) => {
    const reach = reachOf(posix.dirname(path), (place) => all.get(place), resourceFields);
    const covered = (file: string) =>
      reach.has(file) || file === path || (isKustomization(file) && reach.has(posix.dirname(file)));
    const inline = (list: Json | undefined): readonly Item[] => {
      const texts = textsIn(list).filter((text) => text.includes('\n'));
      const read = resourceListFromFiles(texts.map((text) => ({ path, text })));
      results.push(...read.results);
      return read.list.items;
    };
    const beside = (list: Json | undefined): readonly Item[] => {
      const places = textsIn(list).map((text) => posix.join(posix.dirname(path), text));
      return items.filter(({ file }) => places.some((place) => isAt(file?.path, place)));
    };
    // A CR in a file of its own is one of the items already.
    const alone = inline(generators).filter(isStack);
    const others = [transformers, validators].flatMap((list) => [...inline(list), ...beside(list)]).filter(isForUs);
    return [
      ...alone.map((config) => ({ config, covers: () => false, isAlone: true })),
      ...others.map((config) => ({ config, covers: covered })),
    ];
  });
}

function textsIn(list: Json | undefined): readonly string[] {
  return entriesOf(list).filter((entry) => typeof entry === 'string');
}

/** Whether a function config is for this function: by its kind, or by the program that its annotation names. */
function isForUs({ kind, apiVersion, annotations }: Item): boolean {
  if (apiVersion.startsWith('fn.llamastack.io/') || apiVersion.startsWith('llamastack.')) return true;
  const { exec, container } = valueOf(annotations.get('config.kubernetes.io/function') ?? '');
  const program = isMapping(exec) ? exec.path : isMapping(container) ? container.image : undefined;
  return kind === 'ConfigMap' && isFunction(program);
}

/** `llsd`, `bin/llsd --flag`, `registry.example/tools/llsd:1@sha256:…` */
function isFunction(program: Json | undefined): boolean {
  return typeof program === 'string' && /^(\S*\/)?llsd(\.cjs)?([:@\s]|$)/.test(program);
}

function isAt(path: string | undefined, place: string | undefined): boolean {
  return path !== undefined && place !== undefined && posix.normalize(path) === place;
}

function configMapOf(data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'function-input' }, data };
}
