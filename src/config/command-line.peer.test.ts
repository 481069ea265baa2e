import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootByCommandLine } from '../../tools/oracle/command-line.ts';
import { Databases } from '../../tools/oracle/databases.ts';
import type { Boot, BootQuestion } from '../../tools/oracle/boot.ts';
import { peer } from '../../tools/peers/env.ts';
import { podOf } from '../../tools/peers/fork-server.ts';
import { startPostgres, type Postgres } from '../../tools/peers/postgres.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { knownReleases } from '../releases/index.ts';

const releases = knownReleases().filter((release) => peer(`server-${release}`));

/** Every printable ASCII character, and some beyond. */
const password = `${String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index))} é密码🔑`;
const encoded = encodeURIComponent;

let folder: string;
let upstream: Upstream;
let postgres: Postgres;
let redis: number;
const databases = new Databases();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-cli-'));
  upstream = await startUpstream(join(folder, 'requests'));
  const roles = { app: password, other: '12345678' };
  postgres = await startPostgres(folder, { roles, plain: [], tls: [...releases] });
  redis = await databases.redis('made-up');
  const ask = ['-p', String(redis), '--no-auth-warning', '-a', 'made-up'];
  execFileSync('redis-cli', [...ask, 'ACL', 'SETUSER', 'app', 'on', `>${password}`, '~*', '&*', '+@all']);
});

afterAll(async () => {
  upstream.end();
  postgres.stop();
  await databases.stop();
  rmSync(folder, { recursive: true });
});

const from = (key: string) => ({ secretKeyRef: { name: 's', key } });
const fields = (database: string) => ({
  ...{ type: 'postgres', host: 'localhost', port: postgres.port, user: 'app', database },
  password: from('password'),
});
const url = (user: string, secret: string, database: string) =>
  `postgresql://${user}:${encoded(secret)}@localhost:${String(postgres.port)}/${database}` +
  `?sslmode=verify-full&sslrootcert=${encoded(postgres.authority)}`;
const string = (key: string) => ({ type: 'postgres', connectionString: from(key) });

/** Forms of `spec.storage`; the releases take turns, so that each form meets an old and a new one. */
const storages: readonly (readonly [what: string, storage: (release: string) => object])[] = [
  [
    'a user of Redis, and a connection string',
    (release) => {
      const endpoint = `redis://app@127.0.0.1:${String(redis)}/${String(releases.indexOf(release))}`;
      return { kv: { type: 'redis', endpoint, password: from('password') }, sql: string('sql') };
    },
  ],
  ['separate fields', (release) => ({ kv: fields(release), sql: fields(release) })],
  ['two connection strings', () => ({ kv: string('kv'), sql: string('sql') })],
];

/** The pod's question to a server of its own process; its telemetry makes the image's entrypoint wrap it. */
function question(
  release: string,
  storage: object,
  edit: { readonly contextLength: number; readonly workers: number },
) {
  const endpoint = `http://127.0.0.1:${String(upstream.port)}`;
  const env = [
    { name: 'PGSSLMODE', value: 'verify-full' },
    { name: 'PGSSLROOTCERT', value: postgres.authority },
  ];
  const spec = {
    providers: {
      inference: { id: 'digits', provider: 'vllm', endpoint: `${endpoint}/v1`, apiKey: { name: 's', key: 'digits' } },
      telemetry: { provider: 'opentelemetry', endpoint },
    },
    resources: { models: [{ name: 'small', provider: 'digits', contextLength: edit.contextLength }] },
    storage,
    workload: { workers: edit.workers, ...('host' in (storage as { sql: object }).sql && { overrides: { env } }) },
  };
  const secrets = {
    digits: '12345678',
    password,
    sql: url('app', password, release),
    kv: url('other', '12345678', release),
  };
  return podOf(spec, release, secrets);
}

type Requests = Pick<BootQuestion, 'get' | 'post'>;

async function boot(release: string, pod: ReturnType<typeof podOf>, state: string, requests: Requests): Promise<Boot> {
  mkdirSync(state, { recursive: true });
  const config = join(state, 'config.yaml');
  writeFileSync(config, pod.config);
  const folders = { HOME: state, SQLITE_STORE_DIR: join(state, 'stores'), FILES_STORAGE_DIR: join(state, 'files') };
  const { program } = pod;
  const env = { ...pod.env, ...folders };
  const answer = await bootByCommandLine(release, { config, program, env, state, timeout: 100, ...requests });
  expect(answer, answer.log_tail).toMatchObject({ verdict: 'ok' });
  for (const secret of [password, encoded(password)])
    expect(readFileSync(join(state, 'log'), 'utf8')).not.toContain(secret);
  return answer;
}

/** The context length of the CR's model; releases up to 0.3 have it in another place. */
function contextLength({ get }: Boot): unknown {
  const [, body] = get['/v1/models'] as unknown as [number, { data: readonly Record<string, unknown>[] }];
  const model = body.data.find(({ id, identifier }) => (id ?? identifier) === 'digits/small');
  return ((model?.custom_metadata ?? model?.metadata) as Record<string, unknown> | undefined)?.context_length;
}

describe.runIf(peer('postgres') && peer('redis'))('the command line, as the entrypoint runs it', () => {
  const cases = releases.map((release, index) => [release, ...storages[index % storages.length]!] as const);

  // a worker that a busy machine keeps from answering for five seconds is ended by its parent
  it.each(cases)(
    'of %s starts on %s with telemetry, and with two workers on its state after an edit',
    { timeout: 300_000, retry: 2 },
    async (release, _what, storage) => {
      const state = mkdtempSync(join(folder, 'state-'));
      const talk = ['/v1/conversations', { metadata: { topic: 'state' } }] as const;
      const first = await boot(
        release,
        question(release, storage(release), { contextLength: 1000, workers: 1 }),
        state,
        {
          get: ['/v1/models'],
          // the server is healthy before its tables are made
          post: Array.from({ length: 8 }, () => talk),
        },
      );
      expect(contextLength(first)).toBe(1000);
      const [, conversation] = first.post.find(([status]) => status === 200) ?? [];
      const path = `/v1/conversations/${String((conversation as { id: string } | undefined)?.id)}`;

      writeFileSync(join(folder, 'requests'), '');
      const edited = question(release, storage(release), { contextLength: 2000, workers: 2 });
      const chat = { model: 'digits/small', messages: [{ role: 'user', content: 'ping' }] };
      const second = await boot(release, edited, state, {
        get: ['/v1/models', path],
        post: [['/v1/chat/completions', chat]],
      });
      expect(contextLength(second)).toBe(2000);
      expect(second.get[path]).toMatchObject([200, { metadata: { topic: 'state' } }]);
      expect(second.post.map(([status]) => status)).toEqual([200]);
      const sent = readFileSync(join(folder, 'requests'), 'utf8').trim().split('\n');
      expect(sent.filter((line) => line.includes('/chat/completions'))).toEqual([
        expect.stringContaining('"Bearer 12345678"'),
      ]);
      // no database had to stand in for the ones of the CR
      expect(existsSync(join(state, 'stores', 'sql_store.db'))).toBe(false);
    },
  );
});
