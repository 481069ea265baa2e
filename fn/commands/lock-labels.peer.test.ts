import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { peer } from '../../tools/peers/env.ts';
import { sha256, tar, TestRegistry } from '../registry/registry.fixture.ts';
import { TestPackage } from './lock.fixture.ts';

const python = peer('server-0.7.1')?.path;

/** The config.yaml that the released server has for its starter distribution, as its image does. */
function shipped(): string {
  const find =
    "import llama_stack, os; print(os.path.dirname(llama_stack.__file__) + '/distributions/starter/config.yaml')";
  return readFileSync(execFileSync(python ?? '', ['-c', find], { encoding: 'utf8' }).trim(), 'utf8');
}

/** CRs whose configs come to differ from the base in other ways. */
const specs = {
  plain: '',
  providers: '  providers:\n    inference:\n      provider: vllm\n      endpoint: http://vllm:8000\n',
  resources: '  resources:\n    models:\n    - name: m\n      provider: openai\n  disabled: [batches]\n',
};

/** Variables that conditional providers of the base wait for. */
const environment = { VLLM_URL: 'http://vllm:8000/v1', OPENAI_API_KEY: 'made-up', MILVUS_URL: '/tmp/milvus.db' };

interface Loaded {
  readonly ok: boolean;
  readonly errors: readonly string[];
  readonly config: Record<string, unknown> | null;
}

/** What the server's own loader makes of config.yaml files. */
function load(configs: readonly string[]): readonly Loaded[] {
  const input = configs
    .map((config, id) => `${JSON.stringify({ id: String(id), config, env: environment })}\n`)
    .join('');
  const { stdout } = spawnSync(python ?? '', ['tools/peers/load-config.py'], { input, encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Loaded);
}

function configIn(manifests: string): string {
  const objects = parseAllDocuments(manifests).map((document) => document.toJS() as Record<string, unknown>);
  const map = objects.find(({ kind }) => kind === 'ConfigMap') as { data: Record<string, string> };
  return map.data['config.yaml']!;
}

describe.runIf(python)('the image of the starter distribution with each form of labels', () => {
  const pack = new TestPackage();
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await new TestRegistry().listen();
  });

  afterAll(() => {
    registry.close();
    pack.remove();
  });

  const stack = (distribution: string, spec: string): string =>
    `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: my-stack\nspec:\n  distribution:\n    ${distribution}\n${spec}`;
  const config = python === undefined ? '' : shipped();
  const base64 = Buffer.from(config).toString('base64');
  const layer = tar({ path: 'app/config.yaml', content: config });
  const release = { 'org.opencontainers.image.version': '0.7.1' };
  const forms: readonly (readonly [form: string, labels: Record<string, string>])[] = [
    ['io.llamastack.config.base64', { 'io.llamastack.config.base64': base64 }],
    [
      'io.llamastack.config.layer and .path',
      { 'io.llamastack.config.layer': sha256(layer), 'io.llamastack.config.path': '/app/config.yaml' },
    ],
    ['io.llamastack.config.path', { 'io.llamastack.config.path': '/app/config.yaml' }],
    ['those of OGX', { 'com.ogx.distribution.default-config': 'config.yaml', 'com.ogx.config.config.yaml': base64 }],
  ];

  async function render(): Promise<string> {
    const { stdout, stderr, status } = await pack.run('render', '.');
    expect({ status, errors: stderr.includes('error:') }).toEqual({ status: 0, errors: false });
    return configIn(stdout);
  }

  test.each(forms)(
    '%s: the real server 0.7.1 loads the same as from the config that is built in',
    async (_, labels) => {
      registry.image('0.7.1', { ...labels, ...release }, [layer]);
      const configs: string[] = [];
      for (const spec of Object.values(specs)) {
        pack.write('distribution-lock.yaml', '');
        pack.write('stack.yaml', stack('name: starter', spec));
        configs.push(await render());
        pack.write('stack.yaml', stack(`image: ${registry.host}/acme/distribution-starter:0.7.1`, spec));
        expect((await pack.run('lock', '.')).status).toBe(0);
        expect(pack.read()).toContain('baseConfig:');
        configs.push(await render());
      }
      const loaded = load(configs).map(({ ok, errors, config }) => ({ ok, errors, config }));
      for (let index = 0; index < configs.length; index += 2) {
        expect(loaded[index]).toMatchObject({ ok: true, errors: [] });
        expect(Object.keys(loaded[index]?.config?.providers ?? {}).length).toBeGreaterThan(5);
        expect(loaded[index + 1]).toEqual(loaded[index]);
      }
    },
  );
});
