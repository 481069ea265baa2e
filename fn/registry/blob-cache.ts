import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isOf, type Digest } from './digest.ts';

const staleAfter = 3_600_000;

/**
 * Manifests and configs on disk by their digest, which is checked at every read: what is there can be used whoever wrote
 * it. A file appears whole or not at all, so that runs at one time and a kill do no harm. A cache that cannot be written
 * is no fault: it only costs requests.
 */
export class BlobCache {
  /** The files that were there at the start: what another run adds meanwhile only costs requests. */
  private readonly names: ReadonlySet<string>;
  private readonly writing = new Set<Promise<void>>();

  /** The cache in `folder`; without one, of nothing. */
  constructor(private readonly folder: string | undefined) {
    this.names = new Set(folder === undefined ? [] : attempt(() => namesIn(folder)));
  }

  /** The user's cache: `$XDG_CACHE_HOME/llsd/blobs`, else below `~/.cache`. */
  static ofUser(environment: NodeJS.ProcessEnv): BlobCache {
    return new BlobCache(join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'llsd', 'blobs'));
  }

  /** The bytes of a digest; undefined when they are not here, or no longer what they were. */
  read(digest: Digest): Buffer | undefined {
    const name = nameOf(digest);
    const { folder } = this;
    const bytes =
      folder !== undefined && this.names.has(name) ? attempt(() => readFileSync(join(folder, name))) : undefined;
    return bytes && isOf(bytes, digest) ? bytes : undefined;
  }

  /** Keeps bytes that were found to be those of the digest. Nobody waits for the disk but `close`. */
  write(digest: Digest, bytes: Buffer): void {
    if (this.folder === undefined) return;
    const half = join(this.folder, `${randomUUID()}.half`);
    const written = writeFile(half, bytes, { flag: 'wx' })
      .then(() => rename(half, join(this.folder ?? '', nameOf(digest))))
      .catch(() => undefined)
      .finally(() => this.writing.delete(written));
    this.writing.add(written);
  }

  /** Waits for what is still being written. */
  async close(): Promise<void> {
    await Promise.all(this.writing);
  }
}

function nameOf(digest: Digest): string {
  return digest.replace(':', '-');
}

/** What is in the folder, which is made, without what runs that were killed left behind. */
function namesIn(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).filter((name) => {
    const isHalf = name.endsWith('.half');
    const path = join(folder, name);
    if (isHalf && Date.now() - statSync(path).mtimeMs > staleAfter) rmSync(path, { force: true });
    return !isHalf;
  });
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
