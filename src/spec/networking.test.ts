import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readNetworking } from './networking.ts';

function read(yaml: string) {
  const report = new Report();
  const networking = readNetworking(parse(yaml) as Json | undefined, Path.root.field('networking'), report);
  return {
    networking,
    results: report.results.map(({ severity, message, field }) => ({ severity, message, ...field })),
  };
}

test('what is not given has its default', () => {
  const report = new Report();
  const networking = readNetworking(undefined, Path.root, report);
  expect(networking).toMatchObject({ port: 8321, allowedFrom: { namespaces: [], labels: [] } });
  expect(Object.keys(networking).sort()).toEqual(['allowedFrom', 'at', 'port']);
  expect(report.results).toEqual([]);
});

describe('expose', () => {
  test.each([
    ['true', {}],
    ['{}', {}],
    ['{enabled: true}', {}],
    ['{hostname: a.example.com}', { hostname: 'a.example.com' }],
    ['false', undefined],
    ['{enabled: false, hostname: a.b}', undefined],
  ])('%s', (expose, expected) => {
    const { networking, results } = read(`expose: ${expose}`);
    expect(results).toEqual([]);
    if (expected === undefined) expect(networking.expose).toBeUndefined();
    else expect(networking.expose).toMatchObject(expected);
  });
  test.each([
    ['"true"', 'networking.expose', true],
    ['{host: a}', 'networking.expose.host', undefined],
    ['{hostname: "https://a.b"}', 'networking.expose.hostname', 'a.b'],
    ['{hostname: A.B}', 'networking.expose.hostname', 'a.b'],
  ])('%s is an error', (expose, path, proposedValue) => {
    const { results } = read(`expose: ${expose}`);
    expect(results).toMatchObject([{ path }]);
    expect(results[0]?.proposedValue).toBe(proposedValue);
  });
});

describe('tls', () => {
  test.each([
    ['{secretName: s}', 's'],
    ['{enabled: true, secretName: s}', 's'],
    ['{enabled: false, secretName: s}', undefined],
    ['{caBundle: {configMapName: c}}', undefined],
    ['{}', undefined],
  ])('%s', (tls, secretName) => {
    const { networking, results } = read(`tls: ${tls}`);
    expect(results).toEqual([]);
    expect(networking.tls?.secretName).toBe(secretName);
  });
  test('enabled without secretName is an error', () => {
    expect(read('tls: {enabled: true}').results).toMatchObject([{ path: 'networking.tls.secretName' }]);
  });
  test('an invalid secretName is one error, not two', () => {
    expect(read('tls: {enabled: true, secretName: A_B}').results).toMatchObject([
      { path: 'networking.tls.secretName', proposedValue: 'a-b' },
    ]);
  });
  test('a CA bundle has the key ca-bundle.crt unless told', () => {
    expect(read('tls: {caBundle: {configMapName: c}}').networking.caBundle).toMatchObject({
      configMapName: 'c',
      configMapKeys: ['ca-bundle.crt'],
    });
    expect(
      read('tls: {caBundle: {configMapName: c, configMapNamespace: n, configMapKeys: [a, b]}}').networking.caBundle,
    ).toMatchObject({
      configMapNamespace: 'n',
      configMapKeys: ['a', 'b'],
    });
  });
  test.each([
    ['{}', 'configMapName'],
    ['{configMapName: c, configMapKeys: []}', 'configMapKeys'],
    ['{configMapName: c, configMapKeys: [a/b]}', 'configMapKeys[0]'],
    ['{configMapName: c, configMapKeys: [..]}', 'configMapKeys[0]'],
  ])('the CA bundle %s is an error', (bundle, path) => {
    expect(read(`tls: {caBundle: ${bundle}}`).results).toMatchObject([{ path: `networking.tls.caBundle.${path}` }]);
  });
});

test.each([
  [1024, true],
  [65535, true],
  [1023, false],
  [65536, false],
  [8321.5, false],
])('port %d is within 1024–65535: %s', (port, valid) => {
  const { networking, results } = read(`port: ${String(port)}`);
  expect(networking.port).toBe(valid ? port : 8321);
  expect(results).toEqual(
    valid
      ? []
      : [
          {
            severity: 'error',
            path: 'networking.port',
            message: `\`port\` must be an integer from 1024 to 65535, not ${String(port)}`,
            currentValue: port,
            proposedValue: 8321,
          },
        ],
  );
});

test.each([
  ['{namespaces: ["*", a], labels: [team, a.b/team=x, team=]}', []],
  ['{namespaces: [A_b]}', ['networking.allowedFrom.namespaces[0]']],
  [
    '{labels: ["a b", =x, "a=b=c"]}',
    ['networking.allowedFrom.labels[0]', 'networking.allowedFrom.labels[1]', 'networking.allowedFrom.labels[2]'],
  ],
  ['{namespaces: a}', ['networking.allowedFrom.namespaces']],
  ['{namespace: [a]}', ['networking.allowedFrom.namespace']],
])('allowedFrom %s', (allowedFrom, paths) => {
  expect(read(`allowedFrom: ${allowedFrom}`).results.map(({ path }) => path)).toEqual(paths);
});
