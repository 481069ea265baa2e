import type { Item, Source } from './item.ts';
import type { Result } from './result.ts';
import type { Range } from './syntax.ts';

/** The apiVersion that a list gets which came without one; an input's own is echoed. */
export const resourceListVersion = 'config.kubernetes.io/v1';

/** How a ResourceList's text is built, so that edits can be spliced into it. */
export interface Layout {
  /** Whether the list itself is a block mapping or written with braces (JSON). */
  readonly root: 'block' | 'flow';
  /** Whether `items` is a block list or written with brackets. */
  readonly list: 'block' | 'flow';
  /** From the line of `items:` to the end of its last item, in block style; the value alone in flow style. Lacks without `items`. */
  readonly items: Range | undefined;
  /** The column of the items' dashes. */
  readonly column: number;
  /** The lines of `results:`, in block style; the value alone in flow style. */
  readonly results: Range | undefined;
  /** Where an entry can be added to the list itself. */
  readonly end: number;
}

/** A ResourceList (KRM functions specification v1) whose items are known by their headers. */
export class ResourceList {
  constructor(
    readonly source: Source,
    readonly items: readonly Item[],
    /** The object that the function is configured by; kustomize generators and kpt's `configPath` pass a CR here. */
    readonly functionConfig: Item | undefined,
    /** How the text is built; lacks for a list that was made of files. */
    readonly layout: Layout | undefined,
  ) {}

  /** The first item of this kind, name and, where given, namespace. */
  find(kind: string, name: string, namespace?: string): Item | undefined {
    return this.items.find(
      (item) => item.kind === kind && item.name === name && (namespace === undefined || item.namespace === namespace),
    );
  }

  /** What is wrong with the text of every item that has been read so far, `functionConfig` included. */
  results(): readonly Result[] {
    const items = this.functionConfig ? [...this.items, this.functionConfig] : this.items;
    return items.flatMap((item) => (item.isParsed ? item.results() : []));
  }
}
