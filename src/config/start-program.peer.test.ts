import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peer } from '../../tools/peers/env.ts';
import { ForkServer, podOf, type Pod } from '../../tools/peers/fork-server.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { knownReleases } from '../releases/index.ts';

const releases = knownReleases().filter((release) => peer(`server-${release}`));

/** Provider id → a key that the server would take for a number, a boolean, a home directory or an expression. */
const keys: Readonly<Record<string, string>> = {
  digits: '12345678',
  zeros: '0012',
  float: '1e5',
  boolean: 'true',
  home: '~root',
  expression: '${env.HOME}',
  dollars: '$HOME$$(HOME)',
};

interface UpstreamRequest {
  readonly path: string;
  readonly authorization: string | null;
}

let folder: string;
let upstream: Upstream;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-start-'));
  upstream = await startUpstream(join(folder, 'requests'));
});

afterAll(() => {
  upstream.end();
  rmSync(folder, { recursive: true });
});

/** What the providers have sent to the upstream as their authorization, by their ids, since the last call. */
function authorizations(): Readonly<Record<string, string | null>> {
  const file = join(folder, 'requests');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
  writeFileSync(file, '');
  const requests = lines.map((line) => JSON.parse(line) as UpstreamRequest);
  return Object.fromEntries(
    requests.map(({ path, authorization }) => [path.split('/')[1] ?? '', authorization] as const),
  );
}

/** One provider and one model for each of these keys. */
function podWith(release: string, secrets: Readonly<Record<string, string>>): Pod {
  const ids = Object.keys(secrets);
  const inference = ids.map((id) => ({
    id,
    provider: 'vllm',
    endpoint: `http://127.0.0.1:${String(upstream.port)}/${id}/v1`,
    apiKey: { name: 's', key: id },
  }));
  const models = ids.map((provider) => ({ name: 'small', provider }));
  return podOf({ providers: { inference }, resources: { models } }, release, secrets);
}

const chat = (id: string) =>
  ['/v1/chat/completions', { model: `${id}/small`, messages: [{ role: 'user', content: 'ping' }] }] as const;

describe.each(releases)('the start program in the server %s', (release) => {
  let server: ForkServer;
  beforeAll(() => {
    server = new ForkServer(release, 1);
  });
  afterAll(() => {
    server.end();
  });
  const boot = (what: string, pod: Pod, requests = {}) =>
    server.boot(pod, join(folder, `${release}-${what}`), requests);

  it('keeps keys that look like something else as they are, on their way to the provider', async () => {
    authorizations();
    const { verdict, post, log_tail } = await boot('keys', podWith(release, keys), {
      post: Object.keys(keys).map(chat),
    });
    expect(verdict, log_tail).toBe('ok');
    expect(post.map(([status]) => status)).toEqual(Object.keys(keys).map(() => 200));
    const bearers = Object.entries(keys).map(([id, key]) => [id, `Bearer ${key}`]);
    expect(authorizations()).toEqual(Object.fromEntries(bearers));
    for (const key of Object.values(keys)) expect(log_tail).not.toContain(`'${key}'`);
  }, 120_000);

  it('drops the line end of a file from a key, which no HTTP header can hold', async () => {
    authorizations();
    const { post } = await boot('line', podWith(release, { digits: '12345678\n' }), { post: [chat('digits')] });
    expect(post.map(([status]) => status)).toEqual([200]);
    expect(authorizations()).toEqual({ digits: 'Bearer 12345678' });
  }, 120_000);

  it('leaves a key that is empty to the server, which names its variable', async () => {
    expect(await boot('empty', podWith(release, { digits: '' }))).toMatchObject({
      verdict: 'env',
      error: expect.stringContaining("'LLSD_DIGITS_API_KEY' not set or empty") as unknown,
    });
  }, 120_000);

  it('is what lets the server start with a key of digits: one in a variable of the user stops it, as llsd warns', async () => {
    const pod = podWith(release, { digits: '12345678' });
    const stopped = { verdict: 'init', error: expect.stringContaining('valid string') as unknown };
    expect(await boot('without', { ...pod, program: {} })).toMatchObject(stopped);
    const config = pod.config.replace('LLSD_DIGITS_API_KEY', 'VLLM_TOKEN');
    const found = await boot('own', { ...pod, config, env: { VLLM_TOKEN: '12345678' } });
    expect(found).toMatchObject(stopped);
    expect(found.log_tail).toContain('12345678');
  }, 120_000);

  it.each([
    ['a name that is not of upper-case letters', '${env.vllm_token}', '${env.vllm_token}'],
    ['one within another', '${env.VLLM_TOKEN:=${env.OTHER}}', '${env.OTHER}'],
  ])(
    'leaves expressions that llsd refuses to the server, which takes them as they stand: %s',
    async (_what, text, sent) => {
      authorizations();
      const pod = podWith(release, { digits: '12345678' });
      const config = pod.config.replace('${env.LLSD_DIGITS_API_KEY}', text);
      const { post } = await boot(
        'text',
        { ...pod, config, env: { vllm_token: 'made-up', OTHER: 'made-up' } },
        { post: [chat('digits')] },
      );
      expect(post.map(([status]) => status)).toEqual([200]);
      expect(authorizations()).toEqual({ digits: `Bearer ${sent}` });
    },
    120_000,
  );
});
