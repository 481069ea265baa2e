/** A value of the JSON data model, as both YAML and the Kubernetes API carry it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A mapping of the JSON data model; made without a prototype, so that `__proto__` is a key like any other. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is a mapping, and neither a list nor a scalar. */
export function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How much a result weighs: an `error` makes the run fail and leaves the items unchanged. */
export type Severity = 'error' | 'warning' | 'info';

/** The object that a result speaks of, in the words of the KRM functions specification v1. */
export interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The file that an item came from: its path in the package and its index among the file's documents, from 0. */
export interface FileRef {
  readonly path: string;
  readonly index?: number;
}

/** The field that a result speaks of: its path from the root, its value now, and the value that would mend it. */
export interface FieldRef {
  readonly path: string;
  readonly currentValue?: Json;
  readonly proposedValue?: Json;
}

/** One entry of `results` of a ResourceList (KRM functions specification v1). */
export interface Result {
  readonly message: string;
  readonly severity: Severity;
  readonly resourceRef?: ResourceRef;
  readonly field?: FieldRef;
  readonly file?: FileRef;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Where a field stands, written from the root of its object: `spec.providers.inference[1].id`. */
export class Path {
  /** The root of an object: the path of no field. */
  static readonly root = new Path(undefined, '');

  /** Every reader makes paths, and few are ever shown: only those are written out. */
  private constructor(
    private readonly parent: Path | undefined,
    private readonly step: string | number,
  ) {}

  /** The path of a key of this mapping; a key that is no plain word is quoted: `spec.settings["a.b"]`. */
  field(key: string): Path {
    return new Path(this, key);
  }

  /** The path of an entry of this list, counted from 0. */
  item(index: number): Path {
    return new Path(this, index);
  }

  /** The path as results and messages show it. */
  toString(): string {
    const { parent, step } = this;
    if (!parent) return '';
    const before = parent.toString();
    if (typeof step === 'number') return `${before}[${String(step)}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${before}[${JSON.stringify(step)}]`;
    return before === '' ? step : `${before}.${step}`;
  }
}

/** What a result says beside its message: the value now (never a secret's), the value that mends it, and its tags. */
export interface Detail {
  readonly currentValue?: Json | undefined;
  readonly proposedValue?: Json | undefined;
  /** What the result is part of, as a machine reads it: `ConfigGenerated`, `SecretsResolved`. */
  readonly condition?: string | undefined;
  /** Why, as a machine reads it: `ConfigGenerationFailed`, `SecretNotFound`. */
  readonly reason?: string | undefined;
}

/** How fields are called in another version of the same kind: each path, and each message with paths in it. */
export interface Words {
  /** `spec.workload.replicas` → `spec.replicas`; undefined where that version has no such field. */
  readonly path: (path: string) => string | undefined;
  readonly message: (message: string) => string;
}

/** Collects the results about one object; every reader gets it, and none of them throws for what a user wrote. */
export class Report {
  /** A report about `resourceRef`, which came from `file` where it came from one; `results` are all so far, as found. */
  constructor(
    private readonly resourceRef?: ResourceRef,
    private readonly file?: FileRef,
    readonly results: Result[] = [],
    private readonly words?: Words,
  ) {}

  /** The same report for checks that know the fields by the paths of another version. */
  inWordsOf(words: Words): Report {
    return new Report(this.resourceRef, this.file, this.results, words);
  }

  /** Whether an error was reported. */
  get failed(): boolean {
    return this.results.some((result) => result.severity === 'error');
  }

  /** Whether an error was reported about this field, so that a later check need not report what follows from it. */
  hasErrorAt(path: Path): boolean {
    return this.results.some((result) => result.severity === 'error' && result.field?.path === this.pathOf(path));
  }

  /** Reports what must be mended before anything can be written. */
  error(path: Path | undefined, message: string, detail: Detail = {}): void {
    this.add('error', path, message, detail);
  }

  /** Reports what works and will hurt. */
  warning(path: Path | undefined, message: string, detail: Detail = {}): void {
    this.add('warning', path, message, detail);
  }

  /** Reports what was decided for the user. */
  info(path: Path | undefined, message: string, detail: Detail = {}): void {
    this.add('info', path, message, detail);
  }

  private pathOf(path: Path): string {
    return this.words?.path(path.toString()) ?? path.toString();
  }

  private add(severity: Severity, path: Path | undefined, message: string, detail: Detail): void {
    const { currentValue, proposedValue, condition, reason } = detail;
    this.results.push({
      message: this.words?.message(message) ?? message,
      severity,
      ...(this.resourceRef && { resourceRef: this.resourceRef }),
      ...(path && {
        field: {
          path: this.pathOf(path),
          ...(currentValue !== undefined && { currentValue }),
          ...(proposedValue !== undefined && { proposedValue }),
        },
      }),
      ...(this.file && { file: this.file }),
      ...((condition !== undefined || reason !== undefined) && {
        tags: { ...(condition !== undefined && { condition }), ...(reason !== undefined && { reason }) },
      }),
    });
  }
}
