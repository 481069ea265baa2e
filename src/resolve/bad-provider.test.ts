import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../krm/result.ts';
import { nearest } from '../nearest.ts';
import { knownReleases, releaseFor } from '../releases/index.ts';
import type { ProviderType, Release, Schema } from '../releases/release.ts';
import { renderCr, type Found } from './render-cr.fixture.ts';
import { shortestProvider, typesOf } from './shortest-cr.fixture.ts';

/** The errors of a CR with this one provider, on an image of one's own. */
function errorsOf({ version }: Release, api: string, provider: JsonObject): readonly Found[] {
  return renderCr(version, { providers: { [api]: provider } }).errors;
}

function withSetting(type: ProviderType, name: string, value: Json): JsonObject {
  const provider = shortestProvider(type);
  return { ...provider, settings: { ...(provider.settings as JsonObject), [name]: value } };
}

/** Names that stand for the endpoint or the credential of any type. */
const generic = /^(endpoint|url|base_url|api_base|uri|api_key|api_token|token|apiKey|apiToken|access_token)$/;

/** A slip of the pen, where it still means this field and no other: `max_tokens` → `max_tokes`. */
function misspelt(type: ProviderType): { readonly written: string; readonly meant: string } | undefined {
  const fields = Object.keys(type.fields);
  for (const meant of fields.filter((field) => field.length > 3)) {
    const written = meant.slice(0, -2) + meant.slice(-1);
    if (!generic.test(written) && !fields.includes(written) && nearest(written, fields) === meant)
      return { written, meant };
  }
  return undefined;
}

/** A value of another kind than the schema takes, where there is one. */
function ofWrongType(schema: Schema): Json | undefined {
  const kinds = new Set((schema.anyOf ?? [schema]).flatMap((one) => (one.anyOf ?? [one]).map(({ type }) => type)));
  if (kinds.has(undefined)) return undefined;
  if (!kinds.has('array')) return ['a list'];
  return kinds.has('object') ? undefined : { a: 'mapping' };
}

/** API and type of a release in the words of another. */
function typeAt(other: Release, api: string, type: string): ProviderType | undefined {
  const apiThere = other.apis.includes(api) ? api : (other.renamedApis[api] ?? api);
  return other.providers[apiThere]?.[type] ?? other.providers[apiThere]?.[other.renamedTypes[apiThere]?.[type] ?? ''];
}

const releases = knownReleases().flatMap((version) => releaseFor(version) ?? []);

describe.each(releases.map((release) => [release.version, release] as const))('at %s', (version, release) => {
  const loadable = typesOf(release).filter(({ type }) => type.unloadable === undefined);
  const others = releases.filter((other) => other !== release);

  it('a misspelt setting of every type is an error that proposes the field', () => {
    let tried = 0;
    for (const { api, type } of loadable) {
      const { written, meant } = misspelt(type) ?? {};
      if (written === undefined || type.unknownFields === 'allow') continue;
      tried += 1;
      const [error, ...more] = errorsOf(release, api, withSetting(type, written, 'x'));
      expect(more).toEqual([]);
      expect(error?.field).toMatchObject({ path: `spec.providers.${api}.settings.${written}`, proposedValue: meant });
      expect(error?.message).toContain(`"${type.type}" has no field "${written}" at release ${version}`);
      expect(error?.message).toContain(`did you mean "${meant}"?`);
    }
    expect(tried).toBeGreaterThan(loadable.length / 2);
  });

  it('a type without settings says so', () => {
    const without = loadable.filter(
      ({ type }) => Object.keys(type.fields).length === 0 && type.unknownFields !== 'allow',
    );
    for (const { api, type } of without) {
      const [error] = errorsOf(release, api, withSetting(type, 'depth', 1));
      expect(error?.message).toContain('it takes no settings');
    }
    expect(without.length).toBeGreaterThan(0);
  });

  it('a value of the wrong type of every field is an error at the field, that shows no secret', () => {
    let tried = 0;
    for (const { api, type } of loadable) {
      for (const [name, { schema, secret }] of Object.entries(type.fields)) {
        const value = ofWrongType(schema);
        if (value === undefined || name === type.endpoint?.field || name === type.credential) continue;
        tried += 1;
        const { secretRefs = {}, ...provider } = withSetting(type, name, value);
        const refs = Object.entries(secretRefs as JsonObject).filter(([key]) => key !== name);
        const errors = errorsOf(release, api, { ...provider, secretRefs: Object.fromEntries(refs) });
        const error = errors.find(({ field }) => field?.path === `spec.providers.${api}.settings.${name}`);
        expect(error?.message, `${api} ${type.type} ${name}`).toMatch(/ must be /);
        expect(error?.message).toContain(`\`${name}\``);
        expect(error?.message).toContain(`"${type.type}"`);
        expect(error?.field?.currentValue).toEqual(secret === true ? undefined : value);
      }
    }
    expect(tried).toBeGreaterThan(100);
  });

  it('a required field that is missing is an error that says where to write it', () => {
    let tried = 0;
    for (const { api, type } of loadable) {
      const whole = shortestProvider(type);
      const needed = [...type.required, ...(type.requiredWithoutEndpoint ?? [])];
      for (const field of needed.filter((name) => !(name in type.defaults))) {
        tried += 1;
        const place = field === type.endpoint?.field ? 'endpoint' : field === type.credential ? 'apiKey' : 'settings';
        const less = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== place));
        const inner = (key: 'settings' | 'secretRefs') =>
          Object.fromEntries(Object.entries((whole[key] ?? {}) as JsonObject).filter(([name]) => name !== field));
        const errors = errorsOf(release, api, {
          ...less,
          settings: inner('settings'),
          secretRefs: inner('secretRefs'),
        });
        const error = errors.find(({ message }) => message.includes(`does not start without "${field}"`));
        expect(error?.message, `${api} ${type.type} ${field}`).toContain(`"${type.type}"`);
        expect(error?.message).toMatch(/; add `(endpoint|apiKey|secretRefs|settings)/);
        expect(error?.field?.path).toMatch(new RegExp(`^spec\\.providers\\.${api}\\.${place}(\\.|$)`));
      }
    }
    expect(tried).toBeGreaterThan(5);
  });

  it('a field that only another release has is an error that names one', () => {
    let tried = 0;
    for (const { api, type } of loadable) {
      if (type.unknownFields === 'allow') continue;
      const foreign = new Set(others.flatMap((other) => Object.keys(typeAt(other, api, type.type)?.fields ?? {})));
      for (const name of [...foreign].filter((one) => !(one in type.fields) && !generic.test(one))) {
        tried += 1;
        const [error] = errorsOf(release, api, withSetting(type, name, 'x'));
        const named = /release (\d+\.\d+\.\d+) has it/.exec(error?.message ?? '')?.[1] ?? '';
        expect(error?.field?.path).toBe(`spec.providers.${api}.settings.${name}`);
        expect(typeAt(releaseFor(named)!, api, type.type)?.fields, `${type.type} ${name}`).toHaveProperty(name);
      }
    }
    expect(tried).toBeGreaterThan(3);
  });

  it('a type that only another release has is an error that names it, or what took its place', () => {
    let tried = 0;
    for (const other of others) {
      for (const { api, type } of typesOf(other)) {
        const apiHere = release.apis.includes(api) ? api : (release.renamedApis[api] ?? api);
        const types = release.providers[apiHere];
        if (types === undefined || type.type in types) continue;
        tried += 1;
        const [error] = errorsOf(release, api, { provider: type.type });
        expect(error?.message).toContain(
          `The server ${version} has no provider type "${type.type}" for \`${apiHere}\``,
        );
        const successor = release.renamedTypes[apiHere]?.[type.type];
        if (successor !== undefined) expect(error?.field?.proposedValue).toBe(successor);
        else expect(error?.message, type.type).toMatch(/; release \d+\.\d+(\.\d+)? has it|write `provider: /);
      }
    }
    expect(tried).toBeGreaterThan(5);
  });

  it('a type that it cannot load is an error that names another, or a release that can', () => {
    for (const { api, type } of typesOf(release).filter(({ type }) => type.unloadable !== undefined)) {
      const [error] = errorsOf(release, api, { provider: type.type });
      expect(error?.message).toMatch(/cannot load .*(; release \d+\.\d+\.\d+ can|write `provider: )/);
    }
  });
});
