import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/krm/result.ts';
import { peer, requirePeer } from '../peers/env.ts';
import type { Boot } from './boot.ts';
import { clusterOfTests, podOfInput } from './cluster-of-tests.ts';
import { bootByCommandLine } from './command-line.ts';
import type { Pod } from './pod.ts';

const { cluster, upstream } = clusterOfTests();

const port = 8322;

/** The pod of a v1alpha1 CR, and of the objects beside it. */
function podOf(release: string, server: JsonObject, beside: readonly JsonObject[] = []): Pod {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha1',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'peer', namespace: 'llama' },
    spec: {
      server: {
        distribution: { image: `docker.io/llamastack/distribution-starter:${release}` },
        containerSpec: { port, env: [{ name: 'VLLM_URL', value: 'http://vllm:8000/v1' }] },
        ...server,
      },
    },
  };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr, ...beside] };
  return podOfInput(release, Buffer.from(JSON.stringify(list)));
}

/** Boots a pod with a config.yaml by the command that the image's entrypoint runs. */
async function boot(pod: Pod, config: string): Promise<Boot> {
  const started = await cluster.start(pod, config);
  upstream.list(started.id, [{ name: 'm' }]);
  const { file, env, state } = started;
  const get = ['/v1/health', '/v1/providers'];
  const booted = await bootByCommandLine(pod.release.version, {
    config: file,
    env,
    state,
    get,
    post: [],
    timeout: 240,
  });
  cluster.remove(started);
  return booted;
}

function providersOf({ get }: Boot): readonly string[] {
  const [, body] = get['/v1/providers'] ?? [];
  return ((body as { data?: { provider_id: string }[] } | undefined)?.data ?? []).map((one) => one.provider_id);
}

const userConfig = `version: 2
image_name: starter
apis: [inference]
providers:
  inference:
  - provider_id: mine
    provider_type: remote::vllm
    config: {base_url: "\${env.VLLM_URL}"}
storage:
  backends:
    kv_default: {type: kv_sqlite, db_path: "\${env.SQLITE_STORE_DIR:=~/.llama/dummy}/kv.db"}
    sql_default: {type: sql_sqlite, db_path: "\${env.SQLITE_STORE_DIR:=~/.llama/dummy}/sql.db"}
  stores:
    metadata: {namespace: registry, backend: kv_default}
    inference: {table_name: inference_store, backend: sql_default}
    conversations: {table_name: conversations, backend: sql_default}
    prompts: {namespace: prompts, backend: kv_default}
server:
  port: ${port}
`;

describe.each(['0.5.2', '0.7.1'])('a v1alpha1 CR of the server %s', (release) => {
  const installed = peer(`server-${release}`);

  test.runIf(installed)(
    "without userConfig boots with the image's own config, which sees the CR's variables and port",
    async () => {
      const pod = podOf(release, {});
      expect(pod.config).toBeUndefined();
      expect(pod.env).toContainEqual({ name: pod.release.variables.port, value: String(port) });
      const packages = join(dirname(requirePeer(`server-${release}`).path), '../lib/python3.12/site-packages');
      const booted = await boot(
        pod,
        readFileSync(join(packages, 'llama_stack/distributions/starter/config.yaml'), 'utf8'),
      );
      expect(booted.verdict, booted.log_tail).toBe('ok');
      expect(providersOf(booted)).toContain('vllm');
    },
    300_000,
  );

  test.runIf(installed)(
    'with userConfig boots with that config and no other provider',
    async () => {
      const text = userConfig;
      const beside = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'own', namespace: 'llama' },
        data: { 'config.yaml': text },
      };
      const pod = podOf(release, { userConfig: { configMapName: 'own' } }, [beside]);
      expect(pod.config).toBe(text);
      const booted = await boot(pod, text);
      expect(booted.verdict, booted.log_tail).toBe('ok');
      expect(booted.get['/v1/health']?.[0]).toBe(200);
      expect(providersOf(booted)).toEqual(['mine']);
    },
    300_000,
  );
});
