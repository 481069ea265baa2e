import { scanObject } from './block-scan.ts';
import { readLineScalar } from './header.ts';
import { Item, type Source } from './item.ts';
import { type Layout, ResourceList } from './item-list.ts';
import type { Problem, Range } from './syntax.ts';

const rootKey = /([A-Za-z]\w*):(?=[ \n\r]|$)/y;
const nothing = /^(?:\[\]|null|~)? *(?:#.*)?$/;

/** One line of the text, without its line break. */
interface Line {
  readonly start: number;
  readonly next: number;
  readonly column: number;
  /** What stands on the line, from its first character that is no space. */
  readonly content: string;
}

/**
 * Reads a ResourceList in plain block style, as kustomize and kpt send it, without parsing its items. Undefined: the list
 * is written in another way and must be parsed as a whole. A problem: an item is not YAML.
 */
export function readBlockList(source: Source): ResourceList | Problem | undefined {
  return new BlockListReader(source).read();
}

class BlockListReader {
  private readonly text: string;
  private readonly items: Item[] = [];
  private readonly seen = new Set<string>();
  private functionConfig: Item | undefined;
  private itemsRange: Range | undefined;
  private results: Range | undefined;
  private column = 0;
  private at = 0;

  constructor(private readonly source: Source) {
    this.text = source.text;
  }

  read(): ResourceList | Problem | undefined {
    let kind: unknown;
    for (let line = this.content(); line; line = this.content()) {
      if (line.column === 0 && line.content.trimEnd() === '---' && this.seen.size === 0) {
        this.at = line.next;
        continue;
      }
      const key = line.column === 0 ? this.key(line) : undefined;
      // A repeated key is for the parser to report.
      if (key === undefined || this.seen.has(key)) return undefined;
      this.seen.add(key);
      const value = line.content.slice(key.length + 1).trim();
      this.at = line.next;
      if (key === 'kind') kind = readLineScalar(value.replace(/ +#.*$/, ''))?.value;
      const problem = this.entry(key, value, line);
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

  /** Reads what belongs to a key of the list; true when all is well. */
  private entry(key: string, value: string, line: Line): true | Problem | undefined {
    if (key === 'items') return nothing.test(value) ? this.readItems(line, value) : undefined;
    const isEmpty = value === '' || value.startsWith('#');
    if (!isEmpty && !nothing.test(value) && !/^[\w./"'-]+(?: #.*)?$/.test(value)) return undefined;
    const start = this.at;
    if (isEmpty) {
      const scanned = scanObject(this.text, start, this.text.length, { kind: 'mapping', column: 0 });
      if (key === 'functionConfig') this.readFunctionConfig(scanned);
      else if (scanned) this.at = scanned.end;
      else return undefined;
      // The lines of a list may stand in the column of their key.
      if (key === 'results')
        while (this.content()?.content.startsWith('- ') === true) if (!this.skipListItem()) return undefined;
    } else if (key === 'functionConfig' && !nothing.test(value)) return undefined;
    if (key === 'results') this.results = { start: line.start, end: this.at };
    return true;
  }

  private skipListItem(): boolean {
    const scanned = scanObject(this.text, this.at, this.text.length, { kind: 'list', column: 0 });
    if (scanned) this.at = scanned.end;
    return scanned !== undefined;
  }

  private readFunctionConfig(scanned: ReturnType<typeof scanObject>): void {
    const start = this.at;
    if (scanned) {
      this.at = scanned.end;
      if (scanned.end > start)
        this.functionConfig = new Item(this.source, { start, end: scanned.end }, 'document', scanned.header);
      return;
    }
    this.functionConfig = Item.parsed(this.source, { start, end: this.regionEnd(0) }, 'document');
  }

  /** Reads the items; true when all of them could be told apart. */
  private readItems(key: Line, value: string): true | Problem | undefined {
    const first = value === '' || value.startsWith('#') ? this.content() : undefined;
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
    const scanned = scanObject(text, start, text.length, { kind: 'list', column });
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
      const content = text.slice(first, newline === -1 ? text.length : newline).replace(/\r$/, '');
      if (content !== '' && !content.startsWith('#')) return { start, next, column: first - start, content };
      this.at = next;
    }
    return undefined;
  }
}
