import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { requirePeer } from '../peers/env.ts';
import { freePort } from '../peers/free-port.ts';
import { releaseFor } from '../../src/releases/index.ts';
import type { Json, JsonObject } from '../../src/krm/result.ts';
import type { Boot, BootQuestion, Response } from './boot.ts';

/** Boots a config with the release's own command in a process of its own, as the image's entrypoint runs it. */
export async function bootByCommandLine(version: string, question: BootQuestion): Promise<Boot> {
  const release = releaseFor(version);
  if (release === undefined) throw new Error(`the release ${version} is not known`);
  const bin = dirname(requirePeer(`server-${version}`).path);
  const port = await freePort();
  const log = join(question.state, 'log');
  const programFolder = join(question.state, 'start-program-of-process');
  mkdirSync(programFolder, { recursive: true });
  for (const [name, content] of Object.entries(question.program ?? {}))
    writeFileSync(join(programFolder, name), content);
  const command = release.variables.port === 'OGX_PORT' ? 'ogx' : 'llama';
  const begun = Date.now();
  const [program, ...words] = [...wrapping(bin, question.env), join(bin, command), 'stack', 'run', question.config];
  const run = spawn(program, words, {
    cwd: question.state,
    detached: true,
    env: {
      ...quietEnvironment(bin),
      ...question.env,
      PYTHONPATH: [programFolder, ...(question.packages ?? [])].join(':'),
      [release.variables.port]: String(port),
    },
    stdio: ['ignore', openSync(log, 'w'), openSync(log, 'a')],
  });
  const call = (method: string, path: string, body?: JsonObject) =>
    callServer(port, question.tls ?? false, method, path, body);
  const ended = () => run.exitCode !== null || run.signalCode !== null;
  const verdict = await healthy(call, ended, question.timeout);
  const get: Record<string, Response> = {};
  const post: Response[] = [];
  if (verdict === 'ok') {
    for (const path of question.get) get[path] = await call('GET', path);
    for (const [path, body] of question.post) post.push(await call('POST', path, body));
  }
  const stopped = question.stopsWithin !== undefined && (await stops(run, question.stopsWithin));
  if (!ended() && run.pid !== undefined) process.kill(-run.pid, 'SIGKILL');
  const text = readFileSync(log, 'utf8');
  const error = verdict === 'ok' ? null : (text.trimEnd().split('\n').at(-1) ?? '');
  return {
    id: '',
    verdict,
    error_type: null,
    error,
    get,
    post,
    stopped,
    seconds: (Date.now() - begun) / 1000,
    log_tail: text.slice(-4000),
  };
}

/** Whether the server and its workers end by themselves once it is told to, as a kubelet tells it. */
async function stops({ pid }: ChildProcess, seconds: number): Promise<boolean> {
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    await sleep(100);
    if (!isGroupThere(pid)) return true;
  }
  return false;
}

function isGroupThere(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

/** The entrypoint of an image that has it puts this before the server where a variable of OpenTelemetry is set. */
function wrapping(bin: string, env: BootQuestion['env']): readonly string[] {
  const instrument = join(bin, 'opentelemetry-instrument');
  return Object.keys(env).some((name) => name.startsWith('OTEL_')) && existsSync(instrument) ? [instrument] : [];
}

/** What `tools/peers/release.py` gives to the fast way: no download, no token table from the network. */
function quietEnvironment(bin: string): Readonly<Record<string, string>> {
  const library = join(bin, '../lib/python3.12/site-packages');
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'C.UTF-8',
    TIKTOKEN_CACHE_DIR: join(library, 'litellm/litellm_core_utils/tokenizers'),
    HF_HUB_OFFLINE: '1',
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    NO_COLOR: '1',
    COLUMNS: '4000',
  };
}

async function healthy(
  call: (method: string, path: string) => Promise<Response>,
  ended: () => boolean,
  seconds: number,
): Promise<'ok' | 'exit' | 'timeout'> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (ended()) return 'exit';
    const [status] = await call('GET', '/v1/health').catch(() => [0] as const);
    if (status === 200) return 'ok';
    await sleep(100);
  }
  return 'timeout';
}

function callServer(port: number, tls: boolean, method: string, path: string, body?: JsonObject): Promise<Response> {
  const options = {
    host: '127.0.0.1',
    port,
    path,
    method,
    rejectUnauthorized: false,
    agent: false,
    headers: { 'content-type': 'application/json' },
    timeout: 30_000,
  };
  return new Promise((resolve, reject) => {
    const sent = (tls ? httpsRequest : httpRequest)(options, (response) => {
      text(response).then((answer) => {
        resolve([response.statusCode ?? 0, parsed(answer)]);
      }, reject);
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

function parsed(answer: string): Json {
  try {
    return JSON.parse(answer) as Json;
  } catch {
    return answer;
  }
}
