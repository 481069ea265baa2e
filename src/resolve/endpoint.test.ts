import { describe, expect, it } from 'vitest';
import { Path, Report } from '../krm/result.ts';
import { releaseFor } from '../releases/index.ts';
import type { Provider } from '../spec/providers.ts';
import { parseHostPort, parseHttpUrl, resolveEndpoint } from './endpoint.ts';

const release = releaseFor('0.7.1')!;

function resolved(api: string, type: string, endpoint: string) {
  const report = new Report();
  const provider: Provider = {
    api,
    provider: type,
    endpoint,
    secretRefs: {},
    settings: {},
    alone: true,
    at: Path.root.field('spec'),
  };
  const known = release.providers[api]?.[type];
  const fields = resolveEndpoint(provider, known!, release, report);
  return { fields, results: report.results.map(({ severity, message }) => `${severity}: ${message}`) };
}

describe('the endpoint of a provider', () => {
  it('gets the path under which the server calls vLLM, with an info', () => {
    expect(resolved('inference', 'remote::vllm', 'http://vllm:8000/')).toEqual({
      fields: { base_url: 'http://vllm:8000/v1' },
      results: [
        'info: The provider type "remote::vllm" is called at "http://vllm:8000/v1": "/v1" was added, since the server calls the URL as it is',
      ],
    });
  });

  it('stays as written when it has that path', () => {
    expect(resolved('inference', 'remote::vllm', 'http://vllm:8000/v1')).toEqual({
      fields: { base_url: 'http://vllm:8000/v1' },
      results: [],
    });
  });

  it('is left alone under a path of its own where gateways imitate the vendor', () => {
    expect(resolved('inference', 'remote::openai', 'https://gateway.example/llm').fields).toEqual({
      base_url: 'https://gateway.example/llm',
    });
  });

  it('is split where the type has host and port', () => {
    expect(resolved('vector_io', 'remote::pgvector', 'db.example:5433')).toEqual({
      fields: { host: 'db.example', port: 5433 },
      results: [],
    });
  });

  it('must be a URL where the server takes only one, and the mend is proposed', () => {
    expect(resolved('inference', 'remote::vllm', 'vllm:8000').results).toEqual([
      'error: `endpoint` must be a URL with the scheme "http" or "https" for the provider type "remote::vllm"',
    ]);
  });

  it('is an error for a type that takes none, which names the fields that it has', () => {
    expect(resolved('inference', 'remote::anthropic', 'http://a').results[0]).toMatch(
      /^error: The provider type "remote::anthropic" takes no endpoint at release 0\.7\.1; remove `endpoint` and use `settings`/,
    );
  });
});

it.each(['http://h', 'https://h:1/a/b?c=d', 'http://[::1]:8000/v1', 'http://a_b.c'])('%s is a URL', (text) => {
  expect(parseHttpUrl(text)).toBeDefined();
});

it.each(['h:1', 'ftp://h', 'http://', 'http://a b', 'http://user:pass@h', 'http://h:123456', '//h'])(
  '%s is no URL',
  (text) => {
    expect(parseHttpUrl(text)).toBeUndefined();
  },
);

it.each([
  ['h', { host: 'h' }],
  ['h:1', { host: 'h', port: 1 }],
  ['tcp://[::1]:5432/', { host: '[::1]', port: 5432 }],
  ['h:0', undefined],
  ['h:70000', undefined],
  ['a b', undefined],
])('%s is host and port %o', (text, parts) => {
  expect(parseHostPort(text)).toEqual(parts);
});
