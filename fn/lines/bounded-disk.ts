import type { System } from '../system.ts';

/** What of the system is needed to find the files that objects are written in. */
export type Disk = Pick<System, 'isFile' | 'readFile'>;

/** How much is read at most: no package that people write comes near it, and a tree that is no package may be huge. */
export const limits = { files: 500, characters: 8_000_000, looks: 1_000 } as const;

/** A disk that is read up to a limit and never throws: what cannot be read is not there. */
export class BoundedDisk {
  private readonly texts = new Map<string, string | undefined>();
  private files = 0;
  private characters = 0;

  constructor(private readonly disk: Disk) {}

  /** Whether something was left out, so that what was read may not be all that there is. */
  get isExhausted(): boolean {
    return this.files >= limits.files || this.characters >= limits.characters || this.texts.size >= limits.looks;
  }

  /** The text of a file, read once; undefined for what is none, and for one that is not UTF-8. */
  read(path: string): string | undefined {
    if (!this.texts.has(path) && !this.isExhausted) this.texts.set(path, this.fresh(path));
    return this.texts.get(path);
  }

  private fresh(path: string): string | undefined {
    const text = this.fromDisk(path);
    if (typeof text !== 'string') return undefined;
    this.files++;
    this.characters += text.length;
    return text;
  }

  private fromDisk(path: string): ReturnType<Disk['readFile']> | undefined {
    try {
      // A device or a pipe may have no end.
      return this.disk.isFile(path) ? this.disk.readFile(path) : undefined;
    } catch {
      return undefined;
    }
  }
}
