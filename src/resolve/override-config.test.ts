import { describe, expect, it } from 'vitest';
import { Path, Report } from '../krm/result.ts';
import { packageOf } from '../package.ts';
import { resolveOverrideConfig } from './override-config.ts';

const at = Path.root;
const objects = packageOf([], []);

interface Given {
  readonly config?: string;
  readonly tls?: true;
  readonly workers?: number;
}

/** What is reported of the ConfigMap `own`, and the data that was found. */
function resolved({ config, tls, workers }: Given) {
  const report = new Report();
  const data = resolveOverrideConfig(
    {
      networking: {
        port: 8321,
        ...(tls && { tls: { secretName: 'cert', at } }),
        allowedFrom: { namespaces: [], labels: [] },
        at,
      },
      workload: {
        replicas: 1,
        ...(workers !== undefined && { workers }),
        resources: {},
        overrides: { env: [], volumes: [], volumeMounts: [], at },
        at: at.field('workload'),
      },
      overrideConfig: { configMapName: 'own', at: at.field('overrideConfig') },
    },
    {
      parse: (text) => objects.parse(text),
      configMap: () =>
        config === undefined ? undefined : { data: { 'config.yaml': config }, binaryData: { b: 'AA==' } },
    },
    report,
  );
  return { data, results: report.results.map(({ severity, message }) => `${severity}: ${message}`) };
}

const files = '{tls_certfile: /etc/llama-stack-tls/tls.crt, tls_keyfile: /etc/llama-stack-tls/tls.key}';

it('gives the data for the hash, where the package has it', () => {
  expect(resolved({})).toEqual({ data: undefined, results: [] });
  expect(resolved({ config: 'version: 2\n' })).toEqual({
    data: { 'config.yaml': 'version: 2\n', b: 'AA==' },
    results: [],
  });
});

describe('the config.yaml of the package', () => {
  it.each([
    ['a: b: c', 'error: The `config.yaml` of the ConfigMap "own" must be a mapping in YAML; line 1, column '],
    ['- a', 'error: The `config.yaml` of the ConfigMap "own" must be a mapping in YAML'],
    ['', 'error: The `config.yaml` of the ConfigMap "own" must be a mapping in YAML'],
  ])('must be a mapping: %s', (config, message) => {
    expect(resolved({ config }).results).toEqual([expect.stringContaining(message)]);
  });

  it('must turn HTTPS on where probes and clients speak it', () => {
    expect(resolved({ tls: true, config: `server: ${files}` }).results).toEqual([]);
    expect(
      resolved({ tls: true, config: 'server: {tls_certfile: "${env.C}", tls_keyfile: "${env.K}"}' }).results,
    ).toEqual([]);
    for (const config of ['version: 2', 'server: {tls_certfile: /x}', 'server: {tls_certfile: /x, tls_keyfile: ""}']) {
      expect(resolved({ tls: true, config }).results).toEqual([
        'error: The `config.yaml` of the ConfigMap "own" leaves the server at HTTP, while its probes and clients speak HTTPS; set `server.tls_certfile: /etc/llama-stack-tls/tls.crt` and `server.tls_keyfile: /etc/llama-stack-tls/tls.key`',
      ]);
    }
  });

  it('must leave HTTPS off where they do not', () => {
    expect(resolved({ config: `server: ${files}` }).results).toEqual([
      'error: The `config.yaml` of the ConfigMap "own" makes the server speak HTTPS, while its probes and clients speak HTTP; set `spec.networking.tls.secretName`, or remove `server.tls_certfile` there',
    ]);
    expect(resolved({ config: 'server: {tls_certfile: "${env.C:=}", tls_keyfile: "${env.K:=}"}' }).results).toEqual([]);
    expect(resolved({ config: 'server: {tls_certfile: /x}' }).results).toEqual([]);
  });

  it('must not ask for client certificates', () => {
    expect(resolved({ tls: true, config: `server: ${files.replace('}', ', tls_cafile: /x}')}` }).results).toEqual([
      'error: The `config.yaml` of the ConfigMap "own" makes the server ask for client certificates, which no probe has; remove `server.tls_cafile` there',
    ]);
  });

  it('decides the workers', () => {
    expect(resolved({ workers: 2, config: 'server: {workers: 2, host: 0.0.0.0}' }).results).toEqual([]);
    expect(resolved({ workers: 2, config: 'server: {workers: "${env.W:=2}"}' }).results).toEqual([]);
    expect(resolved({ workers: 2, config: 'version: 2' }).results).toEqual([
      'warning: The server has the workers of its config.yaml, and this decides the CPU request alone; set `server.workers: 2` in the ConfigMap "own"',
    ]);
  });
});

it('must name the host to listen on where it has several workers', () => {
  for (const server of ['{workers: 2}', '{workers: 2, host: null}', '{workers: 2, host: [0.0.0.0]}']) {
    expect(resolved({ config: `server: ${server}` }).results).toEqual([
      'warning: The `config.yaml` of the ConfigMap "own" has several workers and leaves the host to the server, which up to 0.6 does not start with them, and later not where there is no IPv6; set `server.host: 0.0.0.0` there',
    ]);
  }
  expect(resolved({ config: 'server: {workers: 1}' }).results).toEqual([]);
  expect(resolved({ config: 'server: {workers: 2, host: "${env.HOST:=::}"}' }).results).toEqual([]);
});

it('tells what a config.yaml that is not in the package must say', () => {
  expect(resolved({ tls: true, workers: 3 }).results).toEqual([
    'info: The server takes some things from its config.yaml alone; in that of the ConfigMap "own" set `server.tls_certfile: /etc/llama-stack-tls/tls.crt` and `server.tls_keyfile: /etc/llama-stack-tls/tls.key`, and set `server.workers: 3` with `server.host: 0.0.0.0`',
  ]);
});
