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
const places = ['inside', 'outside'] as const;

/** The authority of the company, which the CA bundle has, and one that the image trusts as it does the public ones. */
const authorities = { inside: makeAuthority(folder, 'company'), outside: makeAuthority(folder, 'public') };
const upstreams: Partial<Record<(typeof places)[number], Upstream>> = {};

beforeAll(async () => {
  for (const place of places) {
    const certificate = makeServerCertificate(folder, `vllm-${place}`, authorities[place], 'IP:127.0.0.1');
    upstreams[place] = await startUpstream(join(folder, `${place}.jsonl`), certificate);
  }
});

afterAll(() => {
  for (const upstream of Object.values(upstreams)) upstream.end();
  rmSync(folder, { recursive: true });
});

const requests = {
  post: places.map((place) => {
    const question = { model: `${place}/meta/llama`, messages: [{ role: 'user', content: 'ping' }] };
    return ['/v1/chat/completions', question] as const;
  }),
};

describe.each(knownReleases())('one vLLM of a private CA, another of a public one, under the server %s', (release) => {
  const installed = peer(`server-${release}`);
  let server: ForkServer;

  beforeAll(() => {
    if (installed) server = new ForkServer(release, 2);
  });

  afterAll(() => {
    if (installed) server.end();
  });

  function ask(name: string, tls: object): Promise<Boot> {
    const pod = podOf(
      {
        providers: {
          inference: places.map((id) => ({
            id,
            provider: 'vllm',
            endpoint: `https://127.0.0.1:${String(upstreams[id]?.port)}`,
          })),
        },
        resources: { models: places.map((provider) => ({ name: 'meta/llama', provider })) },
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
    const env = {
      ...pod.env,
      // Where an image says which roots are its own.
      SSL_CERT_FILE: authorities.outside.certificate,
      ...(pod.env.LLSD_CA_BUNDLE !== undefined && { LLSD_CA_BUNDLE: authorities.inside.certificate }),
    };
    return server.boot(
      { ...pod, program: Object.fromEntries(program) as Record<string, string>, env },
      state,
      requests,
    );
  }

  it.runIf(installed)('answers from both with the CA bundle of the CR', async () => {
    const { verdict, post, log_tail: log } = await ask('with', { caBundle: { configMapName: 'company-ca' } });
    expect({ verdict, statuses: post.map(([status]) => status), log }).toMatchObject({
      verdict: 'ok',
      statuses: [200, 200],
    });
    for (const [, answer] of post) expect(JSON.stringify(answer)).toContain('pong');
  });

  it.runIf(installed)('fails without it at the private one alone, whose certificate it cannot verify', async () => {
    const { verdict, post, log_tail: log } = await ask('without', {});
    // Up to 0.5 the server asks for the models of a provider as it starts, and does not start then.
    const answer = verdict === 'ok' ? post.map(([status]) => status) : verdict;
    expect(answer).toEqual(release < '0.6' ? 'init' : [500, 200]);
    expect(log).toMatch(/certificate verify failed|Connection error/i);
  });
});
