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
  const [document] = parseYaml(item.text);
  const start = document?.root ? fieldStart(document.root, field?.path ?? '') : 0;
  return `${item.source.path}:${String(lineAt(item.source.text, item.range.start + start))}`;
}

/** Where the deepest part of `path` that is written starts: `spec.resources.models[1]["a.b"]`. */
function fieldStart(root: Syntax, path: string): number {
  let node: Syntax | undefined = root;
  let { start } = root;
  for (const [, key, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (index !== undefined) {
      node = node.form === 'list' ? node.items[Number(index)] : undefined;
      if (node) ({ start } = node);
    } else {
      const entry = entryOf(node, key ?? String(JSON.parse(quoted ?? '""')));
      if (entry) ({ start } = entry.key);
      node = entry?.value;
    }
    if (!node) break;
  }
  return start;
}
