import { readPlainScalar } from './go-scalar.ts';
import type { Json } from './result.ts';
import { isMapping } from './yaml-value.ts';

/** What is known of an item without reading the whole of it; what is missing or of a wrong type lacks. */
export interface Header {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** `metadata.annotations`; a truth value or number stands as its text. */
  readonly annotations: ReadonlyMap<string, string>;
}

/** Reads the header from an object's whole value. */
export function headerOf(value: Json): Header {
  const object = isMapping(value) ? value : undefined;
  const metadata = isMapping(object?.metadata) ? object.metadata : undefined;
  const header = new HeaderBuilder();
  header.text('apiVersion', object?.apiVersion);
  header.text('kind', object?.kind);
  header.text('name', metadata?.name);
  header.text('namespace', metadata?.namespace);
  const annotations = metadata?.annotations;
  if (isMapping(annotations)) for (const key of Object.keys(annotations)) header.annotation(key, annotations[key]);
  return header.build();
}

/** Collects a header field by field, whoever reads the fields. */
export class HeaderBuilder {
  private readonly fields = new Map<'apiVersion' | 'kind' | 'name' | 'namespace', string>();
  private readonly annotations = new Map<string, string>();

  /** Takes a field of the header, if its value is text. */
  text(field: 'apiVersion' | 'kind' | 'name' | 'namespace', value: Json | undefined): void {
    if (typeof value === 'string') this.fields.set(field, value);
  }

  /** Takes an annotation, unless its value is nothing that can be text. */
  annotation(key: string, value: Json | undefined): void {
    if (typeof value === 'string') this.annotations.set(key, value);
    else if (typeof value === 'number' || typeof value === 'boolean') this.annotations.set(key, String(value));
  }

  /** The header of what was taken. */
  build(): Header {
    return { ...Object.fromEntries(this.fields), annotations: this.annotations };
  }
}

/** The value of a scalar on one line: plain, or in quotes without rare escapes; undefined where a real parser must look. */
export function readLineScalar(text: string): { readonly value: Json } | undefined {
  if (text.startsWith('"')) {
    const unescaped = text.slice(1, -1);
    if (!unescaped.includes('\\')) return { value: unescaped };
    return /^(?:[^\\]|\\["\\/bfnrt])*$/.test(unescaped) ? { value: JSON.parse(text) as string } : undefined;
  }
  if (text.startsWith("'")) return { value: text.slice(1, -1).replaceAll("''", "'") };
  const read = readPlainScalar(text);
  return 'value' in read ? read : undefined;
}
