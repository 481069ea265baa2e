import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from '../peers/env.ts';
import { ApiServer } from './api-server.ts';
import { judge, makeNamespaces, readGoldenObjects, verdictTable, type Verdict } from './golden.ts';

const cases = readGoldenObjects();
const withPods = cases.filter(({ items }) => items.some(({ kind }) => kind === 'Deployment'));

/** What is passed on as it is written and cannot be admitted, with what the API server must say to it. */
const refused: Readonly<Record<string, { readonly [K in keyof Verdict]?: RegExp }>> = {
  'workload-overrides-file-key': {
    dryRun: /fileKeyRef: field not declared in schema/,
    podSecurity: /unknown field "[^"]*fileKeyRef"/,
  },
  'workload-overrides-volume-kinds': {
    podSecurity: /violates PodSecurity "restricted:latest": .*hostPath/,
  },
};

function expectVerdict(verdict: string | undefined, refusal: RegExp | undefined): void {
  if (refusal === undefined) expect(verdict).toBeUndefined();
  else expect(verdict).toMatch(refusal);
}

describe.runIf(peer('api-server'))('the API server admits every golden case', () => {
  let server: ApiServer | undefined;
  let verdicts: ReadonlyMap<string, Verdict>;

  beforeAll(async () => {
    server = await ApiServer.start();
    await makeNamespaces(server, cases);
    verdicts = await judge(server, cases);
    const { gitVersion } = (await server.request('GET', '/version')) as { gitVersion: string };
    console.log(`Kubernetes ${gitVersion}\n${verdictTable(cases, verdicts)}`);
  }, 600_000);

  afterAll(async () => {
    await server?.stop();
  });

  test('with at least 100 cases that have pods, and every kind', () => {
    expect(withPods.length).toBeGreaterThanOrEqual(100);
    expect(new Set(cases.flatMap(({ items }) => items.map(({ kind }) => kind))).size).toBe(10);
  });

  test.each(cases.map(({ name, items }) => [name, items.length] as const))('%s: %i objects, strict dry run', (name) => {
    expectVerdict(verdicts.get(name)?.dryRun, refused[name]?.dryRun);
  });

  test.each(withPods.map(({ name, podSecurity }) => [name, podSecurity] as const))('%s: Pod Security %s', (name) => {
    expectVerdict(verdicts.get(name)?.podSecurity, refused[name]?.podSecurity);
  });
});
