import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer, requirePeer } from './env.ts';

/** Runs one of the scripts of this folder under the server's Python: a line in, a line out, for each case. */
function run(script: string, cases: object[]): Record<string, unknown>[] {
  const input = cases.map((one) => `${JSON.stringify(one)}\n`).join('');
  const python = requirePeer('server-0.7.1').path;
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, script)], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const providers = `
version: 2
distro_name: try
apis: [inference]
providers:
  inference:
  - provider_id: vllm
    provider_type: remote::vllm
    config: {base_url: "\${env.URL:=http://127.0.0.1:9/v1}", api_token: t, api_key: x, network: {tls: {verify: false, wrong: 1}}}
  - provider_id: \${env.OTHER:+other}
    provider_type: remote::no-such-type
`;

describe.runIf(peer('server-0.7.1'))('load-config.py', () => {
  const wrong = `
version: 2
distro_name: try
providers:
  inference:
  - {provider_id: a, provider_type: remote::no-such-type}
  - {provider_id: b, provider_type: remote::vllm, config: {max_tokens: many}}
  vector_io:
  - {provider_id: m, provider_type: remote::milvus, config: {uri: x, token: y, any: 1, persistence: {namespace: n, backend: b, wrong: 1}}}
storage:
  backends:
    kv_default: {type: kv_redis, endpoint: x}
    sql_default: {type: sql_sqlite, db_path: x}
registered_resources:
  models: [{model_id: m, provider_id: b, context_length: 1, metadata: {any: 1}}]
`;
  let loaded: Record<string, unknown>[];

  beforeAll(() => {
    loaded = run('load-config.py', [
      { id: 1, config: providers, env: { URL: 'http://host/v1' } },
      { id: 2, config: wrong },
      { id: 3, config: 'distro_name: ${env.MISSING}' },
    ]);
  }, 120_000);

  test('names each key that the server drops, also below a provider, and no provider that is switched off', () => {
    expect(loaded[0]).toMatchObject({
      ok: true,
      ignored: ['providers.inference[vllm].config.api_key', 'providers.inference[vllm].config.network.tls.wrong'],
      config: { providers: { inference: [{ provider_id: 'vllm', config: { base_url: 'http://host/v1' } }] } },
    });
  });

  test('follows the union member that was chosen, and leaves free-form keys alone', () => {
    expect(loaded[1]?.ignored).toEqual([
      'storage.backends.kv_default.endpoint',
      'registered_resources.models[m].context_length',
      'providers.vector_io[m].config.persistence.wrong',
    ]);
  });

  test('reports every fault, not only the first', () => {
    expect(loaded[1]?.errors).toEqual([
      'providers.inference[a]: ValueError: the API "inference" has no provider type "remote::no-such-type"',
      expect.stringContaining('providers.inference[b].config.max_tokens: '),
    ]);
    expect(loaded[2]).toMatchObject({ ok: false, errors: [expect.stringContaining("'MISSING'")], config: null });
  });
});

describe.runIf(peer('server-0.7.1'))('fork-server.py', () => {
  let folder: string;
  let results: Record<string, unknown>[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'llsd-boot-'));
    const config = join(folder, 'config.yaml');
    writeFileSync(config, providers);
    const get = ['/v1/providers', '/v1/shields'];
    results = run('fork-server.py', [
      { id: 'good', config, env: { LLAMA_STACK_LOGGING: 'all=error' }, get },
      { id: 'again', config, get },
      { id: 'bad', config, env: { OTHER: '1' } },
    ]);
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('boots the real server and asks it', () => {
    const answered = {
      verdict: 'ok',
      get: { '/v1/providers': [200, { data: [{ provider_id: 'vllm' }] }], '/v1/shields': [404, expect.anything()] },
    };
    expect(results[0]).toMatchObject({ id: 'good', ...answered });
    expect(results[1]).toMatchObject({ id: 'again', ...answered });
  });

  test('says where a boot failed and why', () => {
    expect(results[2]).toMatchObject({
      verdict: 'init',
      error_type: 'ValueError',
      error: expect.stringContaining('remote::no-such-type') as unknown,
    });
  });
});
