import { packagePath, type Item } from './krm/item.ts';
import type { ResourceList } from './krm/resource-list.ts';
import { isMapping, Path, Report, type JsonObject, type Result } from './krm/result.ts';
import { isStack } from './generation.ts';
import { lineAt } from './krm/syntax.ts';
import { parseYaml } from './krm/yaml.ts';
import { readDocument } from './krm/yaml-value.ts';
import { OPTIONS_ANNOTATION, readRenderOptions, type OptionSource, type RenderOptions } from './spec/render-options.ts';

/** The options of a render, before the CR has its say. */
export interface Options {
  /** What is wrong with the sources that all CRs share. */
  readonly results: readonly Result[];
  /** The objects that hold options. */
  readonly items: readonly Item[];
  /** The options for a CR, its annotation `fn.llamastack.io/options` included. */
  readonly of: (cr: Item, report: Report) => RenderOptions;
}

/**
 * Reads the options of a list, the weakest source first: `RenderOptions` among the items (each for its package and those inside
 * it, the nearest last), the `functionConfig` (one, or a ConfigMap with the same names), the CR's annotation, and the flags of
 * the command line.
 */
export function readOptions(list: ResourceList, flags: JsonObject): Options {
  const { functionConfig } = list;
  const items = list.items.filter(isRenderOptions);
  // kpt's `configPath` passes the functionConfig among the items too.
  const shared = items
    .filter((item) => !isSame(item, functionConfig))
    .map((item) => ({ ...sourceOf(item, 'spec'), scope: scopeOf(item, items) }))
    .sort((a, b) => a.scope.length - b.scope.length);
  if (functionConfig?.kind === 'ConfigMap') shared.push(sourceOf(functionConfig, 'data'));
  else if (functionConfig && isRenderOptions(functionConfig)) shared.push(sourceOf(functionConfig, 'spec'));
  else if (functionConfig && !isStack(functionConfig)) reportForeign(functionConfig, shared);
  reportSeveral(items, shared);
  const commandLine: Source = { value: flags, at: Path.root, form: 'object', report: new Report(), scope: '' };
  const common = readRenderOptions([...shared, commandLine], commandLine.report);
  return {
    results: [...shared, commandLine].flatMap((source) => source.report.results),
    items:
      functionConfig && !isStack(functionConfig) && !items.some((item) => isSame(item, functionConfig))
        ? [...items, functionConfig]
        : items,
    of(cr, crReport) {
      const annotation = readAnnotation(cr, crReport);
      const near = shared.filter(({ scope }) => isWithin(packageOf(cr), scope));
      if (!annotation && near.length === shared.length) return common;
      // Faults of the other sources are told above, once: here nobody listens to them.
      const unheard = [...near, commandLine].map((source) => ({ ...source, report: new Report() }));
      return readRenderOptions(
        [...unheard.slice(0, -1), ...(annotation ? [annotation] : []), ...unheard.slice(-1)],
        crReport,
      );
    },
  };
}

/** A `functionConfig` that holds nothing for us would be dropped in silence. */
function reportForeign(functionConfig: Item, shared: Source[]): void {
  const report = functionConfig.report();
  report.error(
    Path.root.field('kind'),
    'The `functionConfig` must be a LlamaStackDistribution, RenderOptions (`fn.llamastack.io/v1alpha1`) or a ConfigMap of options',
    { currentValue: functionConfig.kind },
  );
  shared.push({ value: undefined, at: Path.root, form: 'object', report, scope: '' });
}

/** Of two RenderOptions in one package one would win by chance. */
function reportSeveral(items: readonly Item[], shared: Source[]): void {
  for (const [index, other] of items.entries()) {
    const first = items.find((item) => packageOf(item) === packageOf(other)) ?? other;
    if (items.indexOf(first) === index) continue;
    const report = other.report();
    const message = `"${other.name}" and "${first.name}" both hold options; put them into one object`;
    report.error(Path.root.field('metadata').field('name'), message, { currentValue: other.name });
    shared.push({ value: undefined, at: Path.root, form: 'object', report, scope: '' });
  }
}

/** Where options stand, and the package whose CRs, those of packages inside it too, they are for: "" is for all. */
type Source = OptionSource & { readonly report: Report; readonly scope: string };

function sourceOf(item: Item, key: 'spec' | 'data'): Source {
  const value = item.value();
  const form = key === 'spec' ? 'object' : 'data';
  const spec = isMapping(value) ? value[key] : undefined;
  return { value: spec, at: Path.root.field(key), form, report: item.report(), scope: '' };
}

/** The package that an item is in, as kpt tells it; else the folder of its file ("team/stack.yaml" → "team"), else "". */
function packageOf({ annotations, file }: Item): string {
  return annotations.get(packagePath) ?? file?.path.slice(0, Math.max(0, file.path.lastIndexOf('/'))) ?? '';
}

/** One object with options is for all CRs, wherever its file is, unless kpt tells packages. */
function scopeOf(item: Item, items: readonly Item[]): string {
  return items.length > 1 || item.annotations.has(packagePath) ? packageOf(item) : '';
}

/** Whether a package is another or inside it: ("/p/team", "/p") is. */
function isWithin(inner: string, outer: string): boolean {
  return outer === '' || inner === outer || inner.startsWith(`${outer}/`);
}

function readAnnotation(cr: Item, report: Report): OptionSource | undefined {
  const text = cr.annotations.get(OPTIONS_ANNOTATION);
  if (text === undefined) return undefined;
  const at = Path.root.field('metadata').field('annotations').field(OPTIONS_ANNOTATION);
  const [document = { root: undefined, problems: [] }] = parseYaml(text);
  const { value, problems } = readDocument(document);
  for (const problem of problems) {
    report.error(at, `The options must be YAML: line ${String(lineAt(text, problem.at))}: ${problem.message}`);
  }
  return problems.length > 0 || value === null ? undefined : { value, at, form: 'object' };
}

function isRenderOptions({ kind, apiVersion }: Item): boolean {
  return kind === 'RenderOptions' && apiVersion.startsWith('fn.llamastack.io/');
}

function isSame(item: Item, other: Item | undefined): boolean {
  return item.kind === other?.kind && item.name === other.name && item.namespace === other.namespace;
}
