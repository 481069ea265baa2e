import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../krm/result.ts';
import { Path } from '../krm/result.ts';
import type { BuiltInDistribution, ProviderType, Release } from './index.ts';
import { builtIn, builtInDistributions, knownReleases, refusals, releaseFor, validateAgainst } from './index.ts';

/** What only one release's types lack. */
type OfRelease = Readonly<Record<string, readonly string[]>>;

const huggingFace = ['inference remote::hf::endpoint', 'inference remote::hf::serverless'];

/** Remote types whose adapter takes no endpoint at a release: its address is fixed, or a name stands in for it. */
const withoutEndpointAt: OfRelease = {
  '0.3.5': ['inference remote::fireworks', 'inference remote::together', ...huggingFace],
  '0.4.5': huggingFace,
  '0.5.2': huggingFace,
  '0.6.1': huggingFace,
};

/** Remote types that take no credential at a release: the pod's own, or a pair of keys. */
const withoutCredentialAt: OfRelease = {
  '0.3.5': ['inference remote::bedrock', 'inference remote::tgi', 'inference remote::vertexai'],
  '0.4.5': ['inference remote::tgi', 'inference remote::vertexai'],
  '0.5.2': ['inference remote::tgi', 'inference remote::vertexai'],
  '0.6.1': ['inference remote::tgi'],
};

/** Remote types that have no endpoint of their own: the vendor has one address, or it is made from a region or an account. */
const withoutEndpoint = [
  'datasetio remote::huggingface',
  'files remote::openai',
  'inference remote::anthropic',
  'inference remote::bedrock',
  'inference remote::gemini',
  'inference remote::oci',
  'inference remote::vertexai',
  'safety remote::bedrock',
  'tool_runtime remote::bing-search',
  'tool_runtime remote::brave-search',
  'tool_runtime remote::tavily-search',
  'tool_runtime remote::wolfram-alpha',
  'vector_io remote::oci',
];

/** Remote types that take no credential, or a pair of keys that only `secretRefs` can give. */
const withoutCredential = [
  'datasetio remote::huggingface',
  'eval remote::nvidia',
  'files remote::s3',
  'inference remote::oci',
  'inference remote::ollama',
  'safety remote::bedrock',
  'safety remote::nvidia',
  'tool_runtime remote::model-context-protocol',
  'vector_io remote::chromadb',
];

function allTypes(release: Release): readonly (readonly [string, ProviderType])[] {
  return Object.entries(release.providers).flatMap(([api, types]) =>
    Object.values(types).map((type) => [`${api} ${type.type}`, type] as const),
  );
}

function validateFields(type: ProviderType, config: JsonObject): readonly string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const field = type.fields[name];
    if (!field) return type.unknownFields === 'allow' ? [] : [`no field "${name}"`];
    return validateAgainst(field.schema, value, Path.root.field(name)).map(
      ({ at, message }) => `${at.toString()} ${message}`,
    );
  });
}

const releases = knownReleases().flatMap((version) => releaseFor(version) ?? []);

describe.each(releases)('release $version', (release) => {
  const remote = allTypes(release).filter(([, { type }]) => type.startsWith('remote::'));

  const listed = (always: readonly string[], atRelease: OfRelease): readonly string[] => {
    const there = new Set(remote.map(([name]) => name));
    return [...always.filter((name) => there.has(name)), ...(atRelease[release.version] ?? [])].sort();
  };

  test('every remote type has an endpoint, or is listed as having none', () => {
    const without = remote.filter(([, { endpoint }]) => !endpoint).map(([name]) => name);
    expect([...without].sort()).toEqual(listed(withoutEndpoint, withoutEndpointAt));
  });

  test('every remote type has a credential, or is listed as having none', () => {
    const without = remote.filter(([, { credential }]) => !credential).map(([name]) => name);
    expect([...without].sort()).toEqual(listed(withoutCredential, withoutCredentialAt));
  });

  test.each(allTypes(release))('%s names only fields that it has', (name, type) => {
    const { endpoint, credential, required, fields } = type;
    expect(name.endsWith(type.type)).toBe(true);
    const { requiredWithoutEndpoint = [] } = type;
    const named = [endpoint?.field, endpoint?.portField, credential, ...required, ...requiredWithoutEndpoint];
    for (const field of named) if (field !== undefined) expect(fields).toHaveProperty([field]);
    if (endpoint?.form !== 'connector') expect(endpoint === undefined || endpoint.field !== undefined).toBe(true);
    expect(endpoint?.form === 'host-port').toBe(endpoint?.portField !== undefined);
  });

  test.each(allTypes(release))('the defaults of %s are values that its fields take', (_name, type) => {
    expect(validateFields(type, type.defaults)).toEqual([]);
  });

  test.each(allTypes(release))('%s marks its credential as a secret, and gives no secret a default', (_name, type) => {
    if (type.credential !== undefined) expect(type.fields[type.credential]?.secret).toBe(true);
    for (const field of Object.values(type.fields)) if (field.secret) expect(field.default).toBeUndefined();
  });

  test('a field whose name says credential is a secret', () => {
    const says = /key|token|password|secret|credential/;
    const open = allTypes(release).flatMap(([name, { fields }]) =>
      Object.entries(fields).flatMap(([field, { secret, schema }]) =>
        says.test(field) && schema.type !== 'null' && !secret ? `${name} ${field}` : [],
      ),
    );
    expect(
      open.filter(
        (name) => !/ (max_tokens|default_chunk_(size|overlap)_tokens|aws_web_identity_token_file)$/.test(name),
      ),
    ).toEqual([]);
  });

  test('types require only APIs of the release', () => {
    for (const [, { requires, optional }] of allTypes(release)) {
      for (const api of [...requires, ...optional]) expect(release.apis).toContain(api);
    }
  });

  test('names of other releases lead to names of this one, and were not this one’s', () => {
    for (const [old, api] of Object.entries(release.renamedApis)) {
      expect(release.apis).toContain(api);
      expect(release.apis).not.toContain(old);
    }
    for (const [api, types] of Object.entries(release.renamedTypes)) {
      for (const [old, type] of Object.entries(types)) {
        expect(release.providers[api]).toHaveProperty([type]);
        expect(release.providers[api]).not.toHaveProperty([old]);
      }
    }
    for (const [api, types] of Object.entries(release.retiredTypes)) {
      for (const type of Object.keys(types)) expect(release.providers[api]).not.toHaveProperty([type]);
    }
  });

  test('tools are served by tool runtime types of the release', () => {
    expect(release.tools).toHaveProperty(['websearch']);
    expect(release.tools).toHaveProperty(['rag']);
    for (const { types } of Object.values(release.tools)) {
      expect(types.length).toBeGreaterThan(0);
      for (const type of types) expect(release.providers.tool_runtime).toHaveProperty([type]);
    }
  });

  test('no schema refers to another by name', () => {
    expect(JSON.stringify(release)).not.toContain('$ref');
  });
});

const distributions = builtInDistributions().flatMap(({ name, release }) => builtIn(name, release) ?? []);

function releaseOf({ release }: BuiltInDistribution): Release {
  const found = releaseFor(release);
  if (!found) throw new Error(`release ${release} is not known`);
  return found;
}

describe.each(distributions)('base config $name $release', (distribution) => {
  const release = releaseOf(distribution);
  const { config } = distribution;

  test('the config model of the release takes it, and drops nothing', () => {
    const tree = JSON.parse(JSON.stringify(config)) as JsonObject;
    expect(
      validateAgainst(release.config, tree, Path.root).map(({ at, message }) => `${at.toString()} ${message}`),
    ).toEqual([]);
  });

  // What is written of it is not checked again (`src/config/server-config.ts`).
  test('the server refuses nothing in it, in its providers neither', () => {
    expect(refusals(config as unknown as JsonObject, release)).toEqual([]);
  });

  test('its providers are types of the release and set only fields that these have', () => {
    for (const [api, entries] of Object.entries(config.providers)) {
      for (const entry of entries) {
        if (entry.module !== undefined) continue; // Known to that module alone.
        const type = release.providers[api]?.[entry.provider_type];
        expect(type, `${api} ${entry.provider_type}`).toBeDefined();
        expect(type && validateFields(type, entry.config ?? {}), entry.provider_type).toEqual([]);
        expect(release.missingPackages[distribution.name]?.[api]?.[entry.provider_type]).toBeUndefined();
      }
    }
  });

  test('it serves every API that it has providers for', () => {
    expect([...(config.apis ?? [])].sort()).toEqual(Object.keys(config.providers).sort());
  });

  test('it refers to every required store, and only to its own backends', () => {
    const { backends = {}, stores = {} } = config.storage ?? {};
    for (const { backend } of Object.values(stores)) expect(Object.keys(backends)).toContain(backend);
    for (const name of Object.keys(stores)) expect(release.stores).toHaveProperty([name]);
  });

  test('every path of its state comes from a variable that the pod sets, or lies where the data volume is mounted', () => {
    const paths = JSON.stringify(config).match(/[^"]*(~|opt)\/[^"]*/g) ?? [];
    for (const path of paths) {
      if (path.startsWith(`~/${release.stateDirectory}/`)) continue;
      const [, variable = '', folder = ''] = /^\$\{env\.([A-Z_]+):=([^}]*)\}/.exec(path) ?? [];
      expect(release.stateVariables, path).toHaveProperty([variable]);
      expect(folder).toContain(`/${release.stateDirectory}/distributions/`);
    }
  });
});
