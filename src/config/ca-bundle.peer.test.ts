import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../tools/peers/certificates.ts';
import { peer } from '../../tools/peers/env.ts';
import { ForkServer, podOf, type Boot } from '../../tools/peers/fork-server.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { knownReleases } from '../releases/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'llsd-ca-'));
const model = 'vllm/meta/llama';
const question = { model, messages: [{ role: 'user', content: 'ping' }] };
const requests = { post: [['/v1/chat/completions', question]] } as const;

let company: string;
let upstream: Upstream;

beforeAll(async () => {
  const authority = makeAuthority(folder, 'company');
  company = authority.certificate;
  upstream = await startUpstream(
    join(folder, 'upstream.jsonl'),
    makeServerCertificate(folder, 'vllm', authority, 'IP:127.0.0.1'),
  );
});

afterAll(() => {
  upstream.end();
  rmSync(folder, { recursive: true });
});

describe.each(knownReleases())('vLLM with a certificate of a private CA, under the server %s', (release) => {
  const installed = peer(`server-${release}`);
  let server: ForkServer;

  beforeAll(() => {
    if (installed) server = new ForkServer(release, 2);
  });

  afterAll(() => {
    if (installed) server.end();
  });

  function ask(name: string, tls: object, settings: object = {}): Promise<Boot> {
    const pod = podOf(
      {
        providers: {
          inference: { provider: 'vllm', endpoint: `https://127.0.0.1:${String(upstream.port)}`, settings },
        },
        resources: { models: ['meta/llama'] },
        networking: { tls },
      },
      release,
    );
    const state = join(folder, `${release}-${name}`);
    // In the place of the container's folders, which several servers would share here.
    const program = Object.entries(pod.program).map(([file, text]) => [
      file,
      text.replace('/tmp/llsd-ca-bundle.pem', join(state, 'joined.pem')),
    ]);
    const env = { ...pod.env, ...(pod.env.LLSD_CA_BUNDLE !== undefined && { LLSD_CA_BUNDLE: company }) };
    return server.boot(
      { ...pod, program: Object.fromEntries(program) as Record<string, string>, env },
      state,
      requests,
    );
  }

  it.runIf(installed)('answers with the CA bundle of the CR', async () => {
    const { verdict, post, log_tail: log } = await ask('with', { caBundle: { configMapName: 'company-ca' } });
    expect({ verdict, status: post[0]?.[0], log }).toMatchObject({ verdict: 'ok', status: 200 });
    expect(JSON.stringify(post[0]?.[1])).toContain('pong');
  });

  it.runIf(installed)('fails without it, since the certificate cannot be verified', async () => {
    const { verdict, post, log_tail: log } = await ask('without', {});
    expect(verdict === 'ok' ? post[0]?.[0] : 500).toBeGreaterThanOrEqual(400);
    expect(log).toMatch(/certificate verify failed|Connection error/i);
  });
});
