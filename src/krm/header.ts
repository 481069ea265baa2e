import { mappingAt } from './json-value.ts';
import { isMapping, type Json } from './result.ts';

/** What is known of an item without reading the whole of it; what is missing or of a wrong type lacks. */
export interface Header {
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  /** `metadata.annotations`; a truth value or number stands as its text. */
  annotations: ReadonlyMap<string, string>;
}

/** A place in an object whose value the header takes; `metadata` and `annotations` are listed to find repeated ones. */
export interface HeaderField {
  readonly name: 'apiVersion' | 'kind' | 'name' | 'namespace' | 'metadata' | 'annotations' | 'annotation';
  /** The key of an annotation. */
  readonly annotation?: string;
}

const topFields: ReadonlyMap<string, HeaderField> = new Map([
  ['apiVersion', { name: 'apiVersion' }],
  ['kind', { name: 'kind' }],
  ['metadata', { name: 'metadata' }],
]);
const metadataFields: ReadonlyMap<string, HeaderField> = new Map([
  ['name', { name: 'name' }],
  ['namespace', { name: 'namespace' }],
  ['annotations', { name: 'annotations' }],
]);

/** Reads the header from an object's whole value. */
export function headerOf(value: Json): Header {
  const header = new HeaderBuilder();
  const object = isMapping(value) ? value : {};
  const metadata = mappingAt(object, 'metadata');
  for (const [key, field] of topFields) header.take(field, object[key] ?? null);
  for (const [key, field] of metadataFields) header.take(field, metadata[key] ?? null);
  const annotations = mappingAt(metadata, 'annotations');
  for (const key of Object.keys(annotations)) header.annotation(key, annotations[key] ?? null);
  return header.build();
}

/** The annotations of the many items that have none: a list can be long. */
const noAnnotations: ReadonlyMap<string, string> = new Map();

/** Collects a header field by field, whoever reads the fields. */
export class HeaderBuilder {
  private annotations: Map<string, string> | undefined;
  private readonly header: Header = { annotations: noAnnotations };
  private readonly seen: HeaderField[] = [];

  /** The field that the last of these keys is, `depth` keys deep in an object; `keys` start with that of the object itself. */
  fieldAt(depth: number, keys: readonly string[]): HeaderField | undefined {
    const key = keys[depth] ?? '';
    if (depth === 1) return topFields.get(key);
    if (keys[1] !== 'metadata') return undefined;
    if (depth === 2) return metadataFields.get(key);
    return depth === 3 && keys[2] === 'annotations' ? { name: 'annotation', annotation: key } : undefined;
  }

  /** Whether this field was there already; from now on it was. */
  has(field: HeaderField): boolean {
    if (field.annotation !== undefined) return this.header.annotations.has(field.annotation);
    if (this.seen.includes(field)) return true;
    this.seen.push(field);
    return false;
  }

  /** Takes the value of a field, if it is one that the field can have. */
  take({ name, annotation }: HeaderField, value: Json): void {
    if (annotation !== undefined) this.annotation(annotation, value);
    else if (typeof value === 'string' && name !== 'metadata' && name !== 'annotations' && name !== 'annotation')
      this.header[name] = value;
  }

  /** Takes an annotation, unless its value is nothing that can be text. */
  annotation(key: string, value: Json): void {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return;
    this.annotations ??= new Map();
    this.header.annotations = this.annotations.set(key, String(value));
  }

  /** The header of what was taken. */
  build(): Header {
    return this.header;
  }
}
