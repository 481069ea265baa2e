import { describe, expect, test } from 'vitest';
import { emitYaml } from '../krm/emitter.ts';
import type { JsonObject, Result } from '../krm/result.ts';
import type { Version } from '../spec/version.ts';
import { convertFile } from './convert.ts';

const specs: Readonly<Record<Version, JsonObject>> = {
  v1alpha1: { server: { distribution: { name: 'starter' } } },
  v1alpha2: { distribution: { name: 'starter' } },
};

/** What is said of a CR with one annotation, when it is made one of the other version. */
function resultsOf(version: Version, name: string, value: string): readonly Result[] {
  const metadata = { name: 'a', annotations: { [`llamastack.io/${name}`]: value } };
  const text = emitYaml({
    apiVersion: `llamastack.io/${version}`,
    kind: 'LlamaStackDistribution',
    metadata,
    spec: specs[version],
  });
  const to = version === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1';
  const { results, text: after } = convertFile({ path: 'a.yaml', text }, { to, providersFromEnv: false });
  expect(after).toBe(text);
  return results.filter(({ severity }) => severity === 'error');
}

const remedy = 'Mend it, or remove it and lose what it keeps';

describe('an annotation of a conversion whose value is none of its field is an error', () => {
  test.each<[Version, string, string, string, unknown]>([
    [
      'v1alpha2',
      'v1alpha1-extras',
      '{"containerName":5}',
      '`spec.server.containerSpec.name` what that cannot be: `name` must be at most 63 lower-case letters, digits or "-", with a letter or digit at both ends, not 5.',
      5,
    ],
    [
      'v1alpha2',
      'v1alpha1-extras',
      '{"terminationGracePeriod":"60"}',
      '`spec.server.podOverrides.terminationGracePeriodSeconds` what that cannot be: `terminationGracePeriodSeconds` must be an integer of at least 0, not "60".',
      '60',
    ],
    [
      'v1alpha2',
      'v1alpha1-extras',
      '{"caBundleKeys":"a.crt"}',
      '`spec.server.tlsConfig.caBundle.configMapKeys` what that cannot be: `configMapKeys` must be a list of at least one key, not "a.crt".',
      'a.crt',
    ],
    [
      'v1alpha2',
      'v1alpha1-container-name',
      'My Server',
      '`spec.server.containerSpec.name` what that cannot be: `name` must be at most 63 lower-case letters, digits or "-", with a letter or digit at both ends, not "My Server".',
      'My Server',
    ],
    [
      'v1alpha2',
      'v1alpha1-fields',
      '{"spec.network":{"exposeRoute":true}}',
      '`spec.network` what that cannot be: `spec.network` must be `{}`, since its fields are kept each for itself.',
      undefined,
    ],
    [
      'v1alpha1',
      'v1alpha2-extras',
      '{"providers":{"inference":{"provider":"vllm","endpiont":"http://vllm:8000"}}}',
      '`spec.providers.inference.endpiont` what that cannot be: Unknown field `endpiont` in `inference`. Did you mean `endpoint`?',
      'endpiont',
    ],
    [
      'v1alpha1',
      'v1alpha2-extras',
      '{"disabled":"safety"}',
      '`spec.disabled` what that cannot be: `disabled` must be a list of APIs, such as `[safety, vectorIo]`, not "safety".',
      'safety',
    ],
    [
      'v1alpha1',
      'v1alpha2-extras',
      '{"exposeHostname":true}',
      '`spec.networking.expose.hostname` what that cannot be: `hostname` must be a host name, not an IP address, of at most 253 lower-case letters, digits, "-" or ".", with a letter or digit at both ends of each part, not true.',
      true,
    ],
    [
      'v1alpha1',
      'v1alpha2-fields',
      '{"spec.networking.tls.enabled":"yes"}',
      '`spec.networking.tls.enabled` what that cannot be: `enabled` must be true or false, not "yes".',
      'yes',
    ],
  ])('%s with %s: %s', (version, name, value, message, currentValue) => {
    const results = resultsOf(version, name, value);
    expect(results).toMatchObject([
      {
        message: `The annotation \`llamastack.io/${name}\` keeps for ${message} ${remedy}`,
        field: {
          path: `metadata.annotations["llamastack.io/${name}"]`,
          ...(currentValue !== undefined && { currentValue }),
        },
      },
    ]);
  });

  test('no secret that was written into it is shown', () => {
    const value = '{"providers":{"inference":{"provider":"vllm","apiKey":"written-out"}}}';
    const results = resultsOf('v1alpha1', 'v1alpha2-extras', value);
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain('written-out');
  });

  test.each<[Version, string, string, string]>([
    ['v1alpha2', 'v1alpha1-fields', '{"spec.replicas":5}', 'spec.server.containerSpec, spec.server.podOverrides'],
    [
      'v1alpha1',
      'v1alpha2-extras',
      '{"provider":{}}',
      'providers, resources, storage, disabled, externalProviders, exposeHostname',
    ],
  ])('%s with an unknown key in %s: the keys that there are', (version, name, value, keys) => {
    const [result, ...further] = resultsOf(version, name, value);
    expect(further).toEqual([]);
    expect(result?.message).toContain(`; its keys are ${keys}`);
    expect(result?.field?.currentValue).toBe(Object.keys(JSON.parse(value) as object)[0]);
  });
});
