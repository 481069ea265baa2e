import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { BlobCache } from './blob-cache.ts';
import type { CredentialSource } from './credentials.ts';
import { Http } from './http.ts';
import { ImageReader } from './image-reader.ts';
import { defaultLimits, type Limits } from './limits.ts';

/** The digest of bytes, as registries write it. */
export const sha256 = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Answers a request itself, or leaves it (false) to the registry that behaves well. */
export type Hook = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry on this machine that serves what is put into it, but for what the hook answers. */
export class TestRegistry {
  readonly requests: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  hook: Hook = () => false;
  private readonly blobs = new Map<string, Buffer>();
  private readonly manifests = new Map<string, { bytes: Buffer; type: string }>();
  private readonly server: Server = createServer((request, response) => {
    this.serve(request, response);
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get host(): string {
    const address = this.server.address();
    return `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  blob(bytes: Buffer, mediaType = 'application/octet-stream') {
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Puts a manifest or index under a tag; gives its digest. */
  manifest(tag: string, value: object, type = 'application/vnd.oci.image.manifest.v1+json') {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = sha256(bytes);
    for (const reference of [tag, digest]) this.manifests.set(reference, { bytes, type });
    return { mediaType: type, digest, size: bytes.length };
  }

  /** Puts an image with labels and layers (tars, gzipped here) under a tag. */
  image(tag: string, labels: Record<string, string>, layers: readonly Buffer[] = []) {
    const config = this.blob(
      Buffer.from(
        JSON.stringify({ config: { Labels: labels }, rootfs: { type: 'layers', diff_ids: layers.map(sha256) } }),
      ),
    );
    return this.manifest(tag, {
      schemaVersion: 2,
      config,
      layers: layers.map((layer) => this.blob(gzipSync(layer), 'application/vnd.oci.image.layer.v1.tar+gzip')),
    });
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    this.authorizations.push(request.headers.authorization);
    if (this.hook(request, response)) return;
    const [, kind, reference = ''] = /\/v2\/.+\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const manifest = kind === 'manifests' ? this.manifests.get(reference) : undefined;
    const bytes = manifest?.bytes ?? (kind === 'blobs' ? this.blobs.get(reference) : undefined);
    if (bytes === undefined) {
      response.writeHead(404).end('{"errors":[]}');
      return;
    }
    response.writeHead(200, {
      'content-length': bytes.length,
      'content-type': manifest?.type ?? 'application/octet-stream',
      'docker-content-digest': sha256(bytes),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }
}

/** Limits that are reached at once. */
export const tightLimits: Limits = {
  ...defaultLimits,
  documentBytes: 100_000,
  fileBytes: 100_000,
  layerBytes: 20_000_000,
  connect: 400,
  alone: 50,
  idle: 400,
  document: 1_500,
  layer: 2_500,
  retries: 2,
  retryAfter: 10,
};

/** A reader with tight limits and a cache of its own. */
export function testReader(
  options: {
    readonly limits?: Partial<Limits>;
    readonly credentials?: readonly CredentialSource[];
    readonly mirrors?: Record<string, string>;
    readonly platform?: string;
    readonly cache?: string;
  } = {},
) {
  const limits = { ...tightLimits, ...options.limits };
  const http = new Http(limits);
  const cache = options.cache ?? mkdtempSync(join(tmpdir(), 'llsd-blobs-'));
  const blobs = new BlobCache(cache);
  const access = { http, limits, cache: blobs, credentials: options.credentials ?? [] };
  const close = async (): Promise<void> => {
    await Promise.all([http.close(), blobs.close()]);
  };
  return { http, cache, reader: new ImageReader(access, options.mirrors ?? {}, options.platform), close };
}

/** An entry of a tar. */
export interface TarEntry {
  readonly path: string;
  readonly content?: string;
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link';
  readonly linkpath?: string;
}

/** A tar of these entries. */
export function tar(...entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath }) => {
    const body = Buffer.from(content);
    const header = new Header({
      path,
      type,
      size: body.length,
      mode: 0o644,
      ...(linkpath !== undefined && { linkpath }),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
