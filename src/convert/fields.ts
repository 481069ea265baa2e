import { isMap, isScalar, Pair, parseDocument, Scalar, visit, YAMLMap, type Node } from 'yaml';
import { emitYaml } from '../krm/emitter.ts';
import type { Json } from '../krm/result.ts';
import { unmarked } from './layout.ts';

/** A mapping of a CR as the YAML library holds it, comments and order included. */
export type Mapping = YAMLMap<Scalar<string>, Node | null>;

/** An entry of such a mapping. */
type Entry = Pair<Scalar<string>, Node | null>;

/** `spec.server.workers` → its segments; the root has none. */
const segments = (path: string): string[] => (path === '' ? [] : path.split('.'));

/** The mapping at a path of dots; undefined where there is none. */
export function mappingAt(root: Mapping, path: string): Mapping | undefined {
  let found: unknown = root;
  for (const key of segments(path)) found = isMap(found) ? pairOf(found as Mapping, key)?.value : undefined;
  return isMap(found) ? (found as Mapping) : undefined;
}

/** The entry of a mapping by its key. */
export function pairOf(mapping: Mapping, key: string): Entry | undefined {
  return mapping.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The entry at a path of dots. */
export function pairAt(root: Mapping, path: string): Entry | undefined {
  const end = path.lastIndexOf('.');
  const holder = mappingAt(root, path.slice(0, Math.max(end, 0)));
  return holder && pairOf(holder, path.slice(end + 1));
}

/** Takes an entry out of the mapping that it stands in, with the comment above it. */
export function take(root: Mapping, path: string): Entry | undefined {
  const end = path.lastIndexOf('.');
  const holder = mappingAt(root, path.slice(0, Math.max(end, 0)));
  return holder && takeKey(holder, path.slice(end + 1));
}

/** Takes an entry out of a mapping by its key, which may hold dots. */
export function takeKey(holder: Mapping, key: string): Entry | undefined {
  const pair = pairOf(holder, key);
  if (pair) holder.items.splice(holder.items.indexOf(pair), 1);
  return pair;
}

/** Puts an entry under another name, making the mappings above it where they are not there. */
export function put(root: Mapping, path: string, pair: Entry): void {
  const keys = segments(path);
  const name = keys.pop() ?? '';
  let holder = root;
  for (const key of keys) {
    const present = pairOf(holder, key)?.value;
    const inner = isMap(present) ? (present as Mapping) : new YAMLMap<Scalar<string>, Node | null>();
    if (inner !== present) holder.items.push(new Pair(new Scalar(key), inner));
    // An empty mapping is written as `{}`, and stays in one line when something comes into it.
    if (inner.items.length === 0) inner.flow = false;
    holder = inner;
  }
  pair.key.value = name;
  pair.key.source = name;
  holder.items.push(pair);
}

/** Gives an entry that is there another value; the comments in the one before stand above it then. */
export function replaceValue(pair: Entry, value: Json): void {
  const comments = pair.value ? commentsIn(pair.value) : [];
  pair.value = nodeOf(value);
  if (comments.length > 0) pair.key.commentBefore = joined(pair.key.commentBefore, comments.join('\n'));
}

/** Puts a plain value at a path. */
export function putValue(root: Mapping, path: string, value: Json): void {
  put(root, path, new Pair(new Scalar(''), nodeOf(value)));
}

/** Through the text, whose scalars are quoted where readers of YAML disagree on them. */
const nodeOf = (value: Json): Node => parseDocument(emitYaml(value), { schema: 'failsafe' }).contents as Node;

/** Puts a text in single quotes, which JSON needs no escapes in, under a key that may hold dots; comments stand above it. */
export function putText(holder: Mapping, key: string, text: string, comments: readonly string[]): void {
  const name = new Scalar(key);
  if (comments.length > 0) name.commentBefore = comments.join('\n');
  const value = new Scalar(text);
  value.type = 'QUOTE_SINGLE';
  if (holder.items.length === 0) holder.flow = false;
  holder.items.push(new Pair(name, value));
}

/** All comments in and above an entry, in their order. */
export function commentsOf(pair: Entry): readonly string[] {
  return commentsIn(pair as unknown as Node);
}

/** All comments in and above a node, in their order. */
export function commentsIn(node: Node): readonly string[] {
  const comments: string[] = [];
  visit(node, {
    Node: (_, { commentBefore, comment }) => {
      for (const text of [commentBefore, comment]) if (text != null) comments.push(unmarked(text));
    },
  });
  return comments;
}

/** Adds comments to the end of a mapping. */
export function addComments(mapping: Mapping, comments: readonly string[]): void {
  for (const comment of comments) mapping.comment = joined(mapping.comment, comment);
}

/** Removes a mapping that has become empty; the comments that stood in it stay, in the one around it. */
export function removeEmpty(root: Mapping, path: string): void {
  if (mappingAt(root, path)?.items.length !== 0) return;
  const holder = mappingAt(root, path.slice(0, path.lastIndexOf('.')));
  const pair = take(root, path);
  if (holder && pair) addComments(holder, commentsOf(pair));
}

function joined(first: string | null | undefined, second: string | null | undefined): string {
  return [first, second].filter((text) => text != null).join('\n');
}
