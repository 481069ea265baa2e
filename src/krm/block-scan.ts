import { type Header, type HeaderField, HeaderBuilder } from './header.ts';
import { isSimpleFlow, keyEnd, readBlockHeader, readLineScalar, scalarEnd } from './line-scan.ts';

/** What a scan found of one object: its header, and where its last line ends. */
export interface ScannedObject {
  readonly header: Header;
  /** Behind the line break of the object's last line, be it a comment that is indented like the object. */
  readonly end: number;
  /** No line of content was found: the value is null. */
  readonly isEmpty: boolean;
}

/** What an object hangs on: the `-` of a list, or a key of a mapping, in this column. */
export interface Parent {
  readonly kind: 'list' | 'mapping';
  readonly column: number;
}

/** A `|` or `>` text that is open at the current line. */
interface BlockText {
  readonly parentColumn: number;
  readonly chomp: boolean;
  /** The annotation that the text is the value of. */
  readonly annotation: string | undefined;
  readonly lines: string[];
  column: number;
}

const noComment = 0;
const space = 32;
const hash = 35;
const dash = 45;

/** Thrown inside a scan at the first line that only a real YAML parser should judge; one for all, since it is no failure. */
const unusual = new Error('not in plain block style');

/** Scans the objects of one text. */
export class BlockScanner {
  // The block collections that are open at the current line, from the outside in.
  private readonly columns: number[] = [];
  private readonly kinds: Parent['kind'][] = [];
  private readonly keys: string[] = [];
  private depth = 0;
  private header = new HeaderBuilder();
  private block: BlockText | undefined;
  /** Whether the value of the last key or dash is still to come on the following lines. */
  private pending = false;
  private hasContent = false;

  constructor(private readonly text: string) {}

  /**
   * Reads the header of an object that is written in plain block style, line by line and without building values; every
   * line is checked to be YAML that this scan fully understands. Undefined: it is not, and a real parser must read it.
   * The object ends before the first line that is not indented deeper than `parent`.
   */
  scan(start: number, end: number, parent: Parent): ScannedObject | undefined {
    this.depth = 0;
    this.open(parent.kind, parent.column);
    this.header = new HeaderBuilder();
    this.block = undefined;
    this.pending = parent.kind === 'mapping';
    this.hasContent = false;
    try {
      const lastEnd = this.lines(start, end, parent);
      this.closeBlock();
      return { header: this.header.build(), end: lastEnd, isEmpty: !this.hasContent };
    } catch (error) {
      if (error === unusual) return undefined;
      throw error;
    }
  }

  /** Takes lines up to the end of the object; returns where its last line ends. */
  private lines(start: number, end: number, parent: Parent): number {
    const { text } = this;
    let lastEnd = start;
    let isFirst = parent.kind === 'list';
    for (let lineStart = start; lineStart < end; isFirst = false) {
      const newline = text.indexOf('\n', lineStart);
      const next = newline === -1 || newline >= end ? end : newline + 1;
      let lineEnd = newline === -1 || newline >= end ? end : newline;
      if (text.charCodeAt(lineEnd - 1) === 13 && lineEnd > lineStart) lineEnd--;
      let at = lineStart;
      while (at < lineEnd && text.charCodeAt(at) === space) at++;
      const column = at - lineStart;
      const first = at === lineEnd ? noComment : text.charCodeAt(at);
      if (first !== noComment && first !== hash && column <= parent.column && !isFirst) break;
      if (this.line(at, lineEnd, column, first) || (first === hash && column > parent.column)) lastEnd = next;
      lineStart = next;
    }
    return lastEnd;
  }

  /** Takes one line; tells whether it is content. */
  private line(at: number, lineEnd: number, column: number, first: number): boolean {
    if (this.block && this.blockLine(this.block, at, lineEnd, column, first)) return first !== noComment;
    if (first === noComment || first === hash) return false;
    this.closeTo(column, this.isDash(at, lineEnd));
    this.entry(at, lineEnd, column);
    this.hasContent = true;
    return true;
  }

  /** Takes a line as part of the open block text, if it is. */
  private blockLine(block: BlockText, at: number, lineEnd: number, column: number, first: number): boolean {
    if (first === noComment) {
      if (block.column === -1 && column > 0) throw unusual;
      if (block.annotation !== undefined) block.lines.push(' '.repeat(Math.max(0, column - Math.max(block.column, 0))));
      return true;
    }
    if (column <= block.parentColumn) {
      this.closeBlock();
      return false;
    }
    if (block.column === -1) {
      if (first === 9) throw unusual;
      block.column = column;
    }
    if (column < block.column) throw unusual;
    if (block.annotation !== undefined) block.lines.push(this.text.slice(at - column + block.column, lineEnd));
    return true;
  }

  private closeBlock(): void {
    const { block } = this;
    this.block = undefined;
    if (block?.annotation === undefined) return;
    const text = block.lines.join('\n').replace(/\n+$/, '');
    this.header.annotation(block.annotation, block.chomp || text === '' ? text : `${text}\n`);
  }

  /** Closes the levels that a line in this column ends, and checks that the line can stand where it does. */
  private closeTo(column: number, isDash: boolean): void {
    while (this.depth > 1 && this.column > column) this.close();
    // A list may stand in the column of the key that it belongs to; the next key ends it.
    if (!isDash && this.depth > 1 && this.kind === 'list' && this.column === column) this.close();
    const kind = isDash ? 'list' : 'mapping';
    if (this.column === column && this.kind === kind) return;
    // A new level needs a key or dash that waits for its value.
    if (!this.pending || column < this.column || (column === this.column && !isDash)) throw unusual;
    this.open(kind, column);
  }

  private get column(): number {
    return this.columns[this.depth - 1] ?? -1;
  }

  private get kind(): Parent['kind'] | undefined {
    return this.kinds[this.depth - 1];
  }

  private close(): void {
    this.depth--;
    this.pending = false;
  }

  private open(kind: Parent['kind'], column: number): void {
    this.kinds[this.depth] = kind;
    this.columns[this.depth] = column;
    this.keys[this.depth] = '';
    this.depth++;
    this.pending = false;
  }

  private isDash(at: number, lineEnd: number): boolean {
    const { text } = this;
    return text.charCodeAt(at) === dash && (at + 1 === lineEnd || text.charCodeAt(at + 1) === space);
  }

  /** Reads a `- …` or `key: …` whose level is open. */
  private entry(at: number, lineEnd: number, column: number): void {
    if (!this.isDash(at, lineEnd)) {
      this.keyed(at, keyEnd(this.text, at, lineEnd), lineEnd, column);
      return;
    }
    const inner = this.skipSpaces(at + 1, lineEnd);
    const innerColumn = column + inner - at;
    const end = inner < lineEnd ? keyEnd(this.text, inner, lineEnd) : -1;
    if (inner < lineEnd && this.isDash(inner, lineEnd)) {
      this.open('list', innerColumn);
      this.entry(inner, lineEnd, innerColumn);
    } else if (end !== -1) {
      this.open('mapping', innerColumn);
      this.keyed(inner, end, lineEnd, innerColumn);
    } else this.value(inner, lineEnd, column, undefined);
  }

  private skipSpaces(from: number, lineEnd: number): number {
    let at = from;
    while (at < lineEnd && this.text.charCodeAt(at) === space) at++;
    return at;
  }

  private keyed(at: number, end: number, lineEnd: number, column: number): void {
    if (end === -1) throw unusual;
    const field = this.isNearHeader() ? this.field(this.text.slice(at, end)) : undefined;
    this.value(this.skipSpaces(end + 1, lineEnd), lineEnd, column, field);
  }

  /** Whether a key here can be part of the header: at the top of the object, or in its `metadata` and `annotations`. */
  private isNearHeader(): boolean {
    return this.depth === 2 || (this.depth <= 4 && this.keys[1] === 'metadata');
  }

  /** What a key means for the header, by where it stands. */
  private field(written: string): HeaderField | undefined {
    const isQuoted = written.startsWith('"') || written.startsWith("'");
    const key = isQuoted ? written.slice(1, -1) : written;
    this.keys[this.depth - 1] = key;
    const field = this.header.fieldAt(this.depth - 1, this.keys);
    if (field === undefined) return undefined;
    // A repeated key is for the parser to report. An annotation such as `0x10` is another text in Kubernetes than is written.
    const isOther = field.annotation !== undefined && !isQuoted && readLineScalar(key) !== key;
    if (isOther || this.header.has(field)) throw unusual;
    return field;
  }

  /** Checks what follows a key or dash on its line. */
  private value(at: number, lineEnd: number, column: number, field: HeaderField | undefined): void {
    const first = at === lineEnd ? hash : this.text.charCodeAt(at);
    this.pending = first === hash;
    if (this.pending) return;
    if (first === 124 || first === 62) this.openBlock(at, lineEnd, column, field);
    else if (first === 123 || first === 91) {
      if (!isSimpleFlow(this.text.slice(at, lineEnd))) throw unusual;
    } else {
      const end = scalarEnd(this.text, at, lineEnd);
      if (end === -1) throw unusual;
      if (field) this.take(field, readLineScalar(this.text.slice(at, end)));
    }
  }

  private take(field: HeaderField, value: ReturnType<typeof readLineScalar>): void {
    if (value === undefined) throw unusual;
    this.header.take(field, value);
  }

  private openBlock(at: number, lineEnd: number, parentColumn: number, field: HeaderField | undefined): void {
    const header = readBlockHeader(this.text.slice(at, lineEnd));
    // Folded text and text in place of a name are rare enough to be read by the real parser.
    if (!header || (field && (header.folded || field.annotation === undefined))) throw unusual;
    this.block = { parentColumn, chomp: header.chomp, annotation: field?.annotation, lines: [], column: -1 };
  }
}
