import { BlockScanner, type ScannedObject } from './block-scan.ts';
import { Item, type Source } from './item.ts';
import { type Layout, ResourceList } from './item-list.ts';
import { readLineScalar, scalarEnd } from './line-scan.ts';
import type { Problem, Range } from './syntax.ts';

const rootKey = /([A-Za-z]\w*):(?=[ \n\r]|$)/y;

/** One line of the text, without its line break. */
interface Line {
  readonly start: number;
  readonly next: number;
  /** Before its line break. */
  readonly end: number;
  readonly column: number;
  /** What stands on the line, from its first character that is no space. */
  readonly content: string;
}

/**
 * Reads a ResourceList in plain block style, as kustomize and kpt send it, without parsing its items. Undefined: the list
 * is written in another way and must be parsed as a whole. A problem: an item is not YAML.
 */
export function readBlockList(source: Source): ResourceList | Problem | undefined {
  // A carriage return that ends no line means something else to every reader.
  if (/\r(?!\n)/.test(source.text)) return undefined;
  return new BlockListReader(source).read();
}

class BlockListReader {
  private readonly text: string;
  private readonly scanner: BlockScanner;
  private readonly items: Item[] = [];
  private readonly seen = new Set<string>();
  private functionConfig: Item | undefined;
  private itemsRange: Range | undefined;
  private results: Range | undefined;
  private column = 0;
  private at = 0;

  constructor(private readonly source: Source) {
    this.text = source.text;
    this.scanner = new BlockScanner(source.text);
  }

  read(): ResourceList | Problem | undefined {
    let kind: unknown;
    for (let line = this.content(); line; line = this.content()) {
      if (line.column === 0 && line.content.trimEnd() === '---' && this.seen.size === 0) {
        this.seen.add('---');
        this.at = line.next;
        continue;
      }
      const key = line.column === 0 ? this.key(line) : undefined;
      // A repeated key is for the parser to report.
      if (key === undefined || this.seen.has(key)) return undefined;
      this.seen.add(key);
      const value = this.value(line, key);
      if (value === undefined) return undefined;
      this.at = line.next;
      if (key === 'kind') kind = readLineScalar(value);
      const problem = value === '' ? this.section(key, line) : this.entry(key, value, line);
      if (problem !== true) return problem;
    }
    if (kind !== 'ResourceList') return undefined;
    const layout: Layout = {
      root: 'block',
      list: 'block',
      items: this.itemsRange,
      column: this.column,
      results: this.results,
      end: this.text.length,
    };
    return new ResourceList(this.source, this.items, this.functionConfig, layout);
  }

  /** What stands behind a key on its line, a comment left out; undefined where a real parser must look. */
  private value({ start, end: lineEnd }: Line, key: string): string | undefined {
    const { text } = this;
    let at = start + key.length + 1;
    while (at < lineEnd && text[at] === ' ') at++;
    if (at === lineEnd || text[at] === '#') return '';
    if (/^\[\](?: +#.*)? *$/.test(text.slice(at, lineEnd))) return '[]';
    const end = scalarEnd(text, at, lineEnd);
    return end === -1 ? undefined : text.slice(at, end);
  }

  /** Reads a key of the list that has its value on its line; true when all is well. */
  private entry(key: string, value: string, { start, next }: Line): true | undefined {
    const isNothing = value === '[]' || value === 'null' || value === '~';
    if (key === 'items') this.itemsRange = { start, end: next };
    if (key === 'results') this.results = { start, end: next };
    return isNothing || (key !== 'items' && key !== 'functionConfig') ? true : undefined;
  }

  /** Reads a key of the list that has its value on the lines below; true when all is well. */
  private section(key: string, line: Line): true | Problem | undefined {
    if (key === 'items') return this.readItems(line);
    const scanned = this.scanner.scan(this.at, this.text.length, { kind: 'mapping', column: 0 });
    if (key === 'functionConfig') return this.readFunctionConfig(scanned);
    if (!scanned) return undefined;
    this.at = scanned.end;
    if (key !== 'results') return true;
    // The items of a list may stand in the column of their key.
    while (this.content()?.content.startsWith('-') === true) {
      const item = this.scanner.scan(this.at, this.text.length, { kind: 'list', column: 0 });
      if (!item) return undefined;
      this.at = item.end;
    }
    this.results = { start: line.start, end: this.at };
    return true;
  }

  private readFunctionConfig(scanned: ScannedObject | undefined): true | Problem {
    const start = this.at;
    if (scanned) {
      this.at = scanned.end;
      const range = { start, end: scanned.end };
      if (!scanned.isEmpty) this.functionConfig = new Item(this.source, range, 'document', scanned.header);
      return true;
    }
    this.functionConfig = Item.parsed(this.source, { start, end: this.regionEnd(0) }, 'document');
    return this.functionConfig.syntaxProblem() ?? true;
  }

  /** Reads the items; true when all of them could be told apart. */
  private readItems(key: Line): true | Problem | undefined {
    const first = this.content();
    this.itemsRange = { start: key.start, end: key.next };
    if (!first?.content.startsWith('-')) return true;
    this.column = first.column;
    for (
      let line = this.content();
      line?.column === this.column && /^-(?: |$)/.test(line.content);
      line = this.content()
    ) {
      const problem = this.readItem(line);
      if (problem !== true) return problem;
    }
    return true;
  }

  private readItem({ start, next }: Line): true | Problem | undefined {
    const { source, text, column } = this;
    const scanned = this.scanner.scan(start, text.length, { kind: 'list', column });
    let item: Item;
    if (scanned) {
      item = new Item(source, { start, end: scanned.end }, 'list item', scanned.header);
      this.at = scanned.end;
    } else {
      this.at = next;
      item = Item.parsed(source, { start, end: this.regionEnd(column) }, 'list item');
      const problem = item.syntaxProblem();
      if (problem) return problem;
    }
    this.items.push(item);
    this.itemsRange = { start: this.itemsRange?.start ?? start, end: item.range.end };
    return true;
  }

  /** Moves to the next line of content that is not to the right of `column`: everything before belongs to the object above. */
  private regionEnd(column: number): number {
    for (let line = this.content(); line && line.column > column; line = this.content()) this.at = line.next;
    return this.at;
  }

  private key(line: Line): string | undefined {
    rootKey.lastIndex = line.start;
    return rootKey.exec(this.text)?.[1];
  }

  /** The next line that is neither blank nor a comment; `at` moves to its start. */
  private content(): Line | undefined {
    const { text } = this;
    while (this.at < text.length) {
      const start = this.at;
      const newline = text.indexOf('\n', start);
      const next = newline === -1 ? text.length : newline + 1;
      let first = start;
      while (text.charCodeAt(first) === 32) first++;
      let end = newline === -1 ? text.length : newline;
      if (end > first && text[end - 1] === '\r') end--;
      const content = text.slice(first, end);
      if (content !== '' && !content.startsWith('#')) return { start, next, end, column: first - start, content };
      this.at = next;
    }
    return undefined;
  }
}
