import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peer, peersDirectory } from '../../tools/peers/env.ts';
import { ForkServer, podOf, type Pod } from '../../tools/peers/fork-server.ts';
import { knownReleases } from '../releases/index.ts';

const releases = knownReleases().filter((release) => peer(`server-${release}`));

/** Provider id → a key that the server would take for a number, a boolean or a home directory. */
const keys: Readonly<Record<string, string>> = {
  digits: '12345678',
  zeros: '0012',
  float: '1e5',
  boolean: 'true',
  home: '~root',
};

interface UpstreamRequest {
  readonly path: string;
  readonly authorization: string | null;
}

/** A model as the releases tell of it: up to 0.3 with the parts that are second here. */
interface Listed {
  readonly id?: string;
  readonly identifier?: string;
  readonly custom_metadata?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

let folder: string;
let upstream: ChildProcess;
let upstreamPort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-start-'));
  upstream = spawn('python3', ['tools/peers/fake-openai.py', '0', join(folder, 'requests'), 'listed'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  upstreamPort = await new Promise<number>((resolve) => {
    createInterface(upstream.stdout!).once('line', (line) => {
      resolve(Number(line.split(' ')[1]));
    });
  });
});

afterAll(() => {
  upstream.kill();
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
function podWith(release: string, ids: readonly string[], { contextLength = 1000, workers = 1 } = {}): Pod {
  const inference = ids.map((id) => ({
    id,
    provider: 'vllm',
    endpoint: `http://127.0.0.1:${upstreamPort}/${id}/v1`,
    apiKey: { name: 's', key: id },
  }));
  const models = ids.map((provider) => ({ name: 'small', provider, contextLength }));
  return podOf({ providers: { inference }, resources: { models }, workload: { workers } }, release, keys);
}

describe.each(releases)('the start program in the server %s', (release) => {
  it('keeps keys that look like something else as they are, on their way to the provider', async () => {
    const server = new ForkServer(release, 1);
    authorizations();
    const pod = podWith(release, Object.keys(keys));
    const chats = Object.keys(keys).map((id) => {
      const request = { model: `${id}/small`, messages: [{ role: 'user', content: 'ping' }] };
      return ['/v1/chat/completions', request] as const;
    });
    const boot = await server.boot(pod, join(folder, `${release}-keys`), { post: chats });
    expect(boot.verdict, boot.log_tail).toBe('ok');
    expect(boot.post.map(([status]) => status)).toEqual(Object.keys(keys).map(() => 200));
    const bearers = Object.entries(keys).map(([id, key]) => [id, `Bearer ${key}`]);
    expect(authorizations()).toEqual(Object.fromEntries(bearers));
    for (const key of Object.values(keys)) expect(boot.log_tail).not.toContain(`'${key}'`);
    server.end();
  }, 120_000);

  it('is what lets the server start with a key of digits', async () => {
    const server = new ForkServer(release, 1);
    const pod = { ...podWith(release, ['digits']), program: {} };
    expect(await server.boot(pod, join(folder, `${release}-without`), {})).toMatchObject({
      verdict: 'init',
      error: expect.stringContaining('valid string') as unknown,
    });
    server.end();
  }, 120_000);

  const bin = join(peersDirectory, 'server', release, 'bin');
  const command = [join(bin, existsSync(join(bin, 'ogx')) ? 'ogx' : 'llama'), 'stack', 'run'];
  const instrument = join(bin, 'opentelemetry-instrument');
  const wrapping = existsSync(instrument) ? [instrument] : [];

  const wrapped = wrapping.length > 0 ? ', as opentelemetry-instrument wraps them' : '';

  // a worker that a busy machine keeps from answering for five seconds is ended by its parent
  it(`works in the command line's own processes${wrapped}, with workers`, { timeout: 300_000, retry: 2 }, async () => {
    const state = mkdtempSync(join(folder, 'cli-'));
    authorizations();
    expect(await contextLengths(command, podWith(release, ['digits']), state)).toEqual([1000]);
    const edited = podWith(release, ['digits'], { contextLength: 2000, workers: 2 });
    expect(await contextLengths([...wrapping, ...command], edited, state)).toEqual([2000]);
    expect(authorizations()).toEqual({ digits: 'Bearer 12345678' });
  });
});

/** Runs the server's command line as a pod does, and asks it for the context length of the CR's model. */
async function contextLengths(command: readonly string[], pod: Pod, state: string): Promise<readonly unknown[]> {
  const port = await freePort();
  const program = join(state, 'program');
  mkdirSync(program, { recursive: true });
  for (const [name, text] of Object.entries(pod.program)) writeFileSync(join(program, name), text);
  const config = join(state, 'config.yaml');
  writeFileSync(config, pod.config);
  const [executable = '', ...args] = command;
  const log = openSync(join(state, 'log'), 'w');
  const server = spawn(executable, [...args, config], {
    cwd: state,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: `${dirname(executable)}:${process.env.PATH ?? ''}`,
      HOME: state,
      SQLITE_STORE_DIR: join(state, 'stores'),
      FILES_STORAGE_DIR: join(state, 'files'),
      TIKTOKEN_CACHE_DIR: tiktoken(dirname(executable)),
      HF_HUB_OFFLINE: '1',
      LLAMA_STACK_PORT: String(port),
      OGX_PORT: String(port),
      PYTHONPATH: program,
      ...Object.fromEntries(['TRACES', 'METRICS', 'LOGS'].map((signal) => [`OTEL_${signal}_EXPORTER`, 'none'])),
      ...pod.env,
    },
  });
  closeSync(log);
  try {
    const { data } = (await models(port, server)) as { readonly data: readonly Listed[] };
    const small = data.filter(({ id, identifier }) => (id ?? identifier) === 'digits/small');
    return small.map(({ custom_metadata: custom, metadata }) => (custom ?? metadata)?.context_length);
  } catch (error) {
    throw new Error(readFileSync(join(state, 'log'), 'utf8').slice(-4000), { cause: error });
  } finally {
    // its workers, too
    process.kill(-server.pid!, 'SIGKILL');
  }
}

/** litellm, which every release has, carries the token table that the file APIs want. */
function tiktoken(bin: string): string {
  return join(bin, '../lib/python3.12/site-packages/litellm/litellm_core_utils/tokenizers');
}

async function models(port: number, server: ChildProcess): Promise<unknown> {
  const deadline = performance.now() + 80_000;
  while (server.exitCode === null && performance.now() < deadline) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/models`).catch(() => undefined);
    if (response?.ok) return response.json();
    await setTimeout(200);
  }
  throw new Error(`the server did not answer (exit code ${server.exitCode})`);
}

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
