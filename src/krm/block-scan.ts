import { readPlainScalar } from './go-scalar.ts';
import { type Header, HeaderBuilder, readLineScalar } from './header.ts';

/** What a scan found of one object: its header, and where its last line ends. */
export interface ScannedObject {
  readonly header: Header;
  /** Behind the line break of the object's last line; comments and blank lines after it are not part of it. */
  readonly end: number;
}

/** What an object hangs on: the `-` of a list, or a key of a mapping, in this column. */
export interface Parent {
  readonly kind: 'list' | 'mapping';
  readonly column: number;
}

/** A block mapping or list that is open at the current line. */
interface Level extends Parent {
  /** The key that was read last. */
  key: string;
}

/** A `|` or `>` text that is open at the current line. */
interface BlockText {
  readonly parentColumn: number;
  readonly chomp: string;
  /** The annotation that the text is the value of. */
  readonly annotation: string | undefined;
  column: number;
  lines: string[];
}

const plainKey = /([\w./$][\w./$-]*):(?=[ \n\r]|$)/y;
const quotedKey = /("[^"\\\n]*"|'[^'\n]*'):(?=[ \n\r]|$)/y;
const blockHeader = /^([|>])([-]?)[ ]*(?: #.*)?$/;
const doubleQuoted = /^("(?:[^"\\]|\\["\\/bfnrt])*")[ ]*(?: #.*)?$/;
const singleQuoted = /^('(?:[^']|'')*')[ ]*(?: #.*)?$/;
const emptyFlow = /^(?:\{\}|\[\])[ ]*(?: #.*)?$/;
/** A list in brackets on one line, of words and quoted texts only: `["serve", '--port', 8321]`. */
const wordList = /^\[ *(?:(?:[\w./][\w./-]*|"[^"\\]*"|'[^']*')(?: *, *|(?= *\])))* *\][ ]*(?: #.*)?$/;
const plainStart = /^(?:[\w./~+$(;^=<\\\u00a1-\ud7ff]|-[^ ])/;

/** Thrown inside a scan at the first line that only a real YAML parser should judge. */
class Unusual extends Error {}

/**
 * Reads the header of an object that is written in plain block style, line by line and without building values; every
 * line is checked to be YAML that this scan fully understands. Undefined: it is not, and a real parser must read it.
 * The object ends before the first line that is not indented deeper than `parent`.
 */
export function scanObject(text: string, start: number, end: number, parent: Parent): ScannedObject | undefined {
  const scan = new Scan(text, parent);
  try {
    return scan.run(start, end);
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

class Scan {
  private readonly levels: Level[];
  private readonly header = new HeaderBuilder();
  private readonly seen = new Set<string>();
  private block: BlockText | undefined;
  /** Whether the value of the last key or dash is still to come on the following lines. */
  private pending: boolean;
  private contentEnd: number;

  constructor(
    private readonly text: string,
    private readonly parent: Parent,
  ) {
    this.levels = [{ ...parent, key: '' }];
    this.pending = parent.kind === 'mapping';
    this.contentEnd = 0;
  }

  run(start: number, end: number): ScannedObject {
    const { text, parent } = this;
    this.contentEnd = start;
    let first = parent.kind === 'list';
    for (let lineStart = start; lineStart < end;) {
      const newline = text.indexOf('\n', lineStart);
      const next = newline === -1 ? end : newline + 1;
      let lineEnd = newline === -1 ? end : newline;
      if (text.charCodeAt(lineEnd - 1) === 13) lineEnd--;
      let at = lineStart;
      while (at < lineEnd && text.charCodeAt(at) === 32) at++;
      const column = at - lineStart;
      const code = at === lineEnd ? 0 : text.charCodeAt(at);
      if (code !== 0 && code !== 35 && column <= parent.column && !first) break;
      if (this.line(at, lineEnd, column, code)) this.contentEnd = next;
      first = false;
      lineStart = next;
    }
    this.closeBlock();
    return { header: this.header.build(), end: this.contentEnd };
  }

  /** Takes one line; tells whether it is content. */
  private line(at: number, lineEnd: number, column: number, code: number): boolean {
    if (this.block && this.blockLine(this.block, at, lineEnd, column, code)) return code !== 0;
    if (code === 0 || code === 35) return false;
    this.closeTo(column, code === 45 && this.isDash(at, lineEnd));
    this.entry(at, lineEnd, column);
    return true;
  }

  /** Takes a line as part of the open block text, if it is. */
  private blockLine(block: BlockText, at: number, lineEnd: number, column: number, code: number): boolean {
    if (code === 0) {
      if (block.column === -1 && column > 0) throw new Unusual();
      if (block.annotation !== undefined)
        block.lines.push(' '.repeat(block.column === -1 ? 0 : Math.max(0, column - block.column)));
      return true;
    }
    if (column <= block.parentColumn) {
      this.closeBlock();
      return false;
    }
    if (block.column === -1) {
      if (code === 9) throw new Unusual();
      block.column = column;
    }
    if (column < block.column) throw new Unusual();
    if (block.annotation !== undefined) block.lines.push(this.text.slice(at - column + block.column, lineEnd));
    return true;
  }

  private closeBlock(): void {
    const { block } = this;
    this.block = undefined;
    if (block?.annotation === undefined) return;
    const text = block.lines.join('\n').replace(/\n+$/, '');
    this.header.annotation(block.annotation, block.chomp === '-' || text === '' ? text : `${text}\n`);
  }

  /** Closes the levels that a line in this column ends, and checks that the line can stand where it does. */
  private closeTo(column: number, dash: boolean): void {
    const { levels } = this;
    while (levels.length > 1 && (levels.at(-1)?.column ?? 0) > column) this.close();
    let top = levels.at(-1);
    if (top?.kind === 'list' && !dash && top.column === column && levels.length > 1) {
      this.close();
      top = levels.at(-1);
    }
    if (!top) throw new Unusual();
    const kind = dash ? 'list' : 'mapping';
    if (top.column === column && top.kind === kind) return;
    // A new level needs a key or dash that waits for its value; a list may stand in the column of its key.
    if (!this.pending || column < top.column || (column === top.column && !dash)) throw new Unusual();
    this.open(kind, column);
  }

  private close(): void {
    this.levels.pop();
    this.pending = false;
  }

  private open(kind: Level['kind'], column: number): void {
    this.levels.push({ kind, column, key: '' });
    this.pending = false;
  }

  private isDash(at: number, lineEnd: number): boolean {
    return this.text.charCodeAt(at) === 45 && (at + 1 === lineEnd || this.text.charCodeAt(at + 1) === 32);
  }

  /** Reads a `- …` or `key: …` whose level is open. */
  private entry(at: number, lineEnd: number, column: number): void {
    if (!this.isDash(at, lineEnd)) {
      this.keyed(at, lineEnd, column);
      return;
    }
    let inner = at + 1;
    while (inner < lineEnd && this.text.charCodeAt(inner) === 32) inner++;
    const innerColumn = column + inner - at;
    if (this.isDash(inner, lineEnd)) {
      this.open('list', innerColumn);
      this.entry(inner, lineEnd, innerColumn);
    } else if (inner < lineEnd && this.keyAt(inner) !== undefined) {
      this.open('mapping', innerColumn);
      this.keyed(inner, lineEnd, innerColumn);
    } else this.value(inner, lineEnd, column, undefined);
  }

  /** The key that starts here with its colon, as it is written. */
  private keyAt(at: number): string | undefined {
    plainKey.lastIndex = at;
    const plain = plainKey.exec(this.text)?.[1];
    if (plain !== undefined) return plain;
    quotedKey.lastIndex = at;
    return quotedKey.exec(this.text)?.[1];
  }

  private keyed(at: number, lineEnd: number, column: number): void {
    const written = this.keyAt(at);
    const top = this.levels.at(-1);
    if (written === undefined || !top) throw new Unusual();
    const quoted = written.startsWith('"') || written.startsWith("'");
    const key = quoted ? written.slice(1, -1) : written;
    top.key = key;
    let value = at + written.length + 1;
    while (value < lineEnd && this.text.charCodeAt(value) === 32) value++;
    const field = this.headerField(key);
    // A key such as `0x10` is text in Kubernetes, but another one than is written.
    if (field !== undefined && !quoted && !isText(key)) throw new Unusual();
    this.value(value, lineEnd, column, field);
  }

  /** What a key means for the header, by where it stands; a repeated one is for the real parser to report. */
  private headerField(key: string): string | undefined {
    const [, object, metadata] = this.levels;
    const depth = this.levels.length;
    if (depth > 4 || object?.kind !== 'mapping') return undefined;
    let field: string | undefined;
    if (depth === 2) field = key;
    else if (object.key !== 'metadata') return undefined;
    else if (depth === 3) field = `metadata.${key}`;
    else if (metadata?.key === 'annotations') field = `metadata.annotations.${key}`;
    if (field !== undefined && this.seen.size === this.seen.add(field).size) throw new Unusual();
    return field;
  }

  /** Checks what follows a key or dash on its line. */
  private value(at: number, lineEnd: number, column: number, field: string | undefined): void {
    const written = this.text.slice(at, lineEnd);
    this.pending = written === '' || written.startsWith('#');
    if (this.pending) return;
    const first = written.charCodeAt(0);
    if (first === 124 || first === 62) this.openBlock(written, column, field);
    else if (first !== 123 && first !== 91) this.scalar(written, first, field);
    else if (!emptyFlow.test(written) && !wordList.test(written)) throw new Unusual();
  }

  private openBlock(written: string, column: number, field: string | undefined): void {
    const header = blockHeader.exec(written);
    const annotation = annotationKey(field);
    // Folded text and text in place of a name are rare enough to be read by the real parser.
    if (!header || (isHeaderField(field) && (annotation === undefined || header[1] === '>'))) throw new Unusual();
    this.block = { parentColumn: column, chomp: header[2] ?? '', annotation, column: -1, lines: [] };
  }

  private scalar(written: string, first: number, field: string | undefined): void {
    let text: string | undefined;
    if (first === 34) text = doubleQuoted.exec(written)?.[1];
    else if (first === 39) text = singleQuoted.exec(written)?.[1];
    else {
      const comment = written.indexOf(' #');
      text = (comment === -1 ? written : written.slice(0, comment)).replace(/ +$/, '');
      if (!plainStart.test(text) || text.includes(': ') || text.endsWith(':') || text.includes('\t'))
        throw new Unusual();
    }
    if (text === undefined) throw new Unusual();
    if (isHeaderField(field)) this.take(field, text);
  }

  private take(field: string, text: string): void {
    const scalar = readLineScalar(text);
    if (!scalar) throw new Unusual();
    const annotation = annotationKey(field);
    if (annotation !== undefined) this.header.annotation(annotation, scalar.value);
    else this.header.text(headerFields[field] ?? 'name', scalar.value);
  }
}

const headerFields: Readonly<Record<string, 'apiVersion' | 'kind' | 'name' | 'namespace'>> = {
  apiVersion: 'apiVersion',
  kind: 'kind',
  'metadata.name': 'name',
  'metadata.namespace': 'namespace',
};

const annotationPrefix = 'metadata.annotations.';

function isHeaderField(field: string | undefined): field is string {
  return field !== undefined && (Object.hasOwn(headerFields, field) || field.startsWith(annotationPrefix));
}

function annotationKey(field: string | undefined): string | undefined {
  return field?.startsWith(annotationPrefix) === true ? field.slice(annotationPrefix.length) : undefined;
}

function isText(plainScalar: string): boolean {
  const read = readPlainScalar(plainScalar);
  return 'value' in read && typeof read.value === 'string';
}
