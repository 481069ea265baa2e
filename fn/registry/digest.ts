import { createHash } from 'node:crypto';

/** A digest that can be checked here: `sha256:…`, or `sha512:…`. */
export type Digest = `sha256:${string}` | `sha512:${string}`;

/** Whether a text is a digest of the kinds that registries use. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && (/^sha256:[0-9a-f]{64}$/.test(text) || /^sha512:[0-9a-f]{128}$/.test(text));
}

/** The sum that `digest` is to be compared with, still to be fed. */
export function hashOf(digest: Digest): ReturnType<typeof createHash> {
  return createHash(digest.slice(0, 6));
}

/** The sha256 of bytes, as registries write it. */
export function digestOf(bytes: Buffer): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Whether bytes are those of a digest. */
export function isOf(bytes: Buffer, digest: Digest): boolean {
  return hashOf(digest).update(bytes).digest('hex') === digest.slice(7);
}
