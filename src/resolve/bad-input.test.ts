import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../krm/result.ts';
import { builtIn, builtInDistributions, knownReleases, releaseFor } from '../releases/index.ts';
import type { Release } from '../releases/release.ts';
import { renderCr } from './render-cr.fixture.ts';

const vllm = { provider: 'vllm', endpoint: 'http://vllm:8000' };
const releases = knownReleases().flatMap((version) => releaseFor(version) ?? []);

/** Every API that a CR can name: those with providers of this release, and the names that other releases have for them. */
function apisOf(release: Release): readonly string[] {
  return [...Object.keys(release.providers), ...Object.keys(release.renamedApis), ...release.otherApis];
}

/** A list of disabled APIs that renders: this one, or the one that the error proposes. */
function working(release: Release, disabled: readonly string[], more: JsonObject = {}): readonly string[] | undefined {
  const { errors } = renderCr(release.version, { ...more, disabled });
  if (errors.length === 0) return disabled;
  const proposed = errors.find(({ field }) => field?.path === 'spec.disabled')?.field?.proposedValue;
  if (!Array.isArray(proposed)) return undefined;
  return renderCr(release.version, { ...more, disabled: proposed }).errors.length === 0 ? proposed : undefined;
}

describe.each(releases.map((release) => [release.version, release] as const))('at %s', (version, release) => {
  it.each(apisOf(release))('%s can be disabled, or the error proposes a list that works and holds it', (api) => {
    expect(working(release, [api])).toContain(api);
  });

  it('every two APIs can be disabled, or the error proposes a list that works and holds both', () => {
    const apis = Object.keys(release.providers);
    for (const [index, one] of apis.entries()) {
      for (const two of apis.slice(index + 1))
        expect(working(release, [one, two])).toEqual(expect.arrayContaining([one, two]));
    }
  });

  it('an API that the server always runs cannot be disabled, and a misspelt one is proposed', () => {
    const of = (api: string) => renderCr(version, { disabled: [api] }).errors[0];
    expect(of(release.internal[0]!)?.message).toMatch(/always runs the API/);
    expect(of('inferense')?.field).toMatchObject({ path: 'spec.disabled[0]', proposedValue: 'inference' });
    expect(of('inferense')?.message).toMatch(/has no API "inferense" \(did you mean "inference"\?\); must be one of/);
  });

  it('resources for a disabled API are errors with both paths', () => {
    const apis = { models: 'inference', tools: 'toolRuntime', shields: 'safety' };
    for (const [kind, api] of Object.entries(apis)) {
      const { errors } = renderCr(version, { disabled: [api], resources: { [kind]: ['websearch'] } });
      const error = errors.find(({ field }) => field?.path === `spec.resources.${kind}[0]`);
      expect(error?.message).toContain('which `spec.disabled[0]` disables; remove one of the two');
    }
  });

  it('a provider of a disabled API is an error with both paths', () => {
    const { errors } = renderCr(version, { disabled: ['inference'], providers: { inference: vllm } });
    expect(errors.map(({ message }) => message).join()).toMatch(/spec\.(disabled\[0\]|providers\.inference)/);
  });

  it('a model on a provider of another API is an error that says which and lists those that can be named', () => {
    const spec = { providers: { inference: vllm, safety: { id: 'guard', provider: 'llama-guard' } } };
    const { errors } = renderCr(version, { ...spec, resources: { models: [{ name: 'm', provider: 'guard' }] } });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.field?.path).toBe('spec.resources.models[0].provider');
    expect(errors[0]?.message).toMatch(/which is a provider of `safety`; must be one of: vllm/);
  });

  it('a shield without a model that judges is a warning that shows how to name one', () => {
    const spec = { providers: { inference: vllm }, resources: { models: ['llama3'], shields: ['llama-guard'] } };
    const { results, errors } = renderCr(version, spec);
    expect(errors).toEqual([]);
    const warning = results.find(({ field }) => field?.path === 'spec.resources.shields[0]');
    expect(warning?.severity).toBe('warning');
    expect(warning?.message).toContain('`{name: llama-guard, model: <name of a model in resources.models>}`');
  });

  it('two models with one providerModelId are an error where the server knows models by it', () => {
    const twice = ['a', 'b'].map((name) => ({ name, providerModelId: 'meta/llama' }));
    const { errors } = renderCr(version, { providers: { inference: vllm }, resources: { models: twice } });
    if (release.modelIdentifier === 'model_id') expect(errors).toEqual([]);
    else
      expect(errors[0]?.message).toMatch(
        /calls this model "vllm\/meta\/llama", as it does `spec.resources.models\[0\]`/,
      );
  });

  it('a model without a provider on a base with several names the candidates', () => {
    const { errors } = renderCr(version, { resources: { models: ['m'] } });
    expect(errors[0]?.message).toMatch(
      /add `spec.providers.inference`, or name one of the base config's in `provider`: /,
    );
  });

  it('an API that no release knows is proposed by its near name', () => {
    const { errors } = renderCr(version, { providers: { inferenze: vllm } });
    expect(errors[0]?.field).toMatchObject({ path: 'spec.providers.inferenze', proposedValue: 'inference' });
  });
});

describe('an image whose release is not known is an error with the ways out', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  it.each([
    ['registry.example/distribution-starter:latest', /cannot be told from its tag.*llamastack.io\/distribution/],
    ['registry.example/distribution-starter', /cannot be told from its tag.*spec.overrideConfig/],
    [`registry.example/distribution-starter@${digest}`, /cannot be told from its tag.*"starter@0.7.1"/],
    ['registry.example/distribution-starter:main-2026', /cannot be told from its tag/],
    ['registry.example/distribution-starter:0.2.23', /"0.2.23" of .* is not known; known releases: 0.3.5, .*0.8.0/],
    ['registry.example/distribution-starter:0.9.0', /"0.9.0" of .* is not known/],
    ['registry.example/stack:0.7.1', /No base config is known for the image .*llsd lock.*spec.overrideConfig/],
  ])('%s', (image, message) => {
    const { errors } = renderCr('', { distribution: { image } });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(message);
  });

  it('a distribution that is not known lists those that are', () => {
    const { errors } = renderCr('', { distribution: { name: 'startr' } });
    expect(errors[0]?.message).toMatch(/^Unknown distribution "startr". Available distributions: /);
    expect(errors[0]?.field?.proposedValue).toBe('starter');
  });
});

it('the base configs that are built in are of a version that is supported', () => {
  for (const { name, release } of builtInDistributions()) expect(builtIn(name, release)?.config.version).toBe(2);
});
