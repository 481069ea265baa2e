import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCases } from '../../testdata/cases.ts';
import { emitYaml } from '../krm/emitter.ts';
import { resourceListFromFiles } from '../krm/resource-list-from-files.ts';
import { readResourceList, Unreadable } from '../krm/resource-list.ts';
import { isMapping, type Json } from '../krm/result.ts';
import type { Version } from '../spec/version.ts';
import { convertFile } from './convert.ts';

const path = 'stack.yaml';

/** The text after a conversion that must succeed. */
function converted(text: string, to: Version): string {
  const { text: after, results, conversions } = convertFile({ path, text }, { to, providersFromEnv: false });
  expect(results.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(conversions).toHaveLength(1);
  return after;
}

const valueOf = (text: string): Json | undefined => resourceListFromFiles([{ path, text }]).list.items[0]?.value();

function expectRoundTrip(text: string, from: Version): void {
  const to = from === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1';
  const there = converted(text, to);
  const back = converted(there, from);
  expect(valueOf(back)).toEqual(valueOf(text));
  expect(commentsOf(back)).toEqual(commentsOf(text));
}

/** The comments of a text, each once for every time that it is there; where they stand is seen in the examples. */
const commentsOf = (text: string): string[] =>
  [...text.matchAll(/(?:^|[ \t])#(.*)$/gm)].map(([, comment = '']) => comment.trim()).sort();

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });
const text = fc.oneof(
  name,
  fc.constantFrom('yes', '1', '0x1F', 'null', '', 'a: b', '# no comment', "it's", '1e3', '~'),
);
const variable = fc.oneof(
  fc.record({ name, value: text }),
  fc.record({ name, valueFrom: fc.record({ secretKeyRef: fc.record({ name, key: name }) }) }),
);
const distribution = fc.oneof(fc.record({ name }), fc.record({ image: name }));
const resources = some({ limits: some({ cpu: fc.constantFrom<Json>('500m', 2) }), requests: some({ memory: text }) });
const caBundle = some({ configMapName: name, configMapNamespace: name, configMapKeys: fc.array(name) });
const allowedFrom = some({ namespaces: fc.array(fc.oneof(name, fc.constant('*'))), labels: fc.array(name) });
const shared = {
  storage: some({ size: fc.constantFrom('10Gi', '1Ti'), mountPath: name }),
  podDisruptionBudget: some({ minAvailable: fc.oneof<fc.Arbitrary<Json>[]>(fc.nat(), fc.constant('50%')) }),
  topologySpreadConstraints: fc.array(some({ maxSkew: fc.nat(), topologyKey: name })),
  autoscaling: some({ minReplicas: fc.nat(), maxReplicas: fc.nat() }),
};
const container = { resources, env: fc.array(variable), command: fc.array(text), args: fc.array(text) };
const pod = {
  serviceAccountName: name,
  terminationGracePeriodSeconds: fc.nat(),
  volumes: fc.array(fc.record({ name, emptyDir: fc.constant({}) })),
  volumeMounts: fc.array(fc.record({ name, mountPath: name })),
};
const v1alpha1 = fc.record(
  {
    replicas: fc.nat(5),
    server: fc.record(
      {
        distribution,
        containerSpec: some({ name, port: fc.nat(), ...container }),
        workers: fc.nat(),
        userConfig: some({ configMapName: name, configMapNamespace: name }),
        tlsConfig: some({ caBundle }),
        podOverrides: some(pod),
        ...shared,
      },
      { requiredKeys: ['distribution'] },
    ),
    network: some({ exposeRoute: fc.boolean(), allowedFrom }),
  },
  { requiredKeys: ['server'] },
);
const v1alpha2 = fc.record(
  {
    distribution,
    providers: some({
      inference: fc.oneof(fc.record({ provider: text }), fc.array(fc.record({ provider: text, id: name }))),
    }),
    resources: some({ models: fc.array(text), tools: fc.array(name) }),
    storage: some({ kv: some({ type: name }), sql: some({ type: name }) }),
    disabled: fc.array(name),
    networking: some({
      port: fc.nat(),
      tls: some({ enabled: fc.boolean(), secretName: name, caBundle }),
      expose: fc.oneof<fc.Arbitrary<Json>[]>(fc.boolean(), some({ enabled: fc.boolean(), hostname: name })),
      allowedFrom,
    }),
    workload: some({
      replicas: fc.nat(5),
      workers: fc.nat(),
      resources,
      ...shared,
      overrides: some({ ...pod, env: fc.array(variable), command: fc.array(text), args: fc.array(text) }),
    }),
    externalProviders: some({ inference: fc.array(fc.record({ providerId: name, image: name })) }),
  },
  { requiredKeys: ['distribution'] },
);
// `overrideConfig` excludes the sections that an annotation keeps, so that a CR has the one or the others.
const overriding = fc.record({ distribution, overrideConfig: some({ configMapName: name }) });
const metadata = fc.record(
  { name, labels: some({ a: text }), annotations: some({ b: text }) },
  { requiredKeys: ['name'] },
);

test.each([
  ['v1alpha1', v1alpha1],
  ['v1alpha2', fc.oneof({ weight: 9, arbitrary: v1alpha2 }, { weight: 1, arbitrary: overriding })],
] as [Version, fc.Arbitrary<object>][])(
  'any %s CR is the same after a conversion there and back',
  (version, spec) => {
    fc.assert(
      fc.property(metadata, spec, (meta, fields) => {
        const cr = {
          apiVersion: `llamastack.io/${version}`,
          kind: 'LlamaStackDistribution',
          metadata: meta,
          spec: fields,
        };
        expectRoundTrip(emitYaml(JSON.parse(JSON.stringify(cr)) as Json), version);
      }),
      { numRuns: Number(process.env.LLSD_RUNS ?? 1000) },
    );
  },
  600_000,
);

/** The CRs of the cases that can be read, as files of their own. */
function exampleCrs(): { name: string; cr: string; version: Version }[] {
  return readCases().flatMap(({ name: folder, input, expected }) => {
    const list = readResourceList(input.toString());
    if (list instanceof Unreadable || (expected.text ?? '').includes('severity: error')) return [];
    return list.items
      .filter(({ kind, apiVersion }) => kind === 'LlamaStackDistribution' && /^llamastack\.(io|ai)\//.test(apiVersion))
      .map((item) => ({ name: folder, item, value: item.value() }))
      .filter(({ value }) => isMapping(value))
      .map(({ item, value }) => ({
        name: folder,
        cr: emitYaml(value),
        version: item.apiVersion.endsWith('v1alpha1') ? ('v1alpha1' as const) : ('v1alpha2' as const),
      }));
  });
}

test.each(exampleCrs())('the CR of $name is the same after a conversion there and back', ({ cr, version }) => {
  expectRoundTrip(cr, version);
});

const commented = `# above all
apiVersion: llamastack.io/v1alpha1 # the version
kind: LlamaStackDistribution
metadata:
  name: a # the name
spec:
  # above replicas
  replicas: 3 # behind replicas
  server: # behind server
    # above the distribution
    distribution: {name: starter} # behind the distribution
    containerSpec:
      name: own # a name that v1alpha2 has no field for
      # above env
      env:
      # above the first
      - name: A # behind a name
        value: "yes"
    podOverrides: {} # nothing
    # the end of server
  # the end of spec
# the end of all
`;

test('comments stay, each with its field where that is still there', () => {
  expectRoundTrip(commented, 'v1alpha1');
  const there = converted(commented, 'v1alpha2');
  expect(there).toMatch(/# above replicas\n\s+replicas: 3 # behind replicas/);
  expect(there).toMatch(/# above the distribution\n\s+distribution: \{name: starter\} # behind the distribution/);
  expect(there).toMatch(/# above env\n\s+env:\n\s+# above the first\n\s+- name: A # behind a name\n\s+value: "yes"/);
});
