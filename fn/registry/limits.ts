/** What bounds the time and the memory that a registry can cost, whatever it answers. */
export interface Limits {
  /** Bytes of a manifest, of an image's config and of a token's answer. */
  readonly documentBytes: number;
  /** Bytes of a file that is taken out of a layer. */
  readonly fileBytes: number;
  /** Bytes of a layer, unpacked. */
  readonly layerBytes: number;
  /** How many times its size a layer may unpack to; real ones are below 30. */
  readonly expansion: number;
  /** Layers of one image; container runtimes stop at 128. */
  readonly layers: number;
  /** Entries of one layer. */
  readonly entries: number;
  readonly redirects: number;
  /** How deep an index may lie in an index. */
  readonly indexDepth: number;
  /** Links that a path in an image may lead over. */
  readonly links: number;
  /** Milliseconds for a connection, TLS included. */
  readonly connect: number;
  /** Milliseconds that the first request to a registry is alone, in case others can use what comes of it. */
  readonly alone: number;
  /** Milliseconds for an answer's headers, and between two pieces of its body. */
  readonly idle: number;
  /** Milliseconds for a whole document. */
  readonly document: number;
  /** Milliseconds for a whole layer. */
  readonly layer: number;
  /** How often a request is made again, and the milliseconds before the first time; each further wait is doubled. */
  readonly retries: number;
  readonly retryAfter: number;
}

/** Wide enough for every image that runs. */
export const defaultLimits: Limits = {
  documentBytes: 8 << 20,
  fileBytes: 4 << 20,
  layerBytes: 64 * 2 ** 30,
  expansion: 200,
  layers: 256,
  entries: 2_000_000,
  redirects: 5,
  indexDepth: 3,
  links: 16,
  connect: 10_000,
  alone: 1_000,
  idle: 30_000,
  document: 60_000,
  layer: 900_000,
  retries: 3,
  retryAfter: 500,
};
