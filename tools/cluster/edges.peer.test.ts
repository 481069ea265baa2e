import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { host } from '../../fn/function.ts';
import { render } from '../../src/run.ts';
import { peer } from '../peers/env.ts';
import { ApiServer } from './api-server.ts';
import { edges } from './edges.ts';
import { rawObjects } from './raw-objects.ts';
import { freshState, type Applied } from './state.ts';

describe.runIf(peer('api-server'))('we refuse what the API server refuses, and more only with a reason', () => {
  let server: ApiServer;
  const counts = { admitted: 0, refused: 0 };

  beforeAll(async () => {
    server = await ApiServer.start();
    await server.makeNamespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  afterAll(async () => {
    await server.stop();
    const reasons = edges().flatMap(({ name, stricter }) => (stricter === undefined ? [] : [`  ${name}: ${stricter}`]));
    console.log(
      `Taken by both ${counts.admitted}, refused by both ${counts.refused}, by us alone ${reasons.length}:\n${reasons.join('\n')}`,
    );
  });

  async function refusalOf(objects: readonly Applied[]): Promise<string | undefined> {
    try {
      await freshState(server, objects);
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  test.each(edges().map((edge) => [edge.name, edge] as const))('%s', async (_name, { cr, field, value, stricter }) => {
    const { manifests } = render([{ path: 'stack.yaml', text: JSON.stringify(cr) }], {}, host);
    if (manifests !== '') {
      const objects = parseAllDocuments(manifests).map((document) => document.toJS() as Applied);
      expect(await refusalOf(objects)).toBeUndefined();
      counts.admitted += 1;
      return;
    }
    const refusal = await refusalOf(rawObjects(field, value));
    if (stricter !== undefined) expect(refusal).toBeUndefined();
    else {
      expect(refusal, 'the API server takes it').toBeDefined();
      counts.refused += 1;
    }
  });
});
