import type { Json } from './result.ts';

/** How lists below a key are indented: with the key (`compact`, as kubectl and kustomize write) or two columns further. */
export type ListIndent = 'compact' | 'wide';

/** The words that some YAML reader takes for a truth value or for nothing, in any case of letters. */
const reserved = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);

const plain = /^[A-Za-z_/][A-Za-z0-9_./:@-]*$/;

/** What a literal block may hold: printable characters of the Basic Multilingual Plane, tabs and newlines. */
const literalText = /^[\t\n -~\u00a1-\u1fff\u2030-\ud7ff]*$/;

/** What double quotes must write as an escape. */
// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const escaped = /["\\\0-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/gu;

/** Keys longer than this need YAML's `? key` form: readers look for the colon within 1024 characters only. */
const longestKey = 500;

/**
 * Writes a value as YAML in block style, keys in the mapping's own order, no aliases, ending in a newline. Every scalar
 * reads as the same value in kubectl, kustomize, kpt and PyYAML. `column` is where the text will stand: all lines but the
 * first are indented by it.
 */
export function emitYaml(value: Json, column = 0, lists: ListIndent = 'compact'): string {
  return new Emitter(lists === 'wide' ? 2 : 0).inline(value, column).replace(/^ /, '');
}

class Emitter {
  /** Keys and short texts as they are written: most stand in many places. */
  private readonly written = new Map<string, string>();

  /** `listIndent`: how far the dashes of a list stand to the right of the list's key. */
  constructor(private readonly listIndent: number) {}

  /** What follows a dash, with its leading space; entries of a collection stand at `column`. */
  inline(value: Json, column: number): string {
    if (typeof value !== 'object' || value === null) return this.leaf(value, column);
    const collection = isList(value) ? this.items(value, column) : this.entries(value, column);
    return collection === '' ? this.leaf(value, column) : ` ${collection}`;
  }

  /** What follows the colon of a key at `column`. */
  private afterKey(value: Json, column: number, listIndent: number): string {
    if (typeof value !== 'object' || value === null) return this.leaf(value, column + 2);
    const inner = column + (isList(value) ? listIndent : 2);
    const collection = isList(value) ? this.items(value, inner) : this.entries(value, inner);
    return collection === '' ? this.leaf(value, column + 2) : `\n${indent(inner)}${collection}`;
  }

  private entries(mapping: Readonly<Record<string, Json>>, column: number): string {
    const lines: string[] = [];
    for (const key of Object.keys(mapping)) {
      const value = mapping[key];
      if (value === undefined) throw new Error(`A mapping to be written has no value under "${key}"`);
      const text = this.text(key);
      if (text.length <= longestKey) lines.push(`${text}:${this.afterKey(value, column, this.listIndent)}`);
      else lines.push(`? ${text}\n${indent(column)}:${this.afterKey(value, column, 2)}`);
    }
    return lines.join(indent(column));
  }

  private text(value: string): string {
    const known = this.written.get(value);
    if (known !== undefined) return known;
    const text = isPlain(value) ? value : quoted(value);
    if (value.length <= longestKey) this.written.set(value, text);
    return text;
  }

  private items(list: readonly Json[], column: number): string {
    return list.map((item) => `-${this.inline(item, column + 2)}`).join(indent(column));
  }

  private leaf(value: Json, column: number): string {
    if (typeof value !== 'string') return ` ${scalar(value)}\n`;
    return isLiteral(value) ? literal(value, indent(Math.max(column, 2))) : ` ${this.text(value)}\n`;
  }
}

function literal(text: string, margin: string): string {
  const lines = text.slice(0, -1).split('\n');
  return ` |\n${lines.map((line) => (line === '' ? '' : margin + line)).join('\n')}\n`;
}

/** Text of whole lines that every reader takes literally: the first is not indented, exactly one newline ends it. */
function isLiteral(text: string): boolean {
  if (text.length < 2 || !text.endsWith('\n') || text.endsWith('\n\n')) return false;
  return !/\s/.test(text.charAt(0)) && literalText.test(text);
}

/** What is no text, and no filled collection. */
function scalar(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${String(value)} is no JSON number`);
    return String(value);
  }
  return Array.isArray(value) ? '[]' : '{}';
}

function isPlain(text: string): boolean {
  return plain.test(text) && !text.endsWith(':') && !(text.length <= 5 && reserved.has(text.toLowerCase()));
}

/** A text in double quotes, as YAML and JSON both read it: `a "b"` → `"a \"b\""`. */
export function quoted(text: string): string {
  return `"${text.replace(escaped, escape)}"`;
}

function escape(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function indent(column: number): string {
  return ' '.repeat(column);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
