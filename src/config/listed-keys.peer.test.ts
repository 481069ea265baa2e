import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Databases } from '../../tools/oracle/databases.ts';
import { peer } from '../../tools/peers/env.ts';
import { ForkServer, podOf } from '../../tools/peers/fork-server.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { knownReleases } from '../releases/index.ts';

const releases = knownReleases().filter((release) => peer(`server-${release}`));
const databases = new Databases();
let folder: string;
let upstream: Upstream;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-redis-'));
  upstream = await startUpstream(join(folder, 'requests'));
});

afterAll(async () => {
  upstream.end();
  await databases.stop();
  rmSync(folder, { recursive: true });
});

const password = 'postgres';
const from = { name: 's', key: 'password' };

const stores: Readonly<Record<string, () => Promise<object>>> = {
  Redis: async () => {
    const endpoint = `redis://127.0.0.1:${String(await databases.redis(password))}/1`;
    return { type: 'redis', endpoint, password: from };
  },
  PostgreSQL: async () => {
    const { port, name: database } = await databases.postgres();
    return { type: 'postgres', host: '127.0.0.1', port, database, user: 'postgres', password: from };
  },
};

interface Listed {
  readonly data: readonly { readonly prompt_id: string; readonly prompt: string }[];
}

describe.runIf(peer('redis') && peer('postgres')).each(releases)('the server %s', (release) => {
  let server: ForkServer;
  beforeAll(() => {
    server = new ForkServer(release, 1);
  });
  afterAll(() => {
    server.end();
  });

  it.each(Object.keys(stores))(
    'on %s answers from its first request on, and lists what was put there before',
    async (kind) => {
      const inference = { provider: 'vllm', endpoint: `http://127.0.0.1:${String(upstream.port)}/v1` };
      const spec = {
        providers: { inference },
        resources: { models: ['meta/llama'] },
        storage: { kv: await stores[kind]?.() },
      };
      const pod = podOf(spec, release, { password });
      const prompts = ['one', 'two'].map((prompt) => ['/v1/prompts', { prompt, variables: [] }] as const);
      const get = ['/v1/models', '/v1/shields', '/v1/models?again'];
      const first = await server.boot(pod, join(folder, `${release}-${kind}`), { get, post: prompts });
      expect(first.verdict, first.log_tail).toBe('ok');
      const statuses = [...Object.values(first.get), ...first.post].map(([status]) => status);
      expect(statuses, first.log_tail).toEqual([200, 200, 200, 200, 200]);

      const second = await server.boot(pod, join(folder, `${release}-${kind}`), { get: ['/v1/prompts'] });
      const [status, body] = second.get['/v1/prompts'] ?? [];
      expect(status, second.log_tail).toBe(200);
      expect((body as Listed).data.map(({ prompt }) => prompt).sort(), JSON.stringify(body)).toEqual(['one', 'two']);
    },
    120_000,
  );
});
