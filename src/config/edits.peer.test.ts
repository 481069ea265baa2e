import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peer } from '../../tools/peers/env.ts';
import { ForkServer, podOf, type Boot } from '../../tools/peers/fork-server.ts';
import { knownReleases, releaseFor } from '../releases/index.ts';

const postgres = peer('postgres');
const redis = peer('redis');
const releases = knownReleases().filter((release) => peer(`server-${release}`));
const backends = ['sqlite', ...(redis ? ['redis'] : []), ...(postgres ? ['postgres'] : [])];

/** A registered thing as the server tells of it; the releases name its parts differently. */
interface Listed {
  readonly id: string;
  /** Its name at its provider. */
  readonly resource: string;
  readonly provider: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

type Raw = Readonly<Record<string, unknown>> & { readonly custom_metadata?: Readonly<Record<string, unknown>> };

function listed(boot: Boot, path: string): Readonly<Record<string, Listed>> {
  const [, body] = boot.get[path] as [number, { data: readonly Raw[] }];
  const entries = body.data.map(({ custom_metadata: custom, ...plain }): Listed => {
    const { provider_resource_id, provider_id, ...rest } = custom ?? plain;
    const metadata = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'model_type'));
    return {
      id: String(plain.id ?? plain.identifier),
      resource: String(provider_resource_id),
      provider: String(provider_id),
      metadata: custom ? metadata : ((plain.metadata ?? {}) as Readonly<Record<string, unknown>>),
    };
  });
  return Object.fromEntries(entries.map((entry) => [entry.id, entry]));
}

let folder: string;
let upstream: ChildProcess;
let upstreamPort: number;
const ports = { redis: 0, postgres: 0 };

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createServer().listen(0, '127.0.0.1', () => {
      const { port } = socket.address() as AddressInfo;
      socket.close(() => {
        resolve(port);
      });
    });
  });
}

/** `spec.storage` for state of its own on a backend, and what makes it. */
function storageOn(backend: string, name: string): object {
  const index = [...releases, 'upgrades'].indexOf(name);
  if (backend === 'redis') return { kv: { type: 'redis', endpoint: `127.0.0.1:${ports.redis}/${index}` } };
  if (backend !== 'postgres') return {};
  const database = `state${index}`;
  const create = `import psycopg2
connection = psycopg2.connect("host=127.0.0.1 port=${ports.postgres} user=postgres password=postgres dbname=postgres")
connection.autocommit = True
connection.cursor().execute("CREATE DATABASE ${database}")`;
  const { status, stderr } = spawnSync(peer(`server-${releases[0]}`)?.path ?? '', ['-c', create], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const login = { host: '127.0.0.1', port: ports.postgres, user: 'postgres', password: 'postgres', database };
  return { kv: { type: 'postgres', ...login }, sql: { type: 'postgres', ...login } };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-edits-'));
  upstream = spawn('python3', ['tools/peers/fake-openai.py', '0', join(folder, 'requests'), 'listed'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  upstreamPort = await new Promise<number>((resolve) => {
    createInterface(upstream.stdout!).once('line', (line) => {
      resolve(Number(line.split(' ')[1]));
    });
  });
  for (const name of ['redis', 'postgres'] as const) {
    const script = { redis, postgres }[name];
    if (!script) continue;
    ports[name] = await freePort();
    execFileSync(script.path, ['start', String(ports[name])]);
  }
});

afterAll(() => {
  upstream.kill();
  if (redis) execFileSync(redis.path, ['stop', String(ports.redis)]);
  if (postgres) execFileSync(postgres.path, ['stop', String(ports.postgres)]);
  rmSync(folder, { recursive: true });
});

const apiKey = { name: 's', key: 'key' };
// with a key, releases up to 0.5 do not ask for a model before they register it
const vllm = (id: string) => ({ id, provider: 'vllm', endpoint: `http://127.0.0.1:${upstreamPort}/v1`, apiKey });
const both = () => ({ inference: [vllm('one'), vllm('two')] });
const guard = { name: 'guard', provider: 'one' };
const model = { name: 'small', provider: 'one', contextLength: 1000 };
const shield = { name: 'llama-guard', model: 'guard' };

/** An edit of the CR before it, and what of it shows. */
interface Edit {
  readonly spec: () => object;
  /** Identifier of a model (`<by its name>|<by its name at the provider>`) → what it is then. */
  readonly models?: Readonly<Record<string, Partial<Listed>>>;
  /** What the shield judges with. */
  readonly shield?: string;
  /** How no model's identifier begins any more. */
  readonly gone?: string;
}

const edits: Readonly<Record<string, Edit>> = {
  'a first start': {
    spec: () => ({ providers: both(), resources: { models: [model, guard], shields: [shield] } }),
    models: { 'one/small': { metadata: { context_length: 1000 } } },
    shield: 'one/guard',
  },
  'another contextLength': {
    spec: () => ({
      providers: both(),
      resources: { models: [{ ...model, contextLength: 2000 }, guard], shields: [shield] },
    }),
    models: { 'one/small': { metadata: { context_length: 2000 } } },
  },
  'metadata added': {
    spec: () => ({
      providers: both(),
      resources: { models: [{ ...model, metadata: { tier: 'gold' } }, guard], shields: [shield] },
    }),
    models: { 'one/small': { metadata: { tier: 'gold', context_length: 1000 } } },
  },
  'metadata removed': {
    spec: () => ({
      providers: both(),
      resources: { models: [{ name: 'small', provider: 'one' }, guard], shields: [shield] },
    }),
    models: { 'one/small': { metadata: {} } },
  },
  'another providerModelId': {
    spec: () => ({
      providers: both(),
      resources: { models: [{ ...model, providerModelId: 'big' }, guard], shields: [shield] },
    }),
    models: { 'one/small|one/big': { resource: 'big', metadata: { context_length: 1000 } } },
  },
  'another model of the shield': {
    spec: () => ({
      providers: both(),
      resources: { models: [model, guard], shields: [{ ...shield, model: 'small' }] },
    }),
    shield: 'one/small',
  },
  'another provider of the models': {
    spec: () => ({
      providers: both(),
      resources: {
        models: [
          { ...model, provider: 'two' },
          { ...guard, provider: 'two' },
        ],
        shields: [shield],
      },
    }),
    models: { 'two/small': { provider: 'two', metadata: { context_length: 1000 } } },
    shield: 'two/guard',
  },
  'a model that its provider lists': {
    spec: () => ({
      providers: both(),
      resources: { models: [{ name: 'listed', provider: 'one', contextLength: 3 }, guard], shields: [shield] },
    }),
    models: { 'one/listed': { metadata: { context_length: 3 } }, 'two/listed': { metadata: {} } },
  },
  'another name for a model that its provider lists': {
    spec: () => ({
      providers: both(),
      resources: { models: [{ name: 'alias', provider: 'one', providerModelId: 'listed' }, guard], shields: [shield] },
    }),
    models: { 'one/alias|one/listed': { resource: 'listed' } },
  },
  'a provider removed, and another search provider': {
    spec: () => ({
      providers: { inference: vllm('one'), toolRuntime: { provider: 'brave-search', apiKey } },
      resources: { models: [model, guard], shields: [shield], tools: ['websearch'] },
    }),
    models: { 'one/small': { metadata: { context_length: 1000 } } },
    gone: 'two/',
  },
  'all taken back': { spec: () => ({}), gone: 'one/' },
};

function expectShown(what: string, boot: Boot, release: string): void {
  const { models = {}, shield, gone } = edits[what] ?? {};
  expect({ what, verdict: boot.verdict }, `${boot.error ?? ''}\n${boot.log_tail}`).toEqual({ what, verdict: 'ok' });
  const shown = listed(boot, '/v1/models');
  const byResource = releaseFor(release)?.modelIdentifier === 'provider_model_id';
  for (const [ids, expected] of Object.entries(models)) {
    const [byName = '', id = byName] = ids.split('|');
    const found = shown[byResource ? id : byName];
    expect({ what, ...found }).toMatchObject({ what, ...expected });
    if (expected.metadata) expect({ what, metadata: found?.metadata }).toEqual({ what, metadata: expected.metadata });
  }
  if (shield !== undefined) expect(listed(boot, '/v1/shields')['llama-guard']?.resource, what).toBe(shield);
  if (gone !== undefined) expect(Object.keys(shown).filter((id) => id.startsWith(gone))).toEqual([]);
}

/** A client's own wish for a model that config.yaml has otherwise. */
const again = [['/v1/models', { model_id: 'small', provider_id: 'one', metadata: { tier: 'lead' } }]] as const;
const requests = { get: ['/v1/models', '/v1/shields'] };
const secrets = { key: 'k' };

describe.each(releases)('the server %s on the state of the CR before', (release) => {
  let server: ForkServer;
  beforeAll(() => {
    server = new ForkServer(release, backends.length);
  });
  afterAll(() => {
    server.end();
  });

  it.concurrent.each(backends)(
    'starts after every edit, and shows it: in %s',
    async (backend) => {
      const storage = storageOn(backend, release);
      for (const [what, edit] of Object.entries(edits)) {
        const pod = podOf({ ...edit.spec(), storage }, release, secrets);
        const boot = await server.boot(pod, join(folder, `${release}-${backend}`), requests);
        expectShown(what, boot, release);
      }
    },
    600_000,
  );

  it('does not start without the start program; with it, a client cannot change what config.yaml says', async () => {
    const [first, edited] = Object.values(edits).map((edit) => podOf(edit.spec(), release, secrets));
    const state = join(folder, `${release}-without`);
    const { verdict, post } = await server.boot(first!, state, { post: again });
    // from 0.7 on clients register no models at all
    expect({ verdict, status: post[0]?.[0] }).toEqual({ verdict: 'ok', status: release < '0.7' ? 400 : 405 });
    expect(await server.boot({ ...edited!, program: {} }, state, {})).toMatchObject({
      verdict: 'init',
      error: expect.stringContaining('already exists') as unknown,
    });
    expect(await server.boot(edited!, state, {})).toMatchObject({ verdict: 'ok' });
  }, 120_000);
});

it('a stack that goes from release to release starts on the state of the one before', async () => {
  const [what = '', edit] = Object.entries(edits)[0] ?? [];
  const storages = backends.map((backend) => [backend, storageOn(backend, 'upgrades')] as const);
  for (const release of releases) {
    const server = new ForkServer(release, backends.length);
    const boots = storages.map(([backend, storage]) =>
      server.boot(podOf({ ...edit?.spec(), storage }, release, secrets), join(folder, `upgrades-${backend}`), requests),
    );
    for (const boot of await Promise.all(boots)) expectShown(what, boot, release);
    server.end();
  }
}, 600_000);
