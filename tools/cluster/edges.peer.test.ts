import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { host } from '../../fn/function.ts';
import { render } from '../../src/run.ts';
import { peer } from '../peers/env.ts';
import { ApiServer } from './api-server.ts';
import { edges } from './edges.ts';
import { freshState, type Applied } from './state.ts';

describe.runIf(peer('api-server'))('what a CR may say and the API server refuses is an error of ours', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
    await server.makeNamespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  afterAll(async () => {
    await server.stop();
  });

  test.each(edges())('$name', async ({ cr }) => {
    const { manifests } = render([{ path: 'stack.yaml', text: JSON.stringify(cr) }], {}, host);
    if (manifests === '') return;
    const objects = parseAllDocuments(manifests).map((document) => document.toJS() as Applied);
    await expect(freshState(server, objects)).resolves.toBeDefined();
  });
});
