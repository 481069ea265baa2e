import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import { codeOf } from '../system-error.ts';
import { credentialsIn, type Credentials, type CredentialSource } from './credentials.ts';
import { RegistryFailure } from './failure.ts';
import type { Repository } from './repository.ts';

/** Docker's config.json, as `docker login` and `podman login` leave it: `$DOCKER_CONFIG`, else `~/.docker`; undefined without one. */
export function dockerConfig(environment: NodeJS.ProcessEnv): CredentialSource | undefined {
  const path = join(environment.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json');
  const config = readConfig(path);
  if (config === undefined) return undefined;
  const asked = new Map<string, Promise<Credentials | undefined>>();
  return {
    name: path,
    async of(repository) {
      const helper = helperFor(config, repository);
      if (helper === undefined) return credentialsIn(config.auths, repository);
      const server = serverName(repository);
      const answer = asked.get(server) ?? askHelper(helper, server);
      asked.set(server, answer);
      return (await answer) ?? credentialsIn(config.auths, repository);
    },
  };
}

function readConfig(path: string): JsonObject | undefined {
  try {
    const config = JSON.parse(readFileSync(path, 'utf8')) as Json;
    if (isMapping(config)) return config;
  } catch (error) {
    if (codeOf(error) !== undefined) return undefined;
  }
  throw new RegistryFailure(
    'refused',
    `"${path}" must be docker's config.json, and is no JSON object; mend or remove it`,
  );
}

function helperFor({ credHelpers, credsStore }: JsonObject, repository: Repository): string | undefined {
  const server = serverName(repository);
  const own = isMapping(credHelpers) ? (credHelpers[server] ?? credHelpers[repository.registry]) : undefined;
  const helper = own ?? credsStore;
  return typeof helper === 'string' && helper !== '' ? helper : undefined;
}

/** Docker Hub is known to helpers by the address of its first version. */
function serverName({ registry }: Repository): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

/** Asks `docker-credential-<helper> get`; undefined where it has none for this server. */
async function askHelper(helper: string, server: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const failed = (why: string): RegistryFailure =>
    new RegistryFailure('refused', `\`${program} get\` gave no credentials for "${server}": ${why}`);
  if (!/^[\w.-]+$/.test(helper)) throw failed('its name in config.json must be letters, digits, ".", "_" and "-"');
  const { execFile } = await import('node:child_process');
  const { error, out } = await new Promise<{ error: Error | null; out: string }>((resolve) => {
    const child = execFile(program, ['get'], { timeout: 30_000, maxBuffer: 1 << 20 }, (error, out) => {
      resolve({ error, out });
    });
    child.stdin?.on('error', () => undefined).end(server);
  });
  if (codeOf(error) === 'ENOENT') throw failed('it is not on PATH; install it, or take it out of config.json');
  if (error !== null) {
    if (/credentials not found/i.test(out)) return undefined;
    throw failed('it failed; log in again');
  }
  const answer = parsed(out);
  const user = isMapping(answer) ? answer.Username : undefined;
  const secret = isMapping(answer) ? answer.Secret : undefined;
  if (typeof user !== 'string' || typeof secret !== 'string') throw failed('its answer is no credential');
  return user === '<token>' ? { identityToken: secret } : { user, password: secret };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
