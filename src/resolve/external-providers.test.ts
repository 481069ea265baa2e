import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageOf } from '../package.ts';
import type { JsonObject } from '../krm/result.ts';
import { knownReleases } from '../releases/index.ts';
import { run } from '../run.ts';
import { readProviderSpec } from './external-providers/provider-spec.ts';

const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const noObjects = packageOf([], []);

function providerSpec(spec: object): string {
  return JSON.stringify({ apiVersion: 'llamastack.io/v1alpha1', kind: 'ProviderPackage', spec });
}

const acme = { api: 'inference', providerType: 'remote::acme', packageName: 'acme.llm' };

interface Entry {
  readonly provider_id: string;
  readonly module?: string;
}

/** The results of a CR with external providers of image `i:1`, and the providers of its config.yaml. */
function render(release: string, spec: JsonObject, image: object = acme, options: object = {}) {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: {
      name: 'one',
      annotations: {
        'llamastack.io/distribution': `starter@${release}`,
        'fn.llamastack.io/options': JSON.stringify(options),
      },
    },
    spec: { distribution: { name: 'starter' }, ...spec },
  };
  const content = providerSpec(image);
  const locked = { sha256: sha256hex(content), content };
  const lock = {
    apiVersion: 'fn.llamastack.io/v1alpha1',
    kind: 'DistributionLock',
    metadata: { name: 'lock' },
    spec: {
      schemaVersion: 1,
      images: [{ image: 'docker.io/library/i:1', digest: `sha256:${'0'.repeat(64)}`, providerSpec: locked }],
    },
  };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr, lock] };
  const { out } = run(JSON.stringify(list), { sha256hex });
  const { items, results } = parse(out) as {
    items: { kind: string; data?: Record<string, string> }[];
    results: { severity: string; message: string }[];
  };
  const config = items.find(({ kind }) => kind === 'ConfigMap')?.data?.['config.yaml'];
  const { providers } = parse(config ?? 'providers: {}') as { providers: Record<string, Entry[]> };
  const ids = (api: string): readonly string[] => (providers[api] ?? []).map(({ provider_id }) => provider_id);
  return { providers, ids, results: results.filter(({ severity }) => severity !== 'info') };
}

describe.each(knownReleases())('an external provider at %s', (release) => {
  it.each(['Replace', 'Overlay'])(
    'stands before the base config, of which it replaces none, with %s',
    (providerMerge) => {
      const alone = render(release, {}, acme, { providerMerge });
      const { ids, providers, results } = render(
        release,
        { externalProviders: { inference: [{ providerId: 'acme', image: 'i:1' }] } },
        acme,
        { providerMerge },
      );
      expect(results).toEqual([]);
      expect(ids('inference')).toEqual(['acme', ...alone.ids('inference')]);
      expect(providers.inference?.[0]).toEqual({
        provider_id: 'acme',
        provider_type: 'remote::acme',
        module: 'acme.llm',
        config: {},
      });
    },
  );

  it("stands behind the CR's providers, which replace those of the base config", () => {
    const { ids, results } = render(
      release,
      {
        providers: { vectorIo: { id: 'own', provider: 'qdrant', endpoint: 'http://q:6333' } },
        externalProviders: { vectorIo: [{ providerId: 'acme', image: 'i:1' }] },
      },
      { ...acme, api: 'vector_io' },
    );
    expect(results).toEqual([]);
    expect(ids('vector_io')).toEqual(['own', 'acme']);
  });

  it("takes the CR's place with its id, and the base config's stay replaced", () => {
    const { ids, results } = render(
      release,
      {
        providers: { vectorIo: { id: 'acme', provider: 'qdrant', endpoint: 'http://q:6333' } },
        externalProviders: { vectorIo: [{ providerId: 'acme', image: 'i:1' }] },
      },
      { ...acme, api: 'vector_io' },
    );
    expect(results).toMatchObject([{ severity: 'warning' }]);
    expect(ids('vector_io')).toEqual(['acme']);
  });

  it('takes nothing over from an entry of the base config with its id and type', () => {
    const { providers, results } = render(
      release,
      { externalProviders: { inference: [{ providerId: 'openai', image: 'i:1' }] } },
      { ...acme, providerType: 'remote::openai' },
      { providerMerge: 'Overlay' },
    );
    expect(results).toMatchObject([{ severity: 'warning' }]);
    expect(providers.inference?.[0]).toMatchObject({ provider_id: 'openai', module: 'acme.llm', config: {} });
    expect(providers.inference?.filter(({ provider_id }) => provider_id === 'openai')).toHaveLength(1);
  });
});

it.each([
  ['agents', 'responses', '0.7.1'],
  ['responses', 'agents', '0.6.1'],
])('an image of the API %s may stand under it where the server calls it %s', (written, api, release) => {
  const { ids, results } = render(
    release,
    { externalProviders: { [written]: [{ providerId: 'acme', image: 'i:1' }] } },
    { ...acme, api: written },
  );
  expect(results).toEqual([]);
  expect(ids(api)).toContain('acme');
});

it.each([
  ['api_key', true],
  ['apiKey', true],
  ['token', true],
  ['db_password', true],
  ['clientSecret', true],
  ['aws_access_key_id', true],
  ['max_tokens', false],
  ['tokenizer', false],
  ['key_prefix', false],
])('a value written out as %s warns: %s', (field, warns) => {
  const { results } = render('0.7.1', {
    externalProviders: { inference: [{ providerId: 'acme', image: 'i:1', config: { [field]: 'written-out' } }] },
  });
  expect(results.length > 0).toBe(warns);
  expect(JSON.stringify(results)).not.toContain('written-out');
});

describe('the lls-provider-spec.yaml', () => {
  it('may hold what is not known here', () => {
    const more = { ...acme, wheelPath: '/x', dependencyWheels: [], later: { field: 1 } };
    expect(readProviderSpec(providerSpec(more), noObjects)).toEqual(acme);
  });

  it.each([
    ['packageName', 'acme..llm'],
    ['packageName', 'acme-llm'],
    ['packageName', 'os; import x'],
    ['packageName', 1],
    ['providerType', 'acme'],
    ['providerType', 'remote::'],
    ['providerType', 'other::acme'],
    ['api', 'vectorIo'],
    ['api', null],
  ])('must have another %s than %s', (field, value) => {
    expect(readProviderSpec(providerSpec({ ...acme, [field]: value }), noObjects)).toEqual([
      expect.stringContaining(`\`spec.${field}\` must be`),
    ]);
  });

  it('is read or has faults, whatever it is', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((value) => providerSpec(JSON.parse(value) as object)),
    );
    fc.assert(
      fc.property(text, (content) => {
        const read = readProviderSpec(content, noObjects);
        expect('providerType' in read || read.length > 0).toBe(true);
      }),
    );
  });
});
