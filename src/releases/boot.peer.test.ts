import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer, requirePeer } from '../../tools/peers/env.ts';
import type { Json, JsonObject } from '../krm/result.ts';
import type { ProviderType, Release, Schema } from './index.ts';
import { builtIn, knownReleases, releaseFor } from './index.ts';

/** What one boot of the real server came to. */
interface Boot {
  readonly id: string;
  readonly verdict: string;
  readonly error?: string;
  readonly get?: Readonly<Record<string, readonly [status: number, body: { data: readonly Entry[] }]>>;
}

interface Case {
  readonly id: string;
  readonly config: JsonObject;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds until a server that does not answer is given up. */
  readonly timeout: number;
}

interface Entry {
  readonly provider_id: string;
  readonly provider_type: string;
  readonly config: JsonObject;
}

type Providers = Readonly<Record<string, readonly Entry[]>>;

/** Where nothing answers. */
const nowhere = 'http://127.0.0.1:9';

/** Types whose Python packages `tools/peers` leaves out. */
const withoutPackages = [
  'inference inline::meta-reference',
  'file_processors inline::docling',
  'post_training inline::huggingface-gpu',
  'vector_io inline::chromadb',
  'vector_io inline::milvus',
];

/** Types that do not ask their endpoint for `/models`: the vendor's client takes an address or a path of its own. */
const otherListing = ['remote::databricks', 'remote::together'];

/** Fields that only the adapter asks for, not the config model. */
const askedByAdapter = [
  ['inference', 'remote::vllm', 'endpoint'],
  ['inference', 'remote::oci', 'oci_compartment_id'],
  ['vector_io', 'remote::elasticsearch', 'endpoint'],
  ['vector_io', 'remote::elasticsearch', 'persistence'],
] as const;

function typeOf(release: Release, api: string, name: string): ProviderType {
  const type = release.providers[api]?.[release.renamedTypes[api]?.[name] ?? name];
  if (!type) throw new Error(`release ${release.version} has no ${api} ${name}`);
  return type;
}

function has(release: Release, api: string, name: string): boolean {
  return release.providers[api]?.[name] !== undefined;
}

function valueFor({ format, anyOf = [] }: Schema, name: string): Json {
  const isUrl = format === 'uri' || anyOf.some((schema) => schema.format === 'uri') || /ur[il]$/.test(name);
  return isUrl ? nowhere : 'nothing';
}

/** An entry with the least config of its type: what `required` names, from `defaults` where it is there. */
function entry({ type, required, defaults, fields }: ProviderType, id: string, more: JsonObject = {}): Entry {
  const needed = required.map((name) => [name, valueFor(fields[name]?.schema ?? {}, name)] as const);
  const config = JSON.stringify({ ...Object.fromEntries(needed), ...defaults, ...more });
  return {
    provider_id: id,
    provider_type: type,
    config: JSON.parse(config.replaceAll('{distribution}', 'probe')) as JsonObject,
  };
}

function allTypes(release: Release): readonly (readonly [api: string, type: ProviderType])[] {
  return Object.entries(release.providers).flatMap(([api, types]) =>
    Object.values(types).map((type) => [api, type] as const),
  );
}

/** The types that wait at start for what they are configured with, as `API type`. */
function waitingTypes(release: Release): readonly string[] {
  const waiting = allTypes(release).filter(([, type]) => type.reachesAtStart === 'always');
  return waiting.map(([api, type]) => `${api} ${type.type}`);
}

/** One entry of every type that starts by itself; inference types call `<origin>/<provider id>` and their own root. */
function everyType(release: Release, origin: string): Providers {
  const providers: Record<string, Entry[]> = {};
  for (const [api, type] of allTypes(release)) {
    const { endpoint, credential, unloadable, reachesAtStart } = type;
    if (unloadable !== undefined || reachesAtStart === 'always') continue;
    if (withoutPackages.includes(`${api} ${type.type}`)) continue;
    const id = `${api}-${type.type.replace('::', '-')}`;
    const root = endpoint?.path && 'add' in endpoint.path ? endpoint.path.add : '';
    const listed = api === 'inference' && endpoint?.field !== undefined && !otherListing.includes(type.type);
    const more = listed && {
      [endpoint.field]: `${origin}/${id}${root}`,
      ...(credential !== undefined && { [credential]: 'key' }),
    };
    (providers[api] ??= []).push(entry(type, id, more || {}));
  }
  return providers;
}

/** What `path` says is asked for models, whether the URL holds the root or the server adds it: `/<provider id>/v1/models`. */
function listingPaths(release: Release, providers: Providers): readonly string[] {
  const asked = (providers.inference ?? []).filter(({ config }) => JSON.stringify(config).includes('127.0.0.1'));
  return asked.flatMap(({ provider_id, provider_type }) => {
    const { path } = typeOf(release, 'inference', provider_type).endpoint ?? {};
    // 0.3 puts its own path in the place of the one here, which tells the providers apart.
    if (provider_type === 'remote::azure' && path && 'strip' in path) return [path.strip + '/models'];
    if (otherListing.includes(provider_type) || path === undefined || 'none' in path) return [];
    return [`/${provider_id}${'add' in path ? path.add : path.strip}/models`];
  });
}

/** A config in which every provider finds the APIs that it requires. */
function configWith(release: Release, more: Providers): JsonObject {
  const least: readonly (readonly [api: string, type: string])[] = [
    ['inference', 'inline::sentence-transformers'],
    ['vector_io', 'inline::faiss'],
    ['files', 'inline::localfs'],
    ['safety', 'inline::llama-guard'],
    ['tool_runtime', 'inline::file-search'],
    ['responses', 'inline::builtin'],
  ];
  const providers: Record<string, readonly Entry[]> = { ...more };
  for (const [newest, name] of least) {
    const api = release.renamedApis[newest] ?? newest;
    providers[api] = [entry(typeOf(release, api, name), `base-${api}`), ...(more[api] ?? [])];
  }
  return {
    version: 2,
    ...Object.fromEntries(release.nameFields.map((field) => [field, 'probe'])),
    providers: providers as unknown as JsonObject,
    storage: storageOf(release),
  };
}

/** Stores in SQLite files where the boot keeps its state. */
function storageOf(release: Release): JsonObject {
  const file = (name: string): string => `\${env.SQLITE_STORE_DIR:=/nowhere}/${name}.db`;
  const stores = Object.entries(release.stores).map(([name, { reference }]) => [name, reference] as const);
  const kv = { type: 'kv_sqlite', db_path: file('kv') };
  const sql = { type: 'sql_sqlite', db_path: file('sql') };
  return { backends: { kv_default: kv, sql_default: sql }, stores: Object.fromEntries(stores) };
}

function refusedCases(release: Release): readonly Case[] {
  const waiting = waitingTypes(release).map((id) => {
    const [api = '', name = ''] = id.split(' ');
    return { id, config: configWith(release, { [api]: [entry(typeOf(release, api, name), 'probe')] }), timeout: 10 };
  });
  const asked = askedByAdapter.filter(([api, name]) => has(release, api, name));
  const without = asked.map(([api, name, field]) => {
    const { config, ...rest } = entry(typeOf(release, api, name), 'probe');
    const key = field === 'endpoint' ? typeOf(release, api, name).endpoint?.field : field;
    const less = Object.fromEntries(Object.entries(config).filter(([other]) => other !== key));
    const id = `${name} without ${field}`;
    return { id, config: configWith(release, { [api]: [{ ...rest, config: less }] }), timeout: 120 };
  });
  return [...waiting, ...without];
}

/**
 * A built-in base config on SQLite, without the providers of modules that only its vendor's image holds: those of a
 * `module`, and milvus-lite, which Red Hat's of 0.4 opens at start.
 */
function onSqlite(name: string, release: Release): JsonObject | undefined {
  const base = builtIn(name, release.version);
  if (base === undefined) return undefined;
  const providers = Object.entries(base.config.providers).map(([api, entries]) => [
    api,
    entries.filter(
      (entry) => entry.module === undefined && (name !== 'rh' || entry.provider_type !== 'inline::milvus'),
    ),
  ]);
  const tree = { ...base.config, providers: Object.fromEntries(providers) as object };
  return { ...(JSON.parse(JSON.stringify(tree)) as JsonObject), storage: storageOf(release) };
}

/** The base configs that load without a GPU; postgres-demo also as it is shipped, without the API that ours adds. */
function distributionCases(release: Release): readonly Case[] {
  const env = { INFERENCE_MODEL: 'm', VLLM_URL: `${nowhere}/v1`, VLLM_EMBEDDING_URL: `${nowhere}/v1` };
  const cases = bootable(release).map((name) => ({
    id: name,
    config: onSqlite(name, release) ?? {},
    timeout: 120,
    ...(name.startsWith('starter') ? {} : { env }),
  }));
  const demo = cases.find(({ id }) => id === 'postgres-demo');
  if (demo === undefined) return cases;
  const providers = Object.entries(demo.config.providers as JsonObject).filter(([api]) => api !== 'files');
  const config = { ...demo.config, providers: Object.fromEntries(providers) };
  return [...cases, { ...demo, id: 'postgres-demo as shipped', config }];
}

function bootable(release: Release): readonly string[] {
  return ['starter', 'starter-gpu', 'postgres-demo', 'rh'].filter((name) => builtIn(name, release.version));
}

async function bootAll(release: Release, cases: readonly Case[]): Promise<readonly Boot[]> {
  const folder = mkdtempSync(join(tmpdir(), 'llsd-boot-'));
  const server = join(import.meta.dirname, '../../tools/peers/fork-server.py');
  const run = spawn(requirePeer(`server-${release.version}`).path, [server, '-j', '2'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  for (const [index, { config, ...rest }] of cases.entries()) {
    const file = join(folder, `${index}.yaml`);
    writeFileSync(file, JSON.stringify(config));
    run.stdin.write(`${JSON.stringify({ ...rest, config: file, get: ['/v1/providers'] })}\n`);
  }
  run.stdin.end();
  const out = await text(run.stdout);
  rmSync(folder, { recursive: true });
  return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Boot]));
}

for (const release of knownReleases().flatMap((version) => releaseFor(version) ?? [])) {
  describe.runIf(peer(`server-${release.version}`))(`the server ${release.version}`, () => {
    const boots = new Map<string, Boot>();
    const asked = new Set<string>();
    let providers: Providers = {};
    const upstream = createServer((request, response) => {
      asked.add((request.url ?? '').replace(/\?.*/, ''));
      response.setHeader('content-type', 'application/json').end('{"object":"list","data":[]}');
    });

    beforeAll(async () => {
      await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
      providers = everyType(release, `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
      const every = { id: 'every type', config: configWith(release, providers), timeout: 240 };
      const cases = [every, ...refusedCases(release), ...distributionCases(release)];
      for (const boot of await bootAll(release, cases)) boots.set(boot.id, boot);
    });
    afterAll(() => {
      upstream.close();
    });

    test('starts with every type on what `required` and `defaults` give it', () => {
      const boot = boots.get('every type');
      expect(boot).toMatchObject({ verdict: 'ok' });
      const [, body] = boot?.get?.['/v1/providers'] ?? [];
      const ids = Object.values(providers).flatMap((entries) => entries.map(({ provider_id }) => provider_id));
      expect(body?.data.map(({ provider_id }) => provider_id)).toEqual(expect.arrayContaining(ids));
    });

    test('asks each inference endpoint for its models under the root that `path` names', () => {
      const paths = listingPaths(release, providers);
      expect(paths.length).toBeGreaterThan(10);
      // watsonx lists its models under a name of its own until 0.6.
      const listed = [...asked].map((path) => path.replace(/foundation_model_specs$/, 'models'));
      expect(listed).toEqual(expect.arrayContaining([...paths]));
    });

    test.each(waitingTypes(release))('does not start with %s when nothing answers there', (id) => {
      expect(boots.get(id)?.verdict).toMatch(/^(init|timeout)$/);
    });

    test.each(askedByAdapter.filter(([api, name]) => has(release, api, name)))(
      'does not start with %s %s without its field %s',
      (_api, name, field) => {
        expect(boots.get(`${name} without ${field}`)).toMatchObject({ verdict: 'init' });
      },
    );

    test.each(bootable(release))('starts with the base config of %s', (name) => {
      expect(boots.get(name)).toMatchObject({ verdict: 'ok' });
    });

    if (builtIn('postgres-demo', release.version)) {
      test('does not start with postgres-demo as it is shipped', () => {
        expect(boots.get('postgres-demo as shipped')?.error).toMatch(/required dependency 'files' is not available/);
      });
    }
  });
}
