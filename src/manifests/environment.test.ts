import { expect, test } from 'vitest';
import { buildEnvironment } from './environment.ts';
import { anywhere, plainConfig, resolved, startedConfig, type Given, withExternals } from './resolved.fixture.ts';

const defaults = [
  { name: 'RUN_CONFIG_PATH', value: '/etc/llama-stack/config.yaml' },
  { name: 'LLAMA_STACK_PORT', value: '8321' },
  { name: 'HOME', value: '/tmp' },
  { name: 'LLAMA_STACK_CONFIG_DIR', value: '/.llama' },
  { name: 'FILES_STORAGE_DIR', value: '/.llama/distributions/starter/files' },
  { name: 'SQLITE_STORE_DIR', value: '/.llama/distributions/starter' },
  { name: 'HF_HOME', value: '/.llama' },
  { name: 'XDG_CACHE_HOME', value: '/.llama/.cache' },
];

function valueOf(name: string, given: Given, config = plainConfig) {
  return buildEnvironment(resolved(given), config).find((variable) => variable.name === name)?.value;
}

test('state, files, caches and port are told to the server', () => {
  expect(buildEnvironment(resolved(), plainConfig)).toStrictEqual(defaults);
});

test("the order is ours, the config's, the user's", () => {
  const env = [
    { name: 'A', value: '$(PGHOST)' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ];
  expect(buildEnvironment(resolved({ overrides: { env } }), startedConfig)).toStrictEqual([
    ...defaults,
    { name: 'PYTHONPATH', value: '/etc/llama-stack-start' },
    { name: 'LLSD_VLLM_API_KEY', valueFrom: { secretKeyRef: { name: 'vllm', key: 'token' } } },
    { name: 'PGHOST', value: 'db.example' },
    ...env,
  ]);
});

test('mount path, port and distribution are those of the CR, variables those of the release', () => {
  const given: Given = {
    networking: { port: 9000 },
    workload: { storage: { size: '1Gi', mountPath: '/data', at: anywhere } },
    release: { variables: { port: 'OGX_PORT', configDir: 'OGX_CONFIG_DIR' }, stateDirectory: '.ogx' },
    resolved: { distribution: { name: 'postgres-demo', release: '0.8.0', image: 'x' } },
  };
  expect(buildEnvironment(resolved(given), plainConfig)).toStrictEqual([
    { name: 'RUN_CONFIG_PATH', value: '/etc/llama-stack/config.yaml' },
    { name: 'OGX_PORT', value: '9000' },
    { name: 'HOME', value: '/tmp' },
    { name: 'OGX_CONFIG_DIR', value: '/data' },
    { name: 'FILES_STORAGE_DIR', value: '/data/distributions/postgres-demo/files' },
    { name: 'SQLITE_STORE_DIR', value: '/data/distributions/postgres-demo' },
    { name: 'HF_HOME', value: '/data' },
    { name: 'XDG_CACHE_HOME', value: '/data/.cache' },
  ]);
});

test("without a ConfigMap the image's own config runs", () => {
  expect(valueOf('RUN_CONFIG_PATH', {}, { data: {}, variables: [] })).toBeUndefined();
  const overrideConfig = { configMapName: 'mine', at: anywhere };
  expect(valueOf('RUN_CONFIG_PATH', { stack: { overrideConfig } }, { data: {}, variables: [] })).toBe(
    '/etc/llama-stack/config.yaml',
  );
});

test.each([
  ['the start program joins it', startedConfig, 'LLSD_CA_BUNDLE', 'SSL_CERT_FILE'],
  ['without one it is all there is', plainConfig, 'SSL_CERT_FILE', 'LLSD_CA_BUNDLE'],
])('a CA bundle is named by a variable: %s', (_, config, name, other) => {
  const given = { resolved: { caBundle: { configMapName: 'corporate', key: 'ca.pem', generated: false } } };
  expect(valueOf(name, given, config)).toBe('/etc/ssl/certs/ca-bundle/ca-bundle.crt');
  expect(valueOf(other, given, config)).toBeUndefined();
  expect(valueOf(name, {}, config)).toBeUndefined();
});

test("the user's value of a default is at the user's place, where it may refer to the variables before it", () => {
  const env = [
    { name: 'CACHE', value: '/models' },
    { name: 'HF_HOME', value: '$(CACHE)/hf' },
  ];
  expect(buildEnvironment(resolved({ overrides: { env } }), plainConfig)).toStrictEqual([
    ...defaults.filter(({ name }) => name !== 'HF_HOME'),
    ...env,
  ]);
});

test.each([
  ['a value', { value: '/mine:/more' }, [{ name: 'PYTHONPATH', value: '/etc/llama-stack-start:/mine:/more' }]],
  ['an empty value', { value: '' }, [{ name: 'PYTHONPATH', value: '/etc/llama-stack-start' }]],
  ['nothing', {}, [{ name: 'PYTHONPATH', value: '/etc/llama-stack-start' }]],
  [
    'a reference',
    { valueFrom: { configMapKeyRef: { name: 'paths', key: 'python' } } },
    [
      { name: 'LLSD_USER_PYTHONPATH', valueFrom: { configMapKeyRef: { name: 'paths', key: 'python' } } },
      { name: 'PYTHONPATH', value: '/etc/llama-stack-start:$(LLSD_USER_PYTHONPATH)' },
    ],
  ],
])("the user's PYTHONPATH of %s stays behind the start program's", (_, given, expected) => {
  const env = [{ name: 'PYTHONPATH', ...given }];
  const variables = buildEnvironment(resolved({ overrides: { env } }), startedConfig);
  expect(variables.filter(({ name }) => name.endsWith('PYTHONPATH'))).toStrictEqual(expected);
});

test("the packages of external providers are behind the start program, in the CR's order, and before the user's", () => {
  const given = {
    overrides: { env: [{ name: 'PYTHONPATH', value: '/mine' }] },
    resolved: withExternals('b', 'Acme.LLM'),
  };
  const [start, b, acme, mine, ...more] = (valueOf('PYTHONPATH', given, startedConfig) ?? '').split(':');
  expect([start, mine, more]).toEqual(['/etc/llama-stack-start', '/mine', []]);
  expect([b, acme]).toEqual(['b', 'acme-llm'].map((name) => `/opt/llama-stack/external-providers/${name}`));
});

test("without a start program the user's PYTHONPATH is as written", () => {
  expect(valueOf('PYTHONPATH', { overrides: { env: [{ name: 'PYTHONPATH', value: '/mine' }] } })).toBe('/mine');
});

/** What kubelet makes of a written value when no variable that it refers to is set. */
function expandAsKubelet(value: string): string {
  return value.replace(/\$(\$|\([^)]*\))/g, (whole, next: string) => (next === '$' ? '$' : whole));
}

test.each(['plain', 'a$b', '$', '$$', 'a$$b', '$$$', 'p$(HOME)', '$$(HOME)', '$(', '$$$(x)$'])(
  'the literal %s of the config reaches the server as it is',
  (value) => {
    const [variable] = buildEnvironment(resolved(), { ...plainConfig, variables: [{ name: 'X', value }] }).slice(-1);
    expect(expandAsKubelet(variable?.value ?? '')).toBe(value);
    expect(variable?.value).not.toMatch(/(^|[^$])(\$\$)*\$\(/);
  },
);
