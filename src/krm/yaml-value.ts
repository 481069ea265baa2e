import { readPlainScalar } from './go-scalar.ts';
import { isMapping, type Json } from './result.ts';
import type {
  AliasSyntax,
  DocumentSyntax,
  EntrySyntax,
  ListSyntax,
  MappingSyntax,
  Problem,
  ScalarSyntax,
  Syntax,
} from './syntax.ts';

/** How many values aliases may stand for in one document, all together. */
const maxAliased = 10_000;

/** Half surrogate pairs, and the control characters that kustomize fails on or alters however they are written. */
const uncarried = /\p{Surrogate}|[\x7f-\x9f]/u;

const yamlTag = 'tag:yaml.org,2002:';

interface Anchored {
  readonly value: Json;
  readonly size: number;
}

/** A document's value in the JSON data model, and all that is wrong with it; `value` is null where nothing could be read. */
export interface DocumentValue {
  readonly value: Json;
  readonly problems: readonly Problem[];
}

/** Reads what a document means: scalars as Go reads them, merge keys (`<<`) and aliases resolved, repeated keys reported. */
export function readDocument(document: DocumentSyntax): DocumentValue {
  if (!document.root) return { value: null, problems: document.problems };
  const reader = new Reader();
  const value = reader.value(document.root);
  return { value, problems: [...document.problems, ...reader.problems] };
}

class Reader {
  readonly problems: Problem[] = [];
  private readonly anchors = new Map<string, Anchored>();
  private values = 0;
  private aliased = 0;

  value(node: Syntax): Json {
    if (node.form === 'alias') return this.alias(node);
    const before = this.values++;
    const value =
      node.form === 'scalar' ? this.scalar(node) : node.form === 'list' ? this.list(node) : this.mapping(node);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, { value, size: this.values - before });
    return value;
  }

  private alias(node: AliasSyntax): Json {
    const anchored = this.anchors.get(node.name);
    if (!anchored) {
      this.problem(node, `alias \`*${node.name}\` must follow an anchor \`&${node.name}\` in the same object`);
      return null;
    }
    this.values += anchored.size;
    this.aliased += anchored.size;
    if (this.aliased <= maxAliased) return anchored.value;
    if (this.aliased - anchored.size <= maxAliased) {
      this.problem(node, `the aliases of one object must not stand for more than ${maxAliased} values`);
    }
    return null;
  }

  private scalar(node: ScalarSyntax): Json {
    const { tag, text } = node;
    const refused = uncarried.exec(text);
    if (refused) {
      const code = refused[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      this.problem(node, `a text must not hold the character U+${code}, which kustomize cannot carry`);
    }
    if (tag === undefined || tag === '') return node.plain ? this.plain(node) : text;
    if (tag === '!' || tag === `${yamlTag}str`) return text;
    const read = ['int', 'float', 'bool', 'null'].some((type) => tag === yamlTag + type)
      ? readPlainScalar(text)
      : undefined;
    if (read && 'value' in read && fits(read.value, tag)) return read.value;
    this.problem(node, `the tag \`${tag.replace(yamlTag, '!!')}\` is not supported here`);
    return null;
  }

  private plain(node: ScalarSyntax): Json {
    const read = readPlainScalar(node.text);
    if ('value' in read) return read.value;
    this.problem(node, read.problem);
    return null;
  }

  private list(node: ListSyntax): Json {
    this.collectionTag(node, 'seq');
    return node.items.map((item) => this.value(item));
  }

  private mapping(node: MappingSyntax): Json {
    this.collectionTag(node, 'map');
    const own = emptyMapping();
    const merged: EntrySyntax[] = [];
    for (const entry of node.entries) {
      if (entry.key.form === 'scalar' && entry.key.plain && entry.key.text === '<<') {
        merged.push(entry);
        continue;
      }
      const key = this.key(entry.key);
      const value = entry.value ? this.value(entry.value) : null;
      if (key === undefined) continue;
      if (Object.hasOwn(own, key)) this.problem(entry.key, `key "${key}" is given twice in one mapping`);
      own[key] = value;
    }
    for (const entry of merged) this.merge(own, entry);
    return own;
  }

  /** Adds what `<<` brings; a key of the mapping itself wins, and of several merged mappings the first. */
  private merge(into: Record<string, Json>, entry: EntrySyntax): void {
    const brought = entry.value ? this.value(entry.value) : null;
    const mappings: readonly Json[] = Array.isArray(brought) ? (brought as readonly Json[]) : [brought];
    for (const mapping of mappings) {
      if (!isMapping(mapping)) {
        this.problem(entry.key, 'the value of `<<` must be a mapping, or a list of mappings');
        continue;
      }
      for (const key of Object.keys(mapping)) if (!Object.hasOwn(into, key)) into[key] = mapping[key] ?? null;
    }
  }

  /** A key as Kubernetes reads it, where every key is text: `8080:` → "8080", `0x10:` → "16". */
  private key(node: Syntax): string | undefined {
    const key = node.form === 'scalar' || node.form === 'alias' ? this.value(node) : null;
    if (typeof key === 'string') return key;
    if (typeof key === 'number' || typeof key === 'boolean') return String(key);
    this.problem(node, 'a key must be text');
    return undefined;
  }

  private collectionTag(node: MappingSyntax | ListSyntax, type: string): void {
    const { tag } = node;
    if (tag !== undefined && tag !== yamlTag + type)
      this.problem(node, `the tag \`${tag.replace(yamlTag, '!!')}\` is not supported here`);
  }

  private problem(node: Syntax, message: string): void {
    this.problems.push({ message, at: node.start });
  }
}

function fits(value: Json, tag: string): boolean {
  const type = tag.slice(yamlTag.length);
  if (type === 'null') return value === null;
  if (type === 'bool') return typeof value === 'boolean';
  return typeof value === 'number' && (type === 'float' || Number.isInteger(value));
}

/** A mapping that nothing is inherited into, so that `__proto__` and `constructor` are keys like any other. */
export function emptyMapping(): Record<string, Json> {
  return Object.create(null) as Record<string, Json>;
}
