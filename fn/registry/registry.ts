import { parseImage } from '../../src/resolve/image.ts';
import { authorize } from './authorization.ts';
import type { BlobCache } from './blob-cache.ts';
import type { Credentials, CredentialSource } from './credentials.ts';
import { digestOf, isDigest, isOf, type Digest } from './digest.ts';
import { RegistryFailure } from './failure.ts';
import { FirstAlone } from './first-alone.ts';
import { drop, readBody, type Answer, type Http } from './http.ts';
import type { Limits } from './limits.ts';
import { manifestTypes, type Descriptor } from './manifest.ts';
import { place } from './reach.ts';
import { hostOf, isLoopback, type Repository } from './repository.ts';

/** What registries are read with. */
export interface Access {
  readonly http: Http;
  readonly limits: Limits;
  readonly cache: BlobCache;
  /** The sources of credentials, in the order in which they are tried; at last a registry is asked without any. */
  readonly credentials: readonly CredentialSource[];
}

/** What is asked of a repository. */
interface Asked {
  readonly path: string;
  readonly method: 'GET' | 'HEAD';
  readonly accept: string;
  readonly time: number;
}

/** The registry API (OCI distribution, Docker v2) for reading: each blob and manifest is fetched once and checked. */
export class Registry {
  private readonly authorizations = new Map<string, string>();
  private readonly alone: FirstAlone;
  /** Repository → the sources whose credentials its registry did not take. */
  private readonly refused = new Map<string, readonly string[]>();
  /** Registries that have asked for a login. */
  private readonly guarded = new Set<string>();
  private readonly schemes = new Map<string, 'http' | 'https'>();
  private readonly documents = new Map<Digest, Promise<Buffer>>();

  /** Reads with this access. */
  constructor(private readonly access: Access) {
    this.alone = new FirstAlone(access.limits.alone);
  }

  /** The digest that a tag has now, as far as the registry tells it without sending the manifest. */
  async head(repository: Repository, tag: string): Promise<Digest> {
    const answer = await this.ask(repository, `manifests/${tag}`, { method: 'HEAD', accept: manifestTypes });
    const digest = answer.header('docker-content-digest');
    drop(answer);
    return isDigest(digest) ? digest : (await this.manifest(repository, tag)).digest;
  }

  /** The manifest of a tag or digest; its digest is counted here, not taken from the registry. */
  async manifest(repository: Repository, reference: string): Promise<{ digest: Digest; bytes: Buffer }> {
    // What a tag leads to is asked for again each time.
    if (!isDigest(reference)) return this.fetchManifest(repository, reference);
    const bytes = await this.once(reference, async () => (await this.fetchManifest(repository, reference)).bytes);
    return { digest: reference, bytes };
  }

  /** A small blob, such as an image's config. */
  document(repository: Repository, descriptor: Descriptor): Promise<Buffer> {
    return this.once(descriptor.digest, () => this.fetchDocument(repository, descriptor));
  }

  /** A blob of any size, whose bytes the reader checks. */
  blob(repository: Repository, { digest }: Descriptor): Promise<Answer> {
    return this.ask(repository, `blobs/${digest}`, { time: this.access.limits.layer });
  }

  /** What has a digest is fetched once, unless it is in the cache. */
  private once(digest: Digest, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const { cache } = this.access;
    const fetchAndKeep = async (): Promise<Buffer> => {
      const bytes = await fetch();
      cache.write(digest, bytes);
      return bytes;
    };
    const kept = this.documents.has(digest) ? undefined : cache.read(digest);
    const document = this.documents.get(digest) ?? (kept ? Promise.resolve(kept) : fetchAndKeep());
    // What failed here may be had from a mirror.
    document.catch(() => this.documents.delete(digest));
    this.documents.set(digest, document);
    return document;
  }

  private async fetchManifest(repository: Repository, reference: string): Promise<{ digest: Digest; bytes: Buffer }> {
    const answer = await this.ask(repository, `manifests/${reference}`, { accept: manifestTypes });
    const bytes = await readBody(answer, this.access.limits.documentBytes);
    const told = isDigest(reference) ? reference : answer.header('docker-content-digest');
    const digest = isDigest(told) ? told : digestOf(bytes);
    if (!isOf(bytes, digest)) throw wrongDigest(answer, digest);
    return { digest, bytes };
  }

  private async fetchDocument(repository: Repository, { digest, size }: Descriptor): Promise<Buffer> {
    const { limits } = this.access;
    if (size > limits.documentBytes)
      throw new RegistryFailure(
        'untrusted',
        `The blob ${digest} of "${repository.registry}/${repository.name}" is said to have ${size} bytes; at most ${limits.documentBytes} are read`,
      );
    const answer = await this.ask(repository, `blobs/${digest}`);
    const bytes = await readBody(answer, size);
    if (bytes.length !== size || !isOf(bytes, digest)) throw wrongDigest(answer, digest);
    return bytes;
  }

  /** Asks below a repository, logged in as far as the registry wants it; every answer but a good one is a failure. */
  private async ask(repository: Repository, path: string, more: Partial<Asked> = {}): Promise<Answer> {
    const { registry, name } = repository;
    const key = `${registry}/${name}`;
    const asked = { method: 'GET' as const, accept: '*/*', time: this.access.limits.document, path, ...more };
    const ask = (): Promise<Answer> => this.askWithLogin(repository, key, asked);
    // The first finds out whether the registry is there, what it speaks and whether it wants a login; where it does, the
    // first of a repository logs in for all of that.
    const answer = await this.alone.run(registry, () =>
      this.guarded.has(registry) && !this.authorizations.has(key) ? this.alone.run(key, ask) : ask(),
    );
    if (answer.status === 200) return answer;
    drop(answer);
    throw this.refusal(answer, repository, path);
  }

  private async askWithLogin(repository: Repository, key: string, asked: Asked): Promise<Answer> {
    const { http, limits } = this.access;
    let answer = await this.send(repository, asked, this.authorizations.get(key));
    if (answer.status !== 401) return answer;
    drop(answer);
    this.guarded.add(repository.registry);
    const challenged = answer;
    let fault: RegistryFailure | undefined;
    const known = await this.credentialsOf(repository);
    this.refused.set(
      key,
      known.map(({ name }) => name),
    );
    for (const credentials of [...known.map((one) => one.credentials), undefined]) {
      try {
        const authorization = await authorize(http, limits, challenged, repository, credentials);
        if (authorization === undefined) continue;
        answer = await this.send(repository, asked, authorization);
        if (answer.status === 401 || answer.status === 403) {
          drop(answer);
          continue;
        }
        this.authorizations.set(key, authorization);
        return answer;
      } catch (error) {
        // Others may be taken; of several refusals the first is about what the user set up.
        if (!(error instanceof RegistryFailure) || error.reason !== 'refused') throw error;
        fault ??= error;
      }
    }
    if (fault !== undefined) throw withLogin(fault, repository);
    return answer;
  }

  private async credentialsOf(
    repository: Repository,
  ): Promise<readonly { readonly name: string; readonly credentials: Credentials }[]> {
    const found = [];
    for (const source of this.access.credentials) {
      const credentials = await source.of(repository);
      if (credentials) found.push({ name: source.name, credentials });
    }
    return found;
  }

  private send(repository: Repository, { path, ...asked }: Asked, authorization: string | undefined): Promise<Answer> {
    const { registry, name } = repository;
    return this.overScheme(repository, (scheme) => {
      const url = new URL(`${scheme}://${hostOf(registry)}/v2/${name}/${path}`);
      return this.access.http.ask({ ...asked, url, authorization });
    });
  }

  /** Registries on this machine may speak plain http, as those of tests do; all others are asked by https alone. */
  private async overScheme(
    { registry }: Repository,
    send: (scheme: 'http' | 'https') => Promise<Answer>,
  ): Promise<Answer> {
    const known = this.schemes.get(registry);
    if (known !== undefined || !isLoopback(registry)) return send(known ?? 'https');
    try {
      const answer = await send('https');
      this.schemes.set(registry, 'https');
      return answer;
    } catch (error) {
      if (!isNoTls(error)) throw error;
      this.schemes.set(registry, 'http');
      return send('http');
    }
  }

  private refusal({ status, url }: Answer, { registry, name }: Repository, path: string): RegistryFailure {
    const what = `"${registry}/${name}"`;
    if (status === 404)
      return new RegistryFailure(
        'not-found',
        `The registry has no ${path.startsWith('manifests/') ? `image ${what} with the tag or digest "${path.slice('manifests/'.length)}"` : `blob ${path.slice('blobs/'.length)} in ${what}`}; check the reference, and whether it was pushed`,
      );
    if (status === 401 || status === 403) {
      const sources = this.refused.get(`${registry}/${name}`) ?? [];
      const tried = sources.length === 0 ? '' : `, also with the login in ${sources.join(' and in ')}`;
      const message = `The registry "${registry}" answered ${status} for ${what}${tried}`;
      return withLogin(new RegistryFailure('refused', message), { registry, name });
    }
    return new RegistryFailure('unreachable', `${place(url)} answered ${status}; try again later`);
  }
}

/** How to log in, where a registry or its token server refused. */
function withLogin({ reason, message }: RegistryFailure, { registry }: Repository): RegistryFailure {
  return new RegistryFailure(
    reason,
    `${message}: log in with \`docker login ${registry}\`, or put a Secret of type \`kubernetes.io/dockerconfigjson\` into the package`,
  );
}

function wrongDigest({ url }: Answer, digest: Digest): RegistryFailure {
  return new RegistryFailure(
    'untrusted',
    `${place(url)} answered with bytes that are not those of ${digest}; they are not used: ask whoever runs the registry`,
  );
}

/** Whether an https request failed since the other side speaks no TLS at all. */
function isNoTls(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return (
    error instanceof RegistryFailure && /SSL_WRONG_VERSION|SSL_PACKET_LENGTH|EPROTO|SSL_.*HTTP_REQUEST/.test(code ?? '')
  );
}

/** The parts of a reference, where an image without tag and digest is `latest`; undefined when it is malformed. */
export function parseReference(reference: string) {
  const image = parseImage(reference);
  if (image === undefined) return undefined;
  return image.tag === undefined && image.digest === undefined ? { ...image, tag: 'latest' } : image;
}
