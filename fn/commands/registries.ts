import { X509Certificate } from 'node:crypto';
import type { NeededImage } from '../../src/images.ts';
import type { Item } from '../../src/krm/item.ts';
import type { Result } from '../../src/krm/result.ts';
import type * as registry from '../registry/index.ts';
import { codeOf } from '../system-error.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { pullSecrets } from './pull-secrets.ts';

type Client = typeof registry;

/** The registries as `llsd lock` reads them. */
export interface Registries extends Pick<Client, 'readLabels' | 'readProviderSpec'> {
  /** Reads images from the mirrors that are set for one, and its registry. */
  readerFor(image: Pick<NeededImage, 'mirrors'>): registry.ImageReader;
  /** The answer, or what a registry did not give. */
  ask<T>(question: () => Promise<T>): Promise<{ answer: T } | { failure: string; error: registry.RegistryFailure }>;
  /** What is wrong with the credentials. */
  readonly results: readonly Result[];
  /** Closes what is open, so that the program can end. */
  close(): Promise<void>;
}

/**
 * The registries, with the credentials of a package's Secrets before those of docker's config.json, and trust in the
 * authorities whose certificates are in these files; `platform` is `linux/arm64`, undefined for all.
 */
export async function openRegistries(
  items: readonly Item[],
  platform: string | undefined,
  authorities: readonly string[] = [],
): Promise<Registries> {
  const ca = authorities.map(readCertificates).join('\n');
  const client = await loadClient();
  const { sources, results } = pullSecrets(items, client.credentialsIn);
  const ask: Registries['ask'] = async (question) => {
    try {
      return { answer: await question() };
    } catch (error) {
      if (error instanceof client.RegistryFailure) return { failure: error.message, error };
      throw error;
    }
  };
  const docker = await ask(() => Promise.resolve(client.dockerConfig(process.env)));
  const http = new client.Http(client.defaultLimits, ca === '' ? undefined : ca);
  const credentials = [...sources, ...('answer' in docker && docker.answer ? [docker.answer] : [])];
  const cache = client.BlobCache.ofUser(process.env);
  const access = { http, limits: client.defaultLimits, cache, credentials };
  const readers = new Map<string, registry.ImageReader>();
  return {
    readLabels: client.readLabels,
    readProviderSpec: client.readProviderSpec,
    ask,
    readerFor({ mirrors }) {
      const key = JSON.stringify(mirrors);
      const reader = readers.get(key) ?? new client.ImageReader(access, mirrors, platform);
      readers.set(key, reader);
      return reader;
    },
    results: 'failure' in docker ? [...results, { message: docker.failure, severity: 'error' }] : results,
    async close() {
      await Promise.all([http.close(), cache.close()]);
    },
  };
}

/** The client is a file of its own beside the program, which other commands need not load. */
async function loadClient(): Promise<Client> {
  try {
    return await import('../registry/index.ts');
  } catch (error) {
    if (codeOf(error) !== 'MODULE_NOT_FOUND') throw error;
    throw new UsageError('llsd lock: the file llsd-registry.cjs must be beside llsd.cjs; install llsd as a whole');
  }
}

function readCertificates(path: string): string {
  const fault = (why: string): UsageError =>
    new UsageError(`llsd lock: --ca "${path}" must be a file of certificates in PEM${why}`);
  try {
    const text = system.readFile(path);
    if (typeof text !== 'string') throw fault(', and is no text');
    // The first stands for all: what is no certificate at all is what people mistake for one.
    new X509Certificate(text);
    return text;
  } catch (error) {
    const code = codeOf(error);
    throw error instanceof UsageError ? error : fault(code === undefined ? '' : ` that can be read (${code})`);
  }
}
