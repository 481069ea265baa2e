import type { Item } from '../../src/krm/item.ts';
import type { Result } from '../../src/krm/result.ts';
import { entryOf, lineAt, type Syntax } from '../../src/krm/syntax.ts';
import { parseYaml } from '../../src/krm/yaml.ts';

/** The file and line of what a result speaks of, as far as the object has it: `stack.yaml:12`. */
export function locate({ resourceRef, field, file }: Result, items: readonly Item[]): string | undefined {
  const item = items.find(
    ({ ref }) =>
      ref.kind === resourceRef?.kind && ref.name === resourceRef.name && ref.namespace === resourceRef.namespace,
  );
  if (!item?.source.path) return file?.path;
  return `${item.source.path}:${String(lineOf(item, stepsOf(field?.path ?? '')))}`;
}

/** The line of an item's source where the deepest part of a path starts that is written there, counted from 1. */
export function lineOf(item: Item, steps: readonly Step[]): number {
  const [document] = parseYaml(item.text);
  const start = document?.root ? fieldStart(document.root, steps) : 0;
  return lineAt(item.source.text, item.range.start + start);
}

/** A key of a mapping, or the index of an entry of a list. */
export type Step = string | number;

/** The steps of a path as results have it: `spec.resources.models[1]["a.b"]` → spec, resources, models, 1, a.b. */
export function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(([, key, index, quoted]) =>
    index === undefined ? (key ?? String(JSON.parse(quoted ?? '""'))) : Number(index),
  );
}

function fieldStart(root: Syntax, steps: readonly Step[]): number {
  let node: Syntax | undefined = root;
  let { start } = root;
  for (const step of steps) {
    if (typeof step === 'number') {
      node = node.form === 'list' ? node.items[step] : undefined;
      if (node) ({ start } = node);
    } else {
      const entry = entryOf(node, step);
      if (entry) ({ start } = entry.key);
      node = entry?.value;
    }
    if (!node) break;
  }
  return start;
}
