import { posix } from 'node:path';
import { isStack } from '../../src/generation.ts';
import { Item } from '../../src/krm/item.ts';
import { ResourceList } from '../../src/krm/resource-list.ts';
import { resourceListFromFiles, type PackageFile } from '../../src/krm/resource-list-from-files.ts';
import { isMapping, type Json, type JsonObject, type Result } from '../../src/krm/result.ts';
import { parseYaml } from '../../src/krm/yaml.ts';
import { readDocument } from '../../src/krm/yaml-value.ts';
import { isKustomization, reachOf, resourceFields } from '../lines/kustomizations.ts';

/** What the function is given in the pipelines of a package, one list for each of its runs. */
export interface Pipelines {
  readonly lists: readonly ResourceList[];
  readonly results: readonly Result[];
}

/** A run of the function in a pipeline: its config, and the files whose CRs it is given. */
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
  const runs = [...kptfiles.flatMap((file) => kptRuns(file, list.items)), ...kustomizeRuns(files, list.items, results)];
  const pathOf = ({ file }: Item): string => posix.normalize(file?.path ?? '');
  const given = (covers: (path: string) => boolean): readonly Item[] =>
    list.items.filter((item) => !isStack(item) || covers(pathOf(item)));
  const listOf = (items: readonly Item[], config?: Item): ResourceList =>
    new ResourceList(list.source, items, config, undefined);
  return {
    lists: [
      listOf(given((path) => !runs.some(({ covers }) => covers(path)))),
      ...runs.map(({ config, covers, isAlone }) => listOf(isAlone === true ? [] : given(covers), config)),
    ],
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

function kustomizeRuns(files: readonly PackageFile[], items: readonly Item[], results: Result[]): readonly Run[] {
  const all = new Map(
    files.filter(({ path }) => isKustomization(path)).map(({ path, text }) => [posix.normalize(path), valueOf(text)]),
  );
  return [...all].flatMap(([path, { generators, transformers, validators }]) => {
    const covered = reachOf(posix.dirname(path), (place) => all.get(place), resourceFields);
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
      ...others.map((config) => ({ config, covers: (file: string) => covered.has(file) })),
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

function inlineItem(value: JsonObject, path: string): Item {
  const text = JSON.stringify(value);
  return Item.parsed({ text, path }, { start: 0, end: text.length }, 'document', { path, index: 0 });
}

function entriesOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

/** What a text of one YAML document says; nothing where it is no mapping, for which others give the error. */
function valueOf(text: string): JsonObject {
  const [document] = parseYaml(text);
  const value = document === undefined ? undefined : readDocument(document).value;
  return isMapping(value) ? value : {};
}
