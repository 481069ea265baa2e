import { emitYaml, quoted } from './emitter.ts';
import { columnAt, type EntrySyntax, entryOf, lineEnd, type Syntax } from './syntax.ts';

/** Where annotations can be put into an object's text: offsets into that text, and how to write there. */
export type AnnotationSpot =
  /** `metadata.annotations` is a block mapping with entries in `column`; a new line may stand at `at`. */
  | {
      readonly form: 'lines';
      readonly at: number;
      readonly column: number;
      readonly entries: ReadonlyMap<string, Syntax>;
    }
  /** It is written with braces; an entry may stand at `at`, followed by a comma unless `empty`. */
  | {
      readonly form: 'flow';
      readonly at: number;
      readonly empty: boolean;
      readonly entries: ReadonlyMap<string, Syntax>;
    }
  /** There is none, or it is empty: `from`–`to` is replaced by the whole of it. */
  | { readonly form: 'missing'; readonly from: number; readonly to: number; readonly column: number }
  | { readonly form: 'missing in flow'; readonly from: number; readonly to: number; readonly empty: boolean };

/** Finds where an object's annotations are or belong; undefined when its `metadata` or they are no mapping that can be added to. */
export function annotationSpot(root: Syntax, text: string): AnnotationSpot | undefined {
  const metadata = entryOf(root, 'metadata')?.value;
  if (metadata?.form !== 'mapping') return undefined;
  const annotations = entryOf(metadata, 'annotations');
  const mapping = annotations?.value;
  if (mapping?.form === 'mapping' && (mapping.entries.length > 0 || mapping.flow)) return inMapping(mapping, text);
  if (annotations) return isNothing(mapping) ? inPlaceOfNothing(annotations, metadata.flow, text) : undefined;
  if (metadata.flow) {
    const at = metadata.start + 1;
    return { form: 'missing in flow', from: at, to: at, empty: metadata.entries.length === 0 };
  }
  const at = lineEnd(text, metadata.end);
  return { form: 'missing', from: at, to: at, column: columnAt(text, metadata.start) - 1 };
}

function inMapping(mapping: Syntax & { form: 'mapping' }, text: string): AnnotationSpot {
  const entries = new Map(
    mapping.entries.flatMap(({ key, value }): [string, Syntax][] =>
      key.form === 'scalar' && value ? [[key.text, value]] : [],
    ),
  );
  if (mapping.flow) return { form: 'flow', at: mapping.start + 1, empty: mapping.entries.length === 0, entries };
  return { form: 'lines', at: lineEnd(text, mapping.end), column: columnAt(text, mapping.start) - 1, entries };
}

function isNothing(value: Syntax | undefined): boolean {
  return (
    value === undefined ||
    (value.form === 'scalar' && value.plain && ['', '~', 'null', 'Null', 'NULL'].includes(value.text))
  );
}

/** `annotations:` with nothing, or `null`, after it. */
function inPlaceOfNothing({ key, value }: EntrySyntax, flow: boolean, text: string): AnnotationSpot {
  const to = value?.end ?? key.end;
  if (flow) return { form: 'missing in flow', from: key.start, to, empty: true };
  const column = columnAt(text, key.start) - 1;
  if (value?.end === value?.start)
    return { form: 'lines', at: lineEnd(text, key.end), column: column + 2, entries: new Map() };
  return { form: 'missing', from: key.start - column, to: lineEnd(text, to), column };
}

/** Puts annotations into an object's text, leaving every other byte: comments, order and style stay. */
export function annotate(text: string, spot: AnnotationSpot, annotations: ReadonlyMap<string, string>): string {
  let annotated = text;
  const added = [...annotations];
  if (spot.form === 'lines' || spot.form === 'flow') {
    // From the last to the first, so that the offsets of those before stay true; all of them stand before or at `at`.
    const present = added.filter(([key]) => spot.entries.has(key));
    const missing = added.filter(([key]) => !spot.entries.has(key));
    if (spot.form === 'lines') annotated = insertLines(annotated, spot.at, spot.column, missing);
    const replaced = present
      .map(([key, value]) => ({ node: spot.entries.get(key), value }))
      .sort((a, b) => (b.node?.start ?? 0) - (a.node?.start ?? 0));
    for (const { node, value } of replaced) {
      if (node)
        annotated =
          annotated.slice(0, node.start) + quoted(value) + endOfReplaced(annotated, node) + annotated.slice(node.end);
    }
    if (spot.form === 'flow') annotated = insertFlow(annotated, spot.at, spot.empty, missing);
    return annotated;
  }
  const { from, to } = spot;
  if (spot.form === 'missing in flow') {
    const entry = `"annotations": {${flowEntries(added)}}`;
    return `${text.slice(0, from)}${entry}${spot.empty ? '' : ', '}${text.slice(to)}`;
  }
  const margin = ' '.repeat(spot.column);
  const lines = `${margin}annotations:\n${margin}  ${emitYaml(Object.fromEntries(added), spot.column + 2)}`;
  return spliceLines(text, from, to, lines);
}

/** A block text ends with its line break, which the quoted text in its place needs as well. */
function endOfReplaced(text: string, node: Syntax): string {
  return text[node.end - 1] === '\n' ? '\n' : '';
}

function insertLines(text: string, at: number, column: number, added: readonly (readonly [string, string])[]): string {
  if (added.length === 0) return text;
  return spliceLines(text, at, at, ' '.repeat(column) + emitYaml(Object.fromEntries(added), column));
}

function spliceLines(text: string, from: number, to: number, lines: string): string {
  const before = text.slice(0, from);
  const isOpen = before !== '' && !before.endsWith('\n');
  const spliced = `${isOpen ? '\n' : ''}${isOpen && to === text.length ? lines.slice(0, -1) : lines}`;
  return before + (text.includes('\r\n') ? spliced.replaceAll('\n', '\r\n') : spliced) + text.slice(to);
}

function insertFlow(text: string, at: number, empty: boolean, added: readonly (readonly [string, string])[]): string {
  if (added.length === 0) return text;
  return `${text.slice(0, at)}${flowEntries(added)}${empty ? '' : ', '}${text.slice(at)}`;
}

function flowEntries(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([key, value]) => `${quoted(key)}: ${quoted(value)}`).join(', ');
}
