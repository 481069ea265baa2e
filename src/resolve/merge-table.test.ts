import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildConfigYaml } from '../config/server-config.ts';
import { Report, type Json, type JsonObject } from '../krm/result.ts';
import { builtIn, knownReleases, releaseFor, type BaseConfig, type Release } from '../releases/index.ts';
import { readRenderOptions } from '../spec/render-options.ts';
import { readStack } from '../spec/stack.ts';
import { resolveConfig } from './config.ts';
import type { Package } from './references.ts';
import { mergeTable, type MergeMode, type MergeRule } from './merge-table.ts';

const releases = knownReleases().flatMap((version) => releaseFor(version) ?? []);
const page = readFileSync('docs/merge.md', 'utf8');

/** The releases whose config has a key: `0.5–0.8`. */
function releasesOf(key: string): string {
  const having = releases.filter(({ config }) => Object.hasOwn(config.properties ?? {}, key)).map(({ minor }) => minor);
  const [first = 'none'] = having;
  return having.length < 2 ? first : `${first}–${having.at(-1) ?? ''}`;
}

function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = page.slice(page.indexOf(heading)).split(/\n## /)[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/merge.md', () => {
  it('has a row for each key of the table, in its order, and nothing else', () => {
    const expected = Object.entries(mergeTable).map(([key, { Replace, Overlay }]) => [
      `\`${key}\``,
      releasesOf(key),
      Replace,
      Overlay,
    ]);
    expect(rowsOf('## The table')).toEqual(expected);
  });

  it('says of each rule what it means', () => {
    const rules = new Set(Object.values(mergeTable).flatMap(({ Replace, Overlay }) => [Replace, Overlay]));
    expect(rowsOf('## The rules').map(([rule]) => rule)).toEqual([...rules]);
  });
});

it.each(releases.map((release) => [release.version, release] as const))(
  'every key of the config of %s is in the table',
  (_, { config }) => {
    expect(Object.keys(mergeTable)).toEqual(expect.arrayContaining(Object.keys(config.properties ?? {})));
  },
);

/** A base config with every key that a release's config has, each recognisable. */
function fullBase(release: Release): BaseConfig {
  const { config } = builtIn('starter', release.version)!;
  return {
    ...config,
    container_image: 'base/image',
    logging: { category_levels: { core: 'info' } },
    external_providers_dir: '/base/providers',
    external_apis_dir: '/base/apis',
    telemetry: { enabled: false },
    server: { port: 9999, cors: true },
    connectors: [
      { connector_id: 'base', url: 'http://base/sse' },
      { connector_id: 'mcp', url: 'http://base-mcp/sse' },
    ],
  };
}

const mcp = { id: 'mcp', provider: 'model-context-protocol', endpoint: 'http://mcp:8000/sse' };
const spec = {
  distribution: { name: 'starter' },
  providers: {
    inference: {
      id: 'openai',
      provider: 'openai',
      apiKey: { name: 'openai', key: 'key' },
      settings: { refresh_models: true },
    },
    vectorIo: { id: 'store', provider: 'qdrant', endpoint: 'http://qdrant:6333' },
    toolRuntime: [mcp, { id: 'search', provider: 'brave-search' }],
    telemetry: { provider: 'opentelemetry', endpoint: 'http://collector:4318' },
  },
  resources: { models: ['gpt', 'llama-guard'], shields: ['content'] },
  storage: { sql: { type: 'postgres', host: 'pg', user: 'u' } },
  networking: { port: 8400 },
};

const noPackage: Package = {
  locked: [],
  keysOf: () => undefined,
  configMap: () => undefined,
  parse: () => ({ value: null }),
};

/** The config.yaml of that CR on that base. */
function merged(release: Release, base: BaseConfig, mode: MergeMode): JsonObject {
  const report = new Report();
  const cr = { apiVersion: 'llamastack.io/v1alpha2', kind: 'LlamaStackDistribution', metadata: { name: 'one' }, spec };
  const stack = readStack(cr, report)!;
  const options = { ...readRenderOptions([], report), providerMerge: mode };
  const distribution = { name: 'starter', release: release.version, image: 'i' };
  const config = resolveConfig(stack, options, { distribution, release }, base, noPackage, report);
  expect(report.results.filter(({ severity }) => severity === 'error')).toEqual([]);
  return buildConfigYaml({ stack, options, release, distribution, config }, config);
}

interface Merged {
  readonly key: string;
  readonly base: Json;
  readonly value: Json;
  readonly whole: JsonObject;
  readonly release: Release;
}

const get = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, step) => (inner as Record<string, Json> | undefined)?.[step], value);

const ids = (value: Json | undefined, key: string): readonly Json[] =>
  ((value ?? []) as readonly JsonObject[]).map((entry) => entry[key] ?? null);

/** What each rule does, shown on the CR and the base above. */
const shown: Readonly<Record<MergeRule, (merged: Merged) => void>> = {
  base: ({ base, value }) => {
    expect(value).toEqual(base);
  },
  written: ({ key, value }) => {
    expect(value).toBe(key === 'version' ? 2 : 'starter');
  },
  'with the providers': ({ base, value, whole }) => {
    const served = Object.keys(whole.providers as JsonObject);
    expect(value).toEqual([...new Set([...(base as readonly string[]), ...served])].sort());
  },
  'by API': ({ base, value, release }) => {
    expect(ids(get(value, 'vector_io'), 'provider_id')).toEqual(['store']);
    expect(ids(get(value, 'inference'), 'provider_id')[0]).toBe('openai');
    expect(ids(get(value, 'inference'), 'provider_id')).toContain('sentence-transformers');
    expect(JSON.stringify(get(value, 'inference'))).not.toContain('anthropic');
    expect(get(value, 'inference', 0, 'config', 'base_url')).toBeUndefined();
    expect(get(value, 'files')).toMatchObject(get(base, 'files') as JsonObject);
    expect(release.providers.files).toBeDefined();
  },
  'by id, laid over': ({ value }) => {
    expect(ids(get(value, 'vector_io'), 'provider_id')).toEqual(expect.arrayContaining(['store', 'faiss']));
    expect(ids(get(value, 'inference'), 'provider_id').filter((id) => id === 'openai')).toHaveLength(1);
    expect(get(value, 'inference', 0, 'config')).toMatchObject({ refresh_models: true });
    expect(get(value, 'inference', 0, 'config', 'base_url')).toMatch(/OPENAI_BASE_URL/);
    expect(JSON.stringify(get(value, 'inference'))).toContain('anthropic');
  },
  'by kind': ({ base, value }) => {
    expect(get(value, 'backends', 'kv_default')).toEqual(get(base, 'backends', 'kv_default'));
    expect(get(value, 'backends', 'sql_default')).toMatchObject({ type: 'sql_postgres' });
    expect(get(value, 'stores')).toEqual(get(base, 'stores'));
  },
  'by id, with its provider': ({ value, whole, release }) => {
    expect(ids(get(value, 'models'), 'model_id').slice(0, 2)).toEqual(['gpt', 'llama-guard']);
    expect(ids(get(value, 'shields'), 'shield_id')[0]).toBe('content');
    if (release.toolGroups !== 'registered') return;
    const search = (get(value, 'tool_groups') as readonly JsonObject[]).find(
      ({ toolgroup_id }) => toolgroup_id === 'builtin::websearch',
    );
    const own = ids(get(whole, 'providers', 'tool_runtime'), 'provider_id');
    expect(own).toContain(search?.provider_id);
  },
  'CR over base': ({ key, value }) => {
    if (key === 'server') expect(value).toEqual({ port: 8400, cors: true });
    else expect(value).toEqual({ enabled: true });
  },
  'defaults follow': ({ key, value }) => {
    if (key === 'safety') expect(value).toEqual({ default_shield_id: 'content' });
    else expect(get(value, 'default_provider_id')).toBe('store');
  },
  'by id': ({ value, release }) => {
    if (release.toolGroups === 'registered') return;
    expect(value).toEqual([
      { connector_id: 'mcp', url: 'http://mcp:8000/sse' },
      { connector_id: 'base', url: 'http://base/sse' },
    ]);
  },
};

describe.each(releases.map((release) => [release.version, release] as const))('at %s', (_, release) => {
  it.each(['Replace', 'Overlay'] as const)('a CR is merged by the table with %s', (mode) => {
    const base = fullBase(release);
    const whole = merged(release, base, mode);
    const keys = Object.keys(release.config.properties ?? {});
    const named = keys.filter((key) => !key.endsWith('_name') || release.nameFields.includes(key));
    for (const key of named) {
      const rule = mergeTable[key]![mode];
      shown[rule]({ key, base: base[key] as Json, value: whole[key] as Json, whole, release });
    }
    expect(named.length).toBeGreaterThan(10);
  });
});
