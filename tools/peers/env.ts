import { execFileSync, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;

/** The folder that `tools/peers/get` installs into. */
export const peersDirectory =
  process.env.LLSD_PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'llsd', 'peers');

/** A real program to compare with: what to run, and the environment variables that it needs besides. */
export interface Peer {
  /** The executable; of a `server-…` its Python, of `pod-image-…` the image's name, of `postgres` and `redis` our script. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

function locate(name: string): Peer {
  const podman = { CONTAINERS_CONF: join(peersDirectory, 'containers.conf') };
  if (/^(kustomize-.*|crane|registry|token-server)$/.test(name))
    return { path: join(peersDirectory, 'bin', name), env: {} };
  if (name === 'api-server' || name === 'argocd') return { path: join(peersDirectory, name, name), env: {} };
  if (name.startsWith('server-')) {
    return { path: join(peersDirectory, 'server', name.slice('server-'.length), 'bin', 'python'), env: {} };
  }
  if (name.startsWith('pod-image-')) {
    const asked = ['--name', name.slice('pod-image-'.length)];
    return { path: execFileSync(join(here, 'pod-image'), asked, { encoding: 'utf8' }).trim(), env: podman };
  }
  if (name === 'yaml-language-server')
    return { path: join(peersDirectory, name, 'node_modules', name, 'bin', name), env: {} };
  if (name === 'static') return { path: join(here, '../../dist/llsd'), env: {} };
  if (name === 'postgres' || name === 'redis') return { path: join(here, name), env: {} };
  return { path: name, env: name === 'podman' ? podman : {} };
}

function isInstalled(name: string): boolean {
  return spawnSync(join(here, 'get'), ['--check', name]).status === 0;
}

function missing(name: string): string {
  return `The peer "${name}" is not installed: run tools/peers/get ${name}`;
}

/** The releases whose image the tests run as pods: 0.7.1, or those that `npm run soak` names. */
export const podReleases: readonly string[] = (process.env.LLSD_POD_RELEASES ?? '0.7.1').split(',');

/** The peer, which must be there: for the body of a test that `peer(name)` has let run. */
export function requirePeer(name: string): Peer {
  if (!isInstalled(name)) throw new Error(missing(name));
  return locate(name);
}

/**
 * The peer, or undefined where it is not installed, with one line that says how to get it: `describe.runIf(peer(name))(…)`.
 * Under CI a missing peer throws, so that a comparison cannot drop out unnoticed.
 */
export function peer(name: string): Peer | undefined {
  if (process.env.CI !== undefined && process.env.CI !== '') return requirePeer(name);
  if (isInstalled(name)) return locate(name);
  process.stderr.write(`${missing(name)}\n`);
  return undefined;
}
