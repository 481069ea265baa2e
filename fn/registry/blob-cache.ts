import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  /** The cache in `folder`; without one, of nothing. */
  constructor(private readonly folder: string | undefined) {
    if (folder !== undefined)
      attempt(() => {
        mkdirSync(folder, { recursive: true });
        removeStale(folder);
      });
  }

  /** The user's cache: `$XDG_CACHE_HOME/llsd/blobs`, else below `~/.cache`. */
  static ofUser(environment: NodeJS.ProcessEnv): BlobCache {
    return new BlobCache(join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'llsd', 'blobs'));
  }

  /** The bytes of a digest; undefined when they are not here, or no longer what they were. */
  read(digest: Digest): Buffer | undefined {
    const bytes = this.folder === undefined ? undefined : attempt(() => readFileSync(this.path(digest)));
    return bytes && isOf(bytes, digest) ? bytes : undefined;
  }

  /** Keeps bytes that were found to be those of the digest. */
  write(digest: Digest, bytes: Buffer): void {
    if (this.folder === undefined) return;
    const half = join(this.folder, `${randomUUID()}.half`);
    attempt(() => {
      writeFileSync(half, bytes, { flag: 'wx' });
      renameSync(half, this.path(digest));
    });
  }

  private path(digest: Digest): string {
    return join(this.folder ?? '', digest.replace(':', '-'));
  }
}

/** What runs that were killed left behind. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.half') && Date.now() - statSync(path).mtimeMs > staleAfter) rmSync(path, { force: true });
  }
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
