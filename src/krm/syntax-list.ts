import { Item, type Source } from './item.ts';
import { type Layout, ResourceList } from './item-list.ts';
import {
  columnAt,
  type EntrySyntax,
  lineEnd,
  type ListSyntax,
  type MappingSyntax,
  type Problem,
  type Range,
  type Syntax,
} from './syntax.ts';
import { parseYaml } from './yaml.ts';

/** Reads a ResourceList from its whole syntax: JSON, flow style, and block style that is out of the ordinary. */
export function readSyntaxList(source: Source): ResourceList | Problem | string {
  const documents = parseYaml(source.text);
  const problem = documents.flatMap(({ problems }) => problems)[0];
  if (problem) return problem;
  if (documents.length > 1) return `The input must be one ResourceList, not ${documents.length} YAML documents`;
  const root = documents[0]?.root;
  if (root?.form !== 'mapping' || textOf(entry(root, 'kind')) !== 'ResourceList') {
    return 'The input must be a ResourceList (`kind: ResourceList` with `items`), as kustomize and kpt send it';
  }
  const repeated = root.entries.find(
    ({ key }, index) =>
      key.form === 'scalar' &&
      root.entries.findIndex((other) => other.key.form === 'scalar' && other.key.text === key.text) !== index,
  );
  if (repeated?.key.form === 'scalar')
    return { message: `key "${repeated.key.text}" is given twice in one mapping`, at: repeated.key.start };
  return readRoot(source, root);
}

function readRoot(source: Source, root: MappingSyntax): ResourceList | Problem {
  const { text } = source;
  const items = entry(root, 'items');
  const list = items?.value;
  if (list && list.form !== 'list' && !isNull(list)) return { message: '`items` must be a list', at: list.start };
  const read = list?.form === 'list' ? readItems(source, list) : [];
  if (!Array.isArray(read)) return read;
  const broken = read.map((item) => item.syntaxProblem()).find((problem) => problem !== undefined);
  if (broken) return broken;
  const layout: Layout = {
    root: root.flow ? 'flow' : 'block',
    list: root.flow || (list?.form === 'list' && list.flow && list.items.length > 0) ? 'flow' : 'block',
    items: items && rangeOfItems(text, root.flow, items, read.at(-1)?.range.end ?? 0),
    column: list?.form === 'list' && list.dashes[0] !== undefined ? columnAt(text, list.dashes[0]) - 1 : 0,
    results: rangeOf(text, root, 'results'),
    end: root.flow ? root.end - 1 : text.length,
  };
  return new ResourceList(source, read, functionConfigOf(source, entry(root, 'functionConfig')?.value), layout);
}

function readItems(source: Source, list: ListSyntax): Item[] | Problem {
  const { text } = source;
  if (list.flow) return list.items.map(({ start, end }) => Item.parsed(source, { start, end }, 'flow'));
  const [first = 0] = list.dashes;
  const items: Item[] = [];
  for (const [index, node] of list.items.entries()) {
    const dash = list.dashes[index] ?? node.start;
    const start = dash - columnAt(text, dash) + 1;
    if (text.slice(start, dash).trim() !== '' || columnAt(text, dash) !== columnAt(text, first)) {
      return { message: 'each `-` of `items` must stand on a line of its own, all in one column', at: dash };
    }
    items.push(Item.parsed(source, { start, end: lineEnd(text, Math.max(node.end, dash + 1)) }, 'list item'));
  }
  return items;
}

function functionConfigOf(source: Source, node: Syntax | undefined): Item | undefined {
  if (!node || isNull(node)) return undefined;
  const { start, end } = node;
  if (node.form !== 'mapping' || node.flow) return Item.parsed(source, { start, end }, 'flow');
  return Item.parsed(
    source,
    { start: start - columnAt(source.text, start) + 1, end: lineEnd(source.text, end) },
    'document',
  );
}

function rangeOfItems(text: string, flow: boolean, { key, value }: EntrySyntax, lastEnd: number): Range {
  if (value?.form === 'list' && value.flow && (flow || value.items.length > 0))
    return { start: value.start, end: value.end };
  if (flow) return { start: value?.start ?? key.end, end: value?.end ?? key.end };
  return { start: key.start, end: Math.max(lastEnd, lineEnd(text, value?.end ?? key.end)) };
}

function rangeOf(text: string, root: MappingSyntax, name: string): Range | undefined {
  const found = entry(root, name);
  if (!found) return undefined;
  if (root.flow) return { start: found.value?.start ?? found.key.end, end: found.value?.end ?? found.key.end };
  return { start: found.key.start, end: lineEnd(text, found.value?.end ?? found.key.end) };
}

function entry(root: MappingSyntax, name: string): EntrySyntax | undefined {
  return root.entries.find(({ key }) => key.form === 'scalar' && key.text === name);
}

function textOf(found: EntrySyntax | undefined): string | undefined {
  return found?.value?.form === 'scalar' ? found.value.text : undefined;
}

function isNull(node: Syntax): boolean {
  return node.form === 'scalar' && node.plain && ['', '~', 'null', 'Null', 'NULL'].includes(node.text);
}
