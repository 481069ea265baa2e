import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildContainer } from './container.ts';
import { buildInitContainers } from './init-containers.ts';
import { plainConfig, resolved, withExternals, type Given } from './resolved.fixture.ts';
import { buildVolumes } from './volumes.ts';

/** The server's container and the first init container of a CR with one external provider. */
function containersOf(given: Given = {}) {
  const cr = resolved({ ...given, resolved: withExternals('acme') });
  const [install] = buildInitContainers(cr);
  return { server: buildContainer(cr, plainConfig), install };
}

test('each external provider has one, in the order of the CR, and a CR without any has none', () => {
  const ids = ['b', 'a', 'C.1'];
  expect(buildInitContainers(resolved({ resolved: withExternals(...ids) })).map(({ name }) => name)).toEqual([
    'install-provider-b',
    'install-provider-a',
    'install-provider-c-1',
  ]);
  expect(buildInitContainers(resolved())).toEqual([]);
});

test('the name is one that a container can have, whatever the id', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9][-A-Za-z0-9._]{0,127}$/), (id) => {
      const [install] = buildInitContainers(resolved({ resolved: withExternals(id) }));
      expect(install?.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      expect(install?.command?.[2]).toMatch(/ --target \/opt\/llama-stack\/external-providers\/[-a-z0-9]+ /);
    }),
  );
});

test.each(['restricted', 'baseline'] as const)(
  'it has the security context of the server in %s pods',
  (podSecurity) => {
    const { server, install } = containersOf({ options: { podSecurity } });
    expect(install?.securityContext).toEqual(server.securityContext);
  },
);

describe('it asks for no more than the server', () => {
  test.each([
    ['nothing', {}, { requests: { cpu: '1', memory: '1Gi' } }],
    ['workers', { workers: 2 }, { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '2', memory: '1Gi' } }],
    ['a device alone', { resources: { limits: { 'nvidia.com/gpu': '1' } } }, { requests: { cpu: '1', memory: '1Gi' } }],
  ])('with %s in the CR', (_, workload, expected) => {
    expect(containersOf({ workload }).install?.resources).toEqual(expected);
  });
});

test('it writes where the server only reads, to an emptyDir of at most 2Gi', () => {
  const { server, install } = containersOf();
  const mounts = [install, server].map((one) => one?.volumeMounts?.find(({ name }) => name === 'external-providers'));
  const mountPath = '/opt/llama-stack/external-providers';
  expect(mounts).toEqual([
    { name: 'external-providers', mountPath },
    { name: 'external-providers', mountPath, readOnly: true },
  ]);
  expect(buildVolumes(resolved({ resolved: withExternals('acme') }), plainConfig)).toContainEqual({
    name: 'external-providers',
    emptyDir: { sizeLimit: '2Gi' },
  });
});
