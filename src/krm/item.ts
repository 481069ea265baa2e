import { annotationSpot, type AnnotationSpot } from './annotate.ts';
import { type Header, headerOf } from './header.ts';
import { type FileRef, type Json, Report, type ResourceRef, type Result } from './result.ts';
import { columnAt, commentsEnd, lineAt, lineEnd, type Problem, type Range } from './syntax.ts';
import { readDocument } from './yaml-value.ts';
import { parseYaml } from './yaml.ts';

/** The text that items stand in, and how results name it. */
export interface Source {
  readonly text: string;
  /** The file that the text is, where the host read it from one: lines in results are then lines of this file. */
  readonly path?: string;
}

/** How an item stands in its source: after a `-` of a block list, between commas, or as a document of its own. */
export type Place = 'list item' | 'flow' | 'document';

interface Parsed {
  readonly value: Json;
  readonly problems: readonly Problem[];
  /** The first thing in the text that is not YAML at all. */
  readonly broken: Problem | undefined;
  readonly spot: AnnotationSpot | undefined;
  /** Where the last line of the object's text ends. */
  readonly end: number;
}

/** The annotations that tell an item's file, the current one first (kpt and kustomize write both). */
export const pathAnnotations = ['internal.config.kubernetes.io/path', 'config.kubernetes.io/path'] as const;
/** The annotations that tell which document of its file an item is. */
export const indexAnnotations = ['internal.config.kubernetes.io/index', 'config.kubernetes.io/index'] as const;

/** What kustomize says an item was read from, with `buildMetadata: [originAnnotations]`, as YAML: `path: base/stack.yaml`. */
export const originAnnotation = 'config.kubernetes.io/origin';

/** kpt's mark of the package that an item is in, a path; the objects beside an item need its copy to land there. */
export const packagePath = 'internal.config.kubernetes.io/package-path';

/** One object of the list: its header is known, its value is read when asked for, its text stays as it is. */
export class Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly annotations: ReadonlyMap<string, string>;
  private parsed: Parsed | undefined;

  /** The item at `range` of `source`; a list item's range starts with the line of its `-`. */
  constructor(
    readonly source: Source,
    readonly range: Range,
    readonly place: Place,
    header: Header,
    private readonly ownFile?: FileRef,
  ) {
    this.apiVersion = header.apiVersion ?? '';
    this.kind = header.kind ?? '';
    this.name = header.name ?? '';
    this.namespace = header.namespace;
    this.annotations = header.annotations;
  }

  /**
   * The item at `range`, its header read from its whole value: for text that is not in plain block style. It ends where
   * its value does, or the comments indented like it that follow.
   */
  static parsed(source: Source, range: Range, place: Place, file?: FileRef): Item {
    const parsed = new Item(source, range, place, { annotations: new Map() }, file).parse();
    const column = place === 'list item' ? source.text.slice(range.start, range.end).indexOf('-') : -1;
    const end = range.start + parsed.end;
    const whole = { start: range.start, end: place === 'flow' ? end : commentsEnd(source.text, end, column) };
    const item = new Item(source, whole, place, headerOf(parsed.value), file);
    item.parsed = parsed;
    return item;
  }

  /** The file that the item came from, where it came from one. */
  get file(): FileRef | undefined {
    return this.ownFile ?? fileOf(this.annotations);
  }

  /** The item's bytes as they came. */
  get text(): string {
    return this.source.text.slice(this.range.start, this.range.end);
  }

  /** How results name the item. */
  get ref(): ResourceRef {
    const { apiVersion, kind, name, namespace } = this;
    return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
  }

  /** A report about this item. */
  report(): Report {
    return new Report(this.ref, this.file);
  }

  /** The item's whole value, scalars as Go reads them; null where the text cannot be read (see `results`). */
  value(): Json {
    return this.parse().value;
  }

  /** What is wrong with the item's text: syntax, repeated keys, aliases; each with its line in the source. */
  results(): readonly Result[] {
    const report = this.report();
    for (const problem of this.parse().problems) report.error(undefined, this.located(problem));
    return report.results;
  }

  /** Where the text of a parsed item stops being YAML, if it does; counted from the start of the source. */
  syntaxProblem(): Problem | undefined {
    const broken = this.parsed?.broken;
    return broken && { message: broken.message, at: this.range.start + broken.at };
  }

  /** Whether the value has been read already, and with it all that `results` tells. */
  get isParsed(): boolean {
    return this.parsed !== undefined;
  }

  /** Where an annotation can be put without touching the rest of the text. */
  annotationSpot(): AnnotationSpot | undefined {
    return this.parse().spot;
  }

  private parse(): Parsed {
    if (this.parsed) return this.parsed;
    const text = this.place === 'list item' ? this.text.replace('-', ' ') : this.text;
    const [document = { root: undefined, problems: [] }] = parseYaml(text);
    const { value, problems } = readDocument(document);
    const { root } = document;
    this.parsed = {
      value,
      problems,
      broken: document.problems[0],
      spot: root && annotationSpot(root, text),
      end: root && this.place !== 'flow' ? lineEnd(text, root.end) : text.length,
    };
    return this.parsed;
  }

  private located({ message, at }: Problem): string {
    return locatedSentence(this.source, { message, at: this.range.start + at });
  }
}

/** A problem with its place in the source: "line 3, column 5: …". */
export function located(source: Source, { message, at }: Problem): string {
  return `line ${lineAt(source.text, at)}, column ${columnAt(source.text, at)}: ${message}`;
}

/** A problem with its place as a message of its own: "Line 3, column 5: …". */
export function locatedSentence(source: Source, problem: Problem): string {
  return located(source, problem).replace('line', 'Line');
}

function fileOf(annotations: ReadonlyMap<string, string>): FileRef | undefined {
  const path = firstOf(annotations, pathAnnotations);
  if (path === undefined) return originOf(annotations);
  const index = firstOf(annotations, indexAnnotations);
  return { path, ...(index !== undefined && /^\d{1,9}$/.test(index) && { index: Number(index) }) };
}

function originOf(annotations: ReadonlyMap<string, string>): FileRef | undefined {
  const [, path] = /^path: (\S.*)$/m.exec(annotations.get(originAnnotation) ?? '') ?? [];
  return path === undefined ? undefined : { path };
}

function firstOf(annotations: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined {
  for (const key of keys) if (annotations.has(key)) return annotations.get(key);
  return undefined;
}
