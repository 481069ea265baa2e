import { Ajv } from 'ajv';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/krm/result.ts';
import { corpus, readerErrors } from '../../src/schema/corpus.fixture.ts';
import { customResourceDefinition } from '../../src/schema/crd.ts';
import { unexplained, type Verdicts } from '../../src/schema/differences.fixture.ts';
import { editorSchema } from '../../src/schema/editor-schema.ts';
import { peer } from '../peers/env.ts';
import { ApiServer, defaultNamespace } from './api-server.ts';

const path = `/apis/llamastack.io/v1alpha2/namespaces/${defaultNamespace}/llamastackdistributions`;
const stack = {
  apiVersion: 'llamastack.io/v1alpha2',
  kind: 'LlamaStackDistribution',
  metadata: { name: 'kept-stack' },
  spec: { distribution: { name: 'starter' }, networking: {} },
};

/** The refusal, or undefined where the server takes the object. */
async function refusal(answer: Promise<JsonObject>): Promise<string | undefined> {
  return answer.then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

describe.runIf(peer('api-server'))('the CRD on a real API server', () => {
  let server: ApiServer;
  let started: ApiServer | undefined;

  beforeAll(async () => {
    started = await ApiServer.start();
    server = started;
    await server.succeed(['apply', '--server-side', '-f', '-'], JSON.stringify(customResourceDefinition()));
    while ((await refusal(server.request('GET', path))) !== undefined) await sleep(250);
    // Until its validation is there, everything is taken.
    const wrong = { ...stack, spec: {} };
    while ((await refusal(server.request('POST', `${path}?dryRun=All`, wrong))) === undefined) await sleep(250);
  }, 300_000);

  afterAll(async () => {
    await started?.stop();
  });

  test('is established, serves v1alpha2 and lists v1alpha1', async () => {
    const crd = await server.request(
      'GET',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/llamastackdistributions.llamastack.io',
    );
    const { conditions, storedVersions } = crd.status as {
      conditions: { type: string; status: string }[];
      storedVersions: string[];
    };
    const status = Object.fromEntries(conditions.map(({ type, status }) => [type, status]));
    expect(status).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
    expect(status).not.toHaveProperty('NonStructuralSchema');
    expect(storedVersions).toEqual(['v1alpha2']);
    expect(await refusal(server.request('GET', path.replace('v1alpha2', 'v1alpha1')))).toMatch(/404/);
  });

  test('fills in what the reader takes where nothing is given, and shows its columns', async () => {
    const { spec } = await server.request('POST', path, stack);
    expect(spec).toEqual({ ...stack.spec, networking: { port: 8321 } });
    expect(await server.succeed(['get', 'llsd'])).toMatch(
      /^NAME +DISTRIBUTION +IMAGE +REPLICAS +AGE\nkept-stack +starter/,
    );
  });

  test('the reader, the JSON Schema and the API server agree on every CR but for the listed differences', async () => {
    const validate = new Ajv({ strictTypes: false, strictRequired: false }).compile(editorSchema());
    const verdicts = new Map<string, Verdicts>();
    const samples = corpus().values();
    const ask = async (): Promise<void> => {
      for (const { name, cr } of samples) {
        const schema = validate(cr) ? undefined : JSON.stringify(validate.errors);
        const crd = await refusal(server.request('POST', `${path}?dryRun=All&fieldValidation=Strict`, cr));
        verdicts.set(name, { reader: readerErrors(cr)[0], schema, crd });
      }
    };
    await Promise.all(Array.from({ length: 8 }, ask));
    console.log(verdictTable([...verdicts.values()]));
    expect(unexplained(verdicts, ['reader', 'schema', 'crd']).slice(0, 20)).toEqual([]);
  }, 600_000);
});

/** How many CRs the judges take and refuse: a line for each combination. */
function verdictTable(verdicts: readonly Verdicts[]): string {
  const counts = new Map<string, number>();
  for (const verdict of verdicts) {
    const row = [verdict.reader, verdict.schema, verdict.crd]
      .map((text) => (text === undefined ? 'takes' : 'refuses'))
      .join(' | ');
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const lines = [...counts].map(([row, count]) => `| ${row} | ${String(count)} |`);
  return ['| reader | JSON Schema | API server | CRs |', '|---|---|---|---|', ...lines.sort()].join('\n');
}
