import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { emitYaml } from '../../src/krm/emitter.ts';
import type { JsonObject } from '../../src/krm/result.ts';
import { peer } from '../peers/env.ts';
import { knownReleases } from '../../src/releases/index.ts';
import type { BootQuestion } from './boot.ts';
import { inputOf } from './cases.ts';
import { clusterOfTests, podOfInput } from './cluster-of-tests.ts';
import type { Started } from './cluster.ts';
import { bootByCommandLine } from './command-line.ts';
import type { Pod } from './pod.ts';
import { Server } from './server.ts';

const { cluster, upstream } = clusterOfTests();

const vllm = {
  provider: 'vllm',
  endpoint: 'http://vllm:8000',
  apiKey: { secretKeyRef: { name: 'vllm', key: 'token' } },
};

function podOf(release: string, spec: JsonObject): Pod {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'peer' },
    spec: { distribution: { image: `registry.example/distribution-starter:${release}` }, ...spec },
  };
  return podOfInput(release, inputOf(cr));
}

function question(started: Started, get: readonly string[], more: Partial<BootQuestion> = {}): BootQuestion {
  const { file, env, state } = started;
  return { config: file, env, state, get, post: [], timeout: 240, ...more };
}

/** A config of ours, as it is or with a fault put into it. */
interface Config {
  readonly release: string;
  readonly what: string;
  readonly spec: JsonObject;
  readonly edit?: (config: Record<string, JsonObject>) => JsonObject;
}

const withoutKey = (tree: JsonObject, key: string) =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key));

function withProvider(config: Record<string, JsonObject>, entry: JsonObject): JsonObject {
  const providers = config.providers as Readonly<Record<string, readonly JsonObject[]>>;
  return { ...config, providers: { ...providers, inference: [...(providers.inference ?? []), entry] } };
}

const good: readonly Config[] = [
  { release: '0.3.5', what: 'the base config', spec: {} },
  {
    release: '0.4.5',
    what: 'a provider and a model',
    spec: { providers: { inference: vllm }, resources: { models: ['m'] } },
  },
  { release: '0.5.2', what: 'an API less', spec: { disabled: ['eval'] } },
  {
    release: '0.6.1',
    what: 'a provider and a model',
    spec: { providers: { inference: vllm }, resources: { models: ['m'] } },
  },
  { release: '0.7.1', what: 'the base config', spec: {} },
  { release: '0.7.1', what: 'a search provider', spec: { providers: { toolRuntime: { provider: 'brave-search' } } } },
  {
    release: '0.8.0',
    what: 'a provider and a model',
    spec: { providers: { inference: vllm }, resources: { models: ['m'] } },
  },
  { release: '0.8.0', what: 'the base config', spec: {} },
];

const bad: readonly Config[] = [
  {
    release: '0.3.5',
    what: 'a variable that is not set',
    spec: {},
    edit: (config) =>
      withProvider(config, { provider_id: 'x', provider_type: 'remote::vllm', config: { url: '${env.UNSET}' } }),
  },
  {
    release: '0.4.5',
    what: 'an unknown provider type',
    spec: {},
    edit: (config) => withProvider(config, { provider_id: 'x', provider_type: 'remote::no-such-type', config: {} }),
  },
  {
    release: '0.5.2',
    what: 'no name',
    spec: {},
    edit: (config) => withoutKey(withoutKey(config, 'distro_name'), 'image_name'),
  },
  {
    release: '0.6.1',
    what: 'a provider without its endpoint',
    spec: {},
    edit: (config) => withProvider(config, { provider_id: 'x', provider_type: 'remote::vllm', config: {} }),
  },
  {
    release: '0.6.1',
    what: 'no provider of `files`, which others require',
    spec: {},
    edit: (config) => ({ ...config, providers: withoutKey(config.providers ?? {}, 'files') }),
  },
  {
    release: '0.7.1',
    what: 'a number of the wrong type',
    spec: {},
    edit: (config) =>
      withProvider(config, {
        provider_id: 'x',
        provider_type: 'remote::vllm',
        config: { base_url: 'http://x/v1', max_tokens: 'many' },
      }),
  },
  {
    release: '0.7.1',
    what: 'a port that is no number',
    spec: {},
    edit: (config) => ({ ...config, server: { port: 'http' } }),
  },
  {
    release: '0.8.0',
    what: 'a store on a backend that is not there',
    spec: {},
    edit: (config) => ({ ...config, storage: { ...config.storage, backends: {} } }),
  },
];

for (const release of knownReleases()) {
  describe.runIf(peer(`server-${release}`))(`a fork and a process of the server ${release}`, () => {
    let server: Server;
    beforeAll(() => {
      server = new Server(release, 1);
    });
    afterAll(async () => {
      await server.end();
    });

    const cases = [...good, ...bad].filter((one) => one.release === release);
    test.each(cases)(
      'are of one mind about $what',
      async ({ spec, edit }) => {
        const pod = podOf(release, spec);
        const tree = parse(pod.config ?? '') as Record<string, JsonObject>;
        const text = edit === undefined ? (pod.config ?? '') : emitYaml(edit(tree));
        const boots = [];
        for (const by of [
          (asked: BootQuestion) => server.boot(asked),
          (asked: BootQuestion) => bootByCommandLine(release, asked),
        ]) {
          const started = await cluster.start(pod, text);
          upstream.list(started.id, [{ name: 'm' }]);
          const timeout = edit === undefined ? 240 : 90;
          const asked = question(started, ['/v1/providers', '/v1/models'], { timeout, program: pod.program });
          boots.push(await by(asked));
          cluster.remove(started);
        }
        const [fork, process] = boots;
        expect(fork?.verdict === 'ok', fork?.log_tail).toBe(edit === undefined);
        expect(process?.verdict === 'ok', process?.log_tail).toBe(edit === undefined);
        if (edit === undefined) expect(ids(process?.get)).toEqual(ids(fork?.get));
      },
      600_000,
    );

    test('with TLS and two workers the process answers the probes of its Deployment, and stops when it is told to', async () => {
      const spec = {
        providers: { inference: vllm },
        networking: { port: 9443, tls: { secretName: 'own' } },
        workload: { workers: 2, overrides: { terminationGracePeriodSeconds: 30 } },
      };
      const pod = podOf(release, spec);
      const started = await cluster.start(pod, pod.config ?? '');
      const [probe] = pod.probes;
      expect(pod.probes.map(({ scheme, port }) => ({ scheme, port }))).toEqual(
        Array(3).fill({ scheme: 'HTTPS', port: 9443 }),
      );
      const asked = question(started, [probe?.path ?? '', '/v1/providers'], {
        tls: true,
        stopsWithin: 30,
        program: pod.program,
      });
      const boot = await bootByCommandLine(release, asked);
      const log = readFileSync(join(started.state, 'log'), 'utf8');
      cluster.remove(started);
      expect(boot, boot.log_tail).toMatchObject({ verdict: 'ok', stopped: true });
      expect(boot.get[probe?.path ?? '']?.[0]).toBe(200);
      expect(boot.get['/v1/providers']?.[0]).toBe(200);
      // before the server answers both may make the tables of a new state
      expect(log).not.toMatch(/Child process \[\d+\] died/);
      expect(new Set(log.match(/Started server process \[\d+\]/g)).size, log).toBeGreaterThanOrEqual(2);
    }, 600_000);

    test('two workers that need longer to start than uvicorn waits for a word of theirs are not ended meanwhile', async () => {
      const pod = podOf(release, { workload: { workers: 2 } });
      const started = await cluster.start(pod, pod.config ?? '');
      const slow = join(started.state, 'slow');
      mkdirSync(slow);
      const wait = "import sys, time\nif 'multiprocessing.spawn' in ' '.join(sys.orig_argv): time.sleep(8)\n";
      writeFileSync(join(slow, 'sitecustomize.py'), wait);
      const asked = question(started, [], { timeout: 90, program: pod.program, packages: [slow] });
      const boot = await bootByCommandLine(release, asked);
      const log = readFileSync(join(started.state, 'log'), 'utf8');
      cluster.remove(started);
      expect(boot, boot.log_tail).toMatchObject({ verdict: 'ok' });
      expect(log).not.toMatch(/Child process \[\d+\] died/);
    }, 300_000);
  });
}

/** What a server lists, by id. */
function ids(get: Readonly<Record<string, readonly [number, unknown]>> = {}): readonly string[] {
  return Object.values(get).flatMap(([status, body]) => {
    const { data = [] } = body as { readonly data?: readonly JsonObject[] };
    return [
      String(status),
      ...data.map((entry) => JSON.stringify([entry.api, entry.provider_id, entry.id, entry.identifier])).sort(),
    ];
  });
}
