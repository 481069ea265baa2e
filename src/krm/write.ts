import { type Edit, editItems, placedItems, type Placed } from './edits.ts';
import { emitYaml } from './emitter.ts';
import { jsonText } from './json-text.ts';
import type { Layout, ResourceList } from './item-list.ts';
import type { Json, Result } from './result.ts';
import { columnAt, type Range } from './syntax.ts';

/**
 * Writes the list after these edits, with these results in place of any that it came with. Everything else keeps its
 * bytes, in the form in which it came: block, flow or JSON.
 */
export function writeResourceList(list: ResourceList, edits: readonly Edit[], results: readonly Result[]): string {
  const { layout } = list;
  if (!layout) throw new Error('A list that was made of files has no text of its own: write its manifests');
  return new ListWriter(list, layout).write(edits, results);
}

class ListWriter {
  private readonly text: string;
  private readonly lineBreak: string;

  constructor(
    private readonly list: ResourceList,
    private readonly layout: Layout,
  ) {
    this.text = list.source.text;
    this.lineBreak = this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  write(edits: readonly Edit[], results: readonly Result[]): string {
    const { layout } = this;
    const replaced: { range: Range; text: string }[] = [];
    if (layout.items && edits.length > 0) replaced.push({ range: layout.items, text: this.items(edits, layout.items) });
    if (layout.results) replaced.push({ range: layout.results, text: this.results(results) });
    replaced.sort((a, b) => a.range.start - b.range.start);
    let written = '';
    let at = 0;
    for (const { range, text } of replaced) {
      written += this.text.slice(at, range.start) + text;
      at = range.end;
    }
    written += this.text.slice(at, layout.end);
    if (!layout.items && edits.length > 0) written = this.withEntry(written, 'items', this.newItems(edits));
    if (!layout.results && results.length > 0) written = this.withEntry(written, 'results', this.results(results));
    return written + this.text.slice(layout.end);
  }

  private items(edits: readonly Edit[], range: Range): string {
    const { items } = this.list;
    if (this.layout.list === 'flow') return this.flowItems(placedItems(items, edits), range);
    const [first] = items;
    if (!first) return this.newItems(edits);
    const { inPlaceOf, behind } = editItems(edits);
    const removed = items.filter((item) => inPlaceOf.get(item)?.length === 0).length;
    if (removed === items.length && behind.length === 0) return `items: []${this.lineBreak}`;
    // What no edit names is copied as it is, and so is what stands between two items, comments and blank lines.
    const pieces: string[] = [];
    let at = range.start;
    for (const item of items) {
      const placed = inPlaceOf.get(item);
      if (!placed) continue;
      pieces.push(this.text.slice(at, item.range.start), ...placed.map((one) => this.blockItem(one)));
      at = item.range.end;
    }
    pieces.push(this.text.slice(at, items.at(-1)?.range.end));
    const written = pieces.join('');
    const end = written.endsWith('\n') ? '' : this.lineBreak;
    return written + end + behind.map((placed) => this.blockItem(placed)).join('');
  }

  /** The whole entry of a list that came without items. */
  private newItems(edits: readonly Edit[]): string {
    const { behind } = editItems(edits);
    if (this.layout.root === 'flow') return this.flowItems(behind);
    return `items:${this.lineBreak}${behind.map((placed) => this.blockItem(placed)).join('')}`;
  }

  private blockItem(placed: Placed): string {
    if ('item' in placed) return placed.text.endsWith('\n') ? placed.text : placed.text + this.lineBreak;
    const { column } = this.layout;
    return this.lines(`${' '.repeat(column)}- ${emitYaml(placed.value, column + 2)}`);
  }

  private flowItems(placed: readonly Placed[], range?: Range): string {
    const written = range && this.text.slice(range.start, range.end);
    const [first] = this.list.items;
    const margin =
      written?.includes('\n') === true && first ? ' '.repeat(columnAt(this.text, first.range.start) - 1) : undefined;
    const texts = placed.map((item) => ('item' in item ? item.text : this.lines(jsonText(item.value, margin))));
    if (margin === undefined) return `[${texts.join(', ')}]`;
    const close = ' '.repeat(Math.max(0, margin.length - 2));
    return this.lines(`[\n${margin}`) + texts.join(this.lines(`,\n${margin}`)) + this.lines(`\n${close}]`);
  }

  /** The lines of `results:`, or its value in flow style. */
  private results(results: readonly Result[]): string {
    const value = results.map(resultJson);
    if (this.layout.root === 'flow') return this.lines(jsonText(value, this.text.includes('\n') ? '  ' : undefined));
    return value.length === 0 ? '' : this.lines(emitYaml({ results: value }));
  }

  /** Adds an entry to the list itself. */
  private withEntry(written: string, key: string, entry: string): string {
    if (this.layout.root === 'block') return written + (written.endsWith('\n') ? '' : this.lineBreak) + entry;
    const before = written.trimEnd();
    const comma = before.endsWith(',') ? '' : ',';
    const apart = this.text.includes('\n') ? this.lines('\n  ') : ' ';
    return `${before}${comma}${apart}"${key}": ${entry}${this.text.includes('\n') ? this.lineBreak : ''}`;
  }

  private lines(text: string): string {
    return this.lineBreak === '\n' ? text : text.replaceAll('\n', this.lineBreak);
  }
}

/** A result as it stands in `results`, its fields in the specification's order. */
function resultJson(result: Result): Json {
  const { message, severity, resourceRef, field, file, tags } = result;
  return {
    message,
    severity,
    ...(resourceRef && { resourceRef: { ...resourceRef } }),
    ...(field && { field: { ...field } }),
    ...(file && { file: { ...file } }),
    ...(tags && { tags: { ...tags } }),
  };
}
