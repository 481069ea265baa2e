import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import type { Repository } from './repository.ts';

/** What a registry is told of who asks. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  /** A refresh token that the registry's token server gave to `docker login`. */
  | { readonly identityToken: string };

/** One place with credentials: docker's config.json, a Secret of the package. */
export interface CredentialSource {
  /** As messages call it: `Secret "pull"`. */
  readonly name: string;
  /** Those for a repository; undefined for none. */
  of(repository: Repository): Promise<Credentials | undefined>;
}

/**
 * The credentials under `auths` of a docker config.json or of a `kubernetes.io/dockerconfigjson` Secret. As Kubernetes reads
 * them, a key may name a path (`quay.io/team`, the longest wins) and the host may have wildcards (`*.example.com`).
 */
export function credentialsIn(auths: Json | undefined, repository: Repository): Credentials | undefined {
  if (!isMapping(auths)) return undefined;
  const fitting = Object.keys(auths)
    .filter((key) => fits(key, repository))
    .sort((a, b) => pathOf(b).length - pathOf(a).length || (a < b ? -1 : 1));
  for (const key of fitting) {
    const entry = auths[key];
    const credentials = isMapping(entry) ? readEntry(entry) : undefined;
    if (credentials) return credentials;
  }
  return undefined;
}

function readEntry(entry: JsonObject): Credentials | undefined {
  const text = (key: string): string => (typeof entry[key] === 'string' ? entry[key] : '');
  if (text('identitytoken') !== '') return { identityToken: text('identitytoken') };
  if (text('auth') !== '') {
    const [, user = '', password = ''] =
      /^([^:]*):(.*?)\0*$/s.exec(Buffer.from(text('auth'), 'base64').toString()) ?? [];
    return user === '' ? undefined : { user, password };
  }
  return text('username') === '' ? undefined : { user: text('username'), password: text('password') };
}

/** `https://index.docker.io/v1/` → `index.docker.io` */
function withoutScheme(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/(\/v[12])?\/?$/, '');
}

function pathOf(key: string): string {
  return withoutScheme(key).replace(/^[^/]*\/?/, '');
}

function fits(key: string, { registry, name }: Repository): boolean {
  const [host = ''] = withoutScheme(key).split('/');
  const path = pathOf(key);
  return hostFits(host, registry) && (path === '' || name === path || name.startsWith(`${path}/`));
}

const dockerHub = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

function hostFits(pattern: string, registry: string): boolean {
  if (dockerHub.includes(pattern)) return dockerHub.includes(registry);
  if (pattern === registry) return true;
  if (!pattern.includes('*')) return false;
  // Each `*` stands for a part of one label.
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^.]*')}$`).test(registry);
}
