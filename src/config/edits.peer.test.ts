import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Databases } from '../../tools/oracle/databases.ts';
import { peer } from '../../tools/peers/env.ts';
import { ForkServer, podOf, type Boot } from '../../tools/peers/fork-server.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { knownReleases, releaseFor } from '../releases/index.ts';

const releases = knownReleases().filter((release) => peer(`server-${release}`));
const backends = ['sqlite', ...(peer('redis') ? ['redis'] : []), ...(peer('postgres') ? ['postgres'] : [])];

/** A model of the CR, and of it as the server shows it: its provider's name for it, and its metadata. */
interface Model {
  readonly name: string;
  readonly provider: string;
  readonly providerModelId?: string;
  readonly contextLength?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a CR has before and after one edit of it. */
interface Edit {
  readonly before?: Model;
  readonly after?: Model;
}

const edits: Readonly<Record<string, Edit>> = {
  'another contextLength': {
    before: { name: 'length', provider: 'one', contextLength: 1000 },
    after: { name: 'length', provider: 'one', contextLength: 2000 },
  },
  'contextLength removed': {
    before: { name: 'unsaid', provider: 'one', contextLength: 1000 },
    after: { name: 'unsaid', provider: 'one' },
  },
  'metadata added': {
    before: { name: 'tiers', provider: 'one' },
    after: { name: 'tiers', provider: 'one', metadata: { tier: 'gold' } },
  },
  'another provider of a model': {
    before: { name: 'moved', provider: 'one', contextLength: 1000 },
    after: { name: 'moved', provider: 'two', contextLength: 1000 },
  },
  'another providerModelId': {
    before: { name: 'renamed', provider: 'one', providerModelId: 'small', contextLength: 1000 },
    after: { name: 'renamed', provider: 'one', providerModelId: 'big', contextLength: 1000 },
  },
  'a model removed, and put back': { before: { name: 'removed', provider: 'one', contextLength: 1000 } },
  'a model added': { after: { name: 'added', provider: 'two', contextLength: 1000 } },
  'a provider removed, and put back': { before: { name: 'left', provider: 'three' } },
  'a model that its provider lists added': { after: { name: 'meta/llama', provider: 'two', contextLength: 3 } },
  'another model of the shield': {
    before: { name: 'guard', provider: 'one' },
    after: { name: 'keeper', provider: 'one' },
  },
};

type Side = keyof Edit;

const modelsOf = (side: Side): readonly Model[] => Object.values(edits).flatMap((edit) => edit[side] ?? []);
const judge = (side: Side): Model => edits['another model of the shield']![side]!;
const apiKey = { name: 's', key: 'key' };

let folder: string;
let upstream: Upstream;
const databases = new Databases();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-edits-'));
  upstream = await startUpstream(join(folder, 'requests'));
});

afterAll(async () => {
  upstream.end();
  await databases.stop();
  rmSync(folder, { recursive: true });
});

/** `spec` of the CR before or after all edits; `storage` is where its state is. */
function specOf(side: Side, storage: object): object {
  const ids = side === 'before' ? ['one', 'two', 'three'] : ['one', 'two'];
  const endpoint = `http://127.0.0.1:${String(upstream.port)}/v1`;
  // with a key, releases up to 0.5 do not ask for a model before they register it
  const inference = ids.map((id) => ({ id, provider: 'vllm', endpoint, apiKey }));
  const search = side === 'before' ? 'tavily-search' : 'brave-search';
  return {
    providers: { inference, toolRuntime: { provider: search, apiKey } },
    resources: {
      models: modelsOf(side),
      shields: [{ name: 'llama-guard', model: judge(side).name }],
      tools: ['websearch'],
    },
    storage,
  };
}

/** `spec.storage` for empty state on a backend; sqlite's is in the folder of the boots. */
async function storageOn(backend: string): Promise<object> {
  if (backend === 'redis') return { kv: { type: 'redis', endpoint: `127.0.0.1:${String(await databases.redis())}` } };
  if (backend !== 'postgres') return {};
  const { port, name } = await databases.postgres();
  const login = { type: 'postgres', host: '127.0.0.1', port, user: 'postgres', password: 'postgres', database: name };
  return { kv: login, sql: login };
}

type Raw = Readonly<Record<string, unknown>>;

/** A registered thing as the server tells of it; the releases name its parts differently. */
function listed(boot: Boot, path: string): readonly (readonly [id: string, resource: unknown, metadata: Raw])[] {
  const [, body] = boot.get[path] as [number, { data: readonly Raw[] }];
  return body.data.map(({ custom_metadata: custom, ...plain }) => {
    const { provider_resource_id: resource, ...rest } = (custom ?? plain) as Raw;
    const others = Object.entries(rest).filter(([key]) => key !== 'provider_id' && key !== 'model_type');
    const metadata = custom ? Object.fromEntries(others) : ((plain.metadata ?? {}) as Raw);
    return [String(plain.id ?? plain.identifier), resource, metadata];
  });
}

function expectShown(side: Side, boot: Boot, release: string): void {
  expect(boot, `${boot.error ?? ''}\n${boot.log_tail}`).toMatchObject({ verdict: 'ok' });
  const byName = releaseFor(release)?.modelIdentifier !== 'provider_model_id';
  const idOf = ({ name, provider, providerModelId = name }: Model) => `${provider}/${byName ? name : providerModelId}`;
  const expected = modelsOf(side).map((model) => {
    const { name, providerModelId = name, contextLength, metadata } = model;
    return [idOf(model), providerModelId, { ...metadata, ...(contextLength && { context_length: contextLength }) }];
  });
  // what each provider lists by itself is no part of the CR
  const shown = listed(boot, '/v1/models').filter(([id, resource, metadata]) => {
    const ofUpstream = resource === 'meta/llama' && Object.keys(metadata).length === 0;
    return /^(?:one|two|three)\//.test(id) && !ofUpstream;
  });
  expect(Object.fromEntries(shown.map(([id, ...rest]) => [id, rest]))).toEqual(
    Object.fromEntries(expected.map(([id, ...rest]) => [id, rest])),
  );
  const shields = listed(boot, '/v1/shields').map(([id, resource]) => [id, resource]);
  expect(shields).toEqual([['llama-guard', idOf(judge(side))]]);
}

const requests = { get: ['/v1/models', '/v1/shields'] };
const secrets = { key: 'k' };
/** A client's own wish for a model that config.yaml has otherwise. */
const again = [['/v1/models', { model_id: 'length', provider_id: 'one', metadata: { tier: 'lead' } }]] as const;

/** Edit → the backend and release of each start after it. */
const started = new Map([...Object.keys(edits), 'another release'].map((edit) => [edit, new Map<string, string[]>()]));

function note(edit: string, backend: string, release: string): void {
  const places = started.get(edit);
  places?.set(backend, [...(places.get(backend) ?? []), release]);
}

describe.each(releases)('the server %s on the state of the CR before', (release) => {
  let server: ForkServer;
  beforeAll(() => {
    server = new ForkServer(release, backends.length);
  });
  afterAll(() => {
    server.end();
  });

  it.concurrent.each(backends)(
    'starts after every edit and after it is undone, and shows exactly what the CR says: in %s',
    async (backend) => {
      const storage = await storageOn(backend);
      const state = join(folder, `${release}-${backend}`);
      for (const side of ['before', 'after', 'before'] as const)
        expectShown(side, await server.boot(podOf(specOf(side, storage), release, secrets), state, requests), release);
      const bare = await server.boot(podOf({ storage }, release), state, requests);
      expect(bare, bare.log_tail).toMatchObject({ verdict: 'ok' });
      expect(listed(bare, '/v1/models').filter(([id]) => /^(?:one|two|three)\//.test(id))).toEqual([]);
      for (const edit of Object.keys(edits)) note(edit, backend, release);
    },
    600_000,
  );

  it('does not start without the start program; with it, a client cannot change what config.yaml says', async () => {
    const [first, edited] = (['before', 'after'] as const).map((side) => podOf(specOf(side, {}), release, secrets));
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

it('a stack that goes from release to release starts on the state of the one before, and shows what the CR says', async () => {
  const storages = await Promise.all(backends.map(async (backend) => [backend, await storageOn(backend)] as const));
  for (const release of releases) {
    const server = new ForkServer(release, backends.length);
    const boots = storages.map(async ([backend, storage]) => {
      const pod = podOf(specOf('before', storage), release, secrets);
      expectShown('before', await server.boot(pod, join(folder, `upgrades-${backend}`), requests), release);
      note('another release', backend, release);
    });
    await Promise.all(boots);
    server.end();
  }
}, 600_000);

afterAll(() => {
  const lines = [...started].map(([edit, where]) => {
    const cells = [...where].map(([backend, found]) => `${backend} ${[...found].sort().join(' ')}`);
    return `  ${edit}: ${cells.sort().join('; ')}`;
  });
  process.stdout.write(`Starts on the state of before, by edit and backend × release:\n${lines.join('\n')}\n`);
});
