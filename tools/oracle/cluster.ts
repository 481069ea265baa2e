import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { emitYaml } from '../../src/krm/emitter.ts';
import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import { caBundleKey, volumes } from '../../src/names.ts';
import type { Schema } from '../../src/releases/index.ts';
import { writeCertificate } from './certificate.ts';
import type { Databases } from './databases.ts';
import type { EnvVar, Pod } from './pod.ts';
import type { Upstream } from './upstream.ts';

/** A pod that can run on this machine: its volumes are folders, its hosts are led to stand-ins, its Secrets have values. */
export interface Started {
  /** The name under which the upstreams know it. */
  readonly id: string;
  /** The directory that holds all its volumes. */
  readonly state: string;
  /** config.yaml as it is run, and where it lies. */
  readonly config: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** The environment with the hosts that the pod itself was given. */
  readonly ownEnv: Readonly<Record<string, string>>;
  /** Leads a URL of the pod's config to the stand-in. */
  readonly lead: (url: string) => string;
}

/** Where a container's variable is put into a provider's config, with the schema of that field. */
interface Use {
  readonly schema: Schema | undefined;
}

const httpUrl = /^(https?):\/\/([^/?#\s]+)(.*)$/s;

/** Does for a pod what a kubelet, its cluster's DNS and its Secrets do; `databases` and `upstream` stand for its services. */
export class Cluster {
  #made = 0;

  constructor(
    readonly upstream: Upstream,
    readonly databases: Databases,
  ) {}

  /** Makes the volumes and the environment of a pod. */
  async start(pod: Pod, text: string): Promise<Started> {
    const id = String((this.#made += 1));
    const state = mkdtempSync(join(tmpdir(), 'llsd-oracle-'));
    const folders = volumeFolders(pod, state);
    const tree = parse(text) as JsonObject;
    const uses = usesOf(tree, pod);
    const lead = (url: string) => url.replace(httpUrl, `${this.upstream.origin}/${id}/$2$3`);
    const ownEnv = environmentOf(pod.env, (variable) => madeUp(variable, uses.get(variable.name)));
    const storage = await this.#storage(tree, ownEnv);
    const config = emitYaml(
      inFolders({ ...withLedProviders(tree, lead), ...(storage.config && { storage: storage.config }) }, folders),
    );
    const file = join(state, 'config.yaml');
    writeFileSync(file, config);
    const env = Object.fromEntries(
      Object.entries({ ...ownEnv, ...storage.env }).map(([name, value]) => [
        name,
        inFolders(httpUrl.test(value) ? lead(value) : value, folders) as string,
      ]),
    );
    // What boots the pod chooses these: a free port, and where the start program lies.
    for (const name of [pod.release.variables.port, 'PYTHONPATH']) Reflect.deleteProperty(env, name);
    return { id, state, config, file, env, ownEnv, lead };
  }

  remove({ state }: Started): void {
    if (process.env.KEEP) return;
    rmSync(state, { recursive: true, force: true });
  }

  /** `storage` of config.yaml and the variables that lead it to databases of its own. */
  async #storage(
    tree: JsonObject,
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly config?: JsonObject; readonly env: Readonly<Record<string, string>> }> {
    const storage = tree.storage;
    if (!isMapping(storage) || !isMapping(storage.backends)) return { env: {} };
    const backends: Record<string, Json> = {};
    const led: Record<string, string> = {};
    for (const [name, backend] of Object.entries(storage.backends)) {
      backends[name] = isMapping(backend) ? await this.#backend(backend, env, led) : backend;
    }
    return { config: { ...storage, backends }, env: led };
  }

  async #backend(
    backend: JsonObject,
    env: Readonly<Record<string, string>>,
    led: Record<string, string>,
  ): Promise<JsonObject> {
    if (backend.type === 'kv_redis') return this.#redis(backend, env, led);
    if (backend.type !== 'kv_postgres' && backend.type !== 'sql_postgres') return backend;
    const { port, name } = await this.databases.postgres();
    const whole =
      backend.type === 'kv_postgres' ? 'LLSD_STORAGE_KV_CONNECTION_STRING' : 'LLSD_STORAGE_SQL_CONNECTION_STRING';
    if (env[whole] !== undefined) {
      led[whole] = `postgresql://postgres:postgres@127.0.0.1:${port}/${name}`;
      return backend;
    }
    const byName = {
      HOST: '127.0.0.1',
      PORT: String(port),
      USER: 'postgres',
      PASSWORD: 'postgres',
      DATABASE: name,
      DB: name,
      SSLMODE: 'disable',
    };
    for (const [suffix, value] of Object.entries(byName)) {
      for (const prefix of ['PG', whole.replace('CONNECTION_STRING', ''), 'POSTGRES_']) {
        if (env[prefix + suffix] !== undefined) led[prefix + suffix] = value;
      }
    }
    // A CR may name no password, for a database that asks for none.
    const passwords = ['PGPASSWORD', 'POSTGRES_PASSWORD', whole.replace('CONNECTION_STRING', 'PASSWORD')];
    if (!passwords.some((name) => env[name] !== undefined)) led.PGPASSWORD = 'postgres';
    const values: JsonObject = { host: '127.0.0.1', port, user: 'postgres', password: 'postgres', db: name };
    const literal = Object.entries(backend).filter(([key, value]) => isLiteral(value) && Object.hasOwn(values, key));
    // What is left to the base config's own defaults is led there too.
    const defaulted = Object.entries(backend).filter(
      ([key, value]) => typeof value === 'string' && /^\$\{env\.[A-Z0-9_]+:=/.test(value) && Object.hasOwn(values, key),
    );
    return {
      ...backend,
      ...Object.fromEntries([...literal, ...defaulted].map(([key]) => [key, values[key] ?? null])),
    };
  }

  async #redis(
    backend: JsonObject,
    env: Readonly<Record<string, string>>,
    led: Record<string, string>,
  ): Promise<JsonObject> {
    const { LLSD_STORAGE_KV_ENDPOINT: endpoint, LLSD_STORAGE_KV_PASSWORD: password } = env;
    if (endpoint !== undefined) {
      const inUrl = /:\/\/[^@/]*:([^@/]*)@/.exec(endpoint)?.[1];
      const port = await this.databases.redis(password ?? (inUrl && decodeURIComponent(inUrl)));
      const [, scheme = '', user = '', database = ''] =
        /^(redis:\/\/)?([^@/]*@)?(?:\[[^\]]*\]|[^/:]*)(?::\d+)?(\/\d*)?$/.exec(endpoint) ?? [];
      // An ACL user does not exist in the stand-in, where the password alone counts.
      const known = user === '' ? '' : user.replace(/^[^:@]+(?=[:@])/, '').replace(/^@$/, '');
      led.LLSD_STORAGE_KV_ENDPOINT = `${scheme}${known}127.0.0.1:${port}${database}`;
      return backend;
    }
    const port = await this.databases.redis();
    const host = typeof backend.host === 'string' ? backend.host : '';
    const rest = /[/?#].*$/.exec(host)?.[0];
    return rest === undefined
      ? { ...backend, host: '127.0.0.1', port }
      : { ...backend, host: `127.0.0.1:${port}${rest}` };
  }
}

function isLiteral(value: Json): boolean {
  return value !== '' && value !== 0 && value !== null && !(typeof value === 'string' && value.includes('${env.'));
}

/** Path in the container → folder, the longest path first. */
function volumeFolders(pod: Pod, state: string): readonly (readonly [path: string, folder: string])[] {
  const folders = [...pod.mounts].map(([path, volume]) => [path, join(state, volume)] as const);
  for (const [, folder] of folders) mkdirSync(folder, { recursive: true });
  const mounted = new Set(pod.mounts.values());
  if (mounted.has(volumes.tls)) writeCertificate(join(state, volumes.tls));
  if (mounted.has(volumes.caBundle)) writeCertificate(join(state, volumes.caBundle), caBundleKey, 'key');
  return folders.sort(([a], [b]) => b.length - a.length);
}

/** Every path below a mount in a tree, as the path of its folder. */
function inFolders(value: Json, folders: readonly (readonly [path: string, folder: string])[]): Json {
  if (typeof value === 'string') {
    const found = folders.find(([path]) => value === path || value.startsWith(`${path}/`));
    return found ? found[1] + value.slice(found[0].length) : value;
  }
  if (Array.isArray(value)) return value.map((item: Json) => inFolders(item, folders));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inFolders(item, folders)]));
}

/** What is called by URL, but for vector stores, whose clients speak no HTTP that a stand-in could answer. */
function withLedProviders(tree: JsonObject, lead: (url: string) => string): JsonObject {
  const providers = isMapping(tree.providers) ? tree.providers : {};
  const led = Object.entries(providers).map(([api, entries]) => [
    api,
    api === 'vector_io' ? entries : ledUrls(entries, lead),
  ]);
  return { ...tree, ...(tree.providers !== undefined && { providers: Object.fromEntries(led) as JsonObject }) };
}

function ledUrls(value: Json, lead: (url: string) => string): Json {
  if (typeof value === 'string') return httpUrl.test(value) ? lead(value) : value;
  if (Array.isArray(value)) return value.map((item: Json) => ledUrls(item, lead));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ledUrls(item, lead)]));
}

/** The variables that stand alone in a field of a provider's config, so that its value must be one of that field. */
function usesOf(tree: JsonObject, { release }: Pod): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  const providers = isMapping(tree.providers) ? tree.providers : {};
  for (const [api, entries] of Object.entries(providers)) {
    for (const entry of Array.isArray(entries) ? (entries as JsonObject[]) : []) {
      const type = release.providers[api]?.[entry.provider_type as string];
      for (const [field, value] of Object.entries(isMapping(entry.config) ? entry.config : {})) {
        const name = typeof value === 'string' ? /^\$\{env\.([A-Z0-9_]+)/.exec(value)?.[1] : undefined;
        if (name !== undefined) uses.set(name, { schema: type?.fields[field]?.schema });
      }
    }
  }
  return uses;
}

/** A value that no other variable has, of the kind that its field takes. */
function madeUp({ name, valueFrom }: EnvVar, use: Use | undefined): string {
  const options = [use?.schema ?? {}, ...(use?.schema?.anyOf ?? [])];
  const takes = (fits: (schema: Schema) => boolean) => options.some(fits);
  if (name.endsWith('CONNECTION_STRING')) return 'postgresql://made-up';
  if (name === 'LLSD_STORAGE_KV_ENDPOINT') return 'redis://made-up:6379';
  if (takes(({ format }) => format === 'uri')) return 'http://made-up:8000/v1';
  if (takes(({ type }) => type === 'string')) return madeUpText(name);
  if (takes(({ type }) => type === 'integer' || type === 'number')) return '7';
  if (takes(({ type }) => type === 'boolean')) return 'true';
  return valueFrom?.secretKeyRef ? madeUpText(name) : 'made-up';
}

/** The value of a text from a Secret: `made-up-LLSD_VLLM_API_KEY+/=`. */
export function madeUpText(variable: string): string {
  return `made-up-${variable}+/=`;
}

/** The environment of a container, values from Secrets made up, `$(NAME)` expanded as a kubelet does. */
function environmentOf(
  variables: readonly EnvVar[],
  fromElsewhere: (variable: EnvVar) => string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const variable of variables) {
    env[variable.name] = variable.valueFrom
      ? fromElsewhere(variable)
      : (variable.value ?? '').replace(/\$\$|\$\(([A-Za-z_][-\w.]*)\)/g, (whole, name?: string) =>
          name === undefined ? '$' : (env[name] ?? whole),
        );
  }
  return env;
}
