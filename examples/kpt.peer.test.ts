import { cpSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { peer } from '../tools/peers/env.ts';
import {
  modes,
  objectsIn,
  only,
  outputOf,
  valuesOf,
  workbench,
  type KubernetesObject,
  type Said,
} from './pipeline.fixture.ts';

const ofStack = (name: string): string[] => [
  `configmap_${name}-config.yaml`,
  `deployment_${name}.yaml`,
  `networkpolicy_${name}-network-policy.yaml`,
  `service_${name}-service.yaml`,
  `serviceaccount_${name}-sa.yaml`,
];

describe.each(modes.map((mode) => ({ mode })))('kpt 1.0.0-beta.56, $mode.name', ({ mode }) => {
  const kpt = peer('kpt');
  const it = test.runIf(kpt);
  const asRoot = test.runIf(kpt && (process.getuid?.() === 0 || process.env.CI));
  const bench = workbench(mode);
  let count = 0;
  let folder = '';

  beforeAll(() => {
    symlinkSync(join(import.meta.dirname, 'set.fixture.mjs'), bench.current.path('bin/set'));
  });
  beforeEach(() => {
    folder = `packages/${String(count++)}`;
  });

  /** A copy of an example in a repository of its own, committed. */
  const take = (example: string): void => {
    cpSync(bench.current.path('examples', example), bench.current.path(folder), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    commit();
  };
  const git = (...args: string[]): string =>
    outputOf(
      bench.current.run('git', ['-c', 'user.name=llsd', '-c', 'user.email=llsd@example.com', ...args], { cwd: folder }),
    );
  const commit = (): void => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'State');
  };
  const run = (...args: string[]): Said => bench.current.run('kpt', args, { cwd: folder });
  const render = (...args: string[]): Said => run('fn', 'render', '--allow-exec', ...args);
  /** Renders, commits, and gives what was said. */
  const rendered = (): string => {
    const said = render();
    outputOf(said);
    commit();
    return said.err;
  };
  const file = (name: string): string => bench.current.path(folder, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  const edit = (name: string, from: string | RegExp, to: string): void => {
    const text = read(name);
    expect(text).toMatch(from);
    writeFileSync(file(name), text.replace(from, to));
  };
  const changes = (): string[] => {
    git('add', '--all');
    return git('status', '--porcelain')
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  };
  const files = (inside = ''): string[] =>
    readdirSync(file(inside))
      .filter((name) => name.includes('_'))
      .sort();
  const objects = (inside = ''): readonly KubernetesObject[] =>
    files(inside).flatMap((name) => objectsIn(read(join(inside, name))));

  it('kpt: a second render changes nothing, its files beside the CR', () => {
    take('kpt');
    rendered();
    expect(files()).toEqual(ofStack('my-stack'));
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt-nested: the objects of a subpackage land in it, with the options of both packages', () => {
    take('kpt-nested');
    rendered();
    expect(files()).toEqual(ofStack('my-stack'));
    expect(files('team-b')).toEqual(
      [...ofStack('b-stack'), 'ingress_b-stack-ingress.yaml', 'persistentvolumeclaim_b-stack-pvc.yaml'].sort(),
    );
    expect(only(objects('team-b'), 'Ingress').spec).toMatchObject({
      ingressClassName: 'nginx',
      rules: [{ host: 'b-stack-team-b.team-b.example.com' }],
    });
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt-nested: with llsd in the Kptfile of both packages too, a second render changes nothing', () => {
    take('kpt-nested');
    writeFileSync(file('team-b/Kptfile'), `${read('team-b/Kptfile')}pipeline:\n  mutators:\n    - exec: llsd\n`);
    rendered();
    expect(only(objects('team-b'), 'Ingress').spec).toMatchObject({ ingressClassName: 'nginx' });
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt: fn eval, and fn source | llsd | fn sink, give what fn render gives', () => {
    take('kpt');
    cpSync(file('.'), bench.current.path(`${folder}-eval`), { recursive: true });
    rendered();
    outputOf(bench.current.run('kpt', ['fn', 'eval', `${folder}-eval`, '--exec', 'llsd']));
    outputOf(
      bench.current.run('bash', [
        '-o',
        'pipefail',
        '-c',
        `kpt fn source ${folder} | llsd | kpt fn sink ${folder}-sunk`,
      ]),
    );
    for (const other of ['eval', 'sunk'])
      expect(outputOf(bench.current.run('diff', ['-r', '-x', '.git', folder, `${folder}-${other}`]))).toBe('');
  });

  it('kpt: options in the Kptfile and on the command line of fn eval', () => {
    take('kpt');
    edit('Kptfile', '- exec: llsd', '- exec: llsd\n      configMap:\n        networkPolicy: "Off"');
    rendered();
    expect(files()).not.toContain('networkpolicy_my-stack-network-policy.yaml');
    outputOf(run('fn', 'eval', '--exec', 'llsd', '--', 'networkPolicy=On', 'podSecurity=baseline'));
    expect(files()).toContain('networkpolicy_my-stack-network-policy.yaml');
  });

  it('kpt: the results directory holds all results, of a render that fails too', () => {
    take('kpt');
    edit('stack.yaml', 'provider: vllm', 'provider: vlm');
    expect(render('--results-dir', 'results').code).toBe(1);
    const [list] = objectsIn(read('results/results.yaml'));
    expect(list).toMatchObject({
      kind: 'FunctionResultList',
      exitCode: 1,
      items: [
        {
          exitCode: 1,
          results: [
            {
              severity: 'error',
              field: { path: 'spec.providers.inference.provider', currentValue: 'vlm', proposedValue: 'vllm' },
              file: { path: 'stack.yaml' },
            },
          ],
        },
      ],
    });
    expect(changes().filter((change) => change.includes('_'))).toEqual([]);
  });

  it('kpt: the first line of a failed render names the CR, the field and the fix, and stderr file and line', () => {
    take('kpt');
    edit('stack.yaml', 'provider: vllm', 'provider: vlm');
    const { code, err } = render();
    expect(code).toBe(1);
    const said = err.slice(err.indexOf('Results:')).split('\n');
    expect(said[1]).toMatch(
      /\[error\] .*LlamaStackDistribution\/my-stack spec\.providers\.inference\.provider: .*vllm/,
    );
    expect(err.slice(err.indexOf('Stderr:'))).toContain('"stack.yaml:10: error: LlamaStackDistribution/my-stack: ');
  });

  it("kpt-nested: the line is that of the file in the CR's own package, wherever kpt runs", () => {
    take('kpt-nested');
    edit('team-b/stack.yaml', 'spec:\n', 'spec:\n  replica: 2\n');
    const failed = [render(), bench.current.run('kpt', ['fn', 'render', '--allow-exec', folder])];
    for (const { code, err } of failed) {
      expect(code).toBe(1);
      expect(err).toContain('"stack.yaml:7: error: LlamaStackDistribution/team-b/b-stack: spec.replica: ');
    }
  });

  it('kpt: what another function has changed before is told without a line', () => {
    take('kpt');
    edit('Kptfile', '    - exec: llsd\n', '    - exec: sed s/llama3.2-8b/5/\n    - exec: llsd\n');
    const { code, err } = render();
    expect(code).toBe(1);
    expect(err).toMatch(/"error: LlamaStackDistribution\/my-stack: spec\.resources\.models\[0\]: .* \(stack\.yaml\)"/);
  });

  it('kpt: a neighbour that is no YAML, or an object with a name to be generated, stops it, and nothing is written', () => {
    take('kpt');
    writeFileSync(file('broken.yaml'), 'a: [\n');
    expect(render().code).toBe(1);
    rmSync(file('broken.yaml'));
    writeFileSync(file('theirs.yaml'), 'apiVersion: v1\nkind: Service\nmetadata:\n  name: my-stack-service\n');
    const { code, err } = render();
    expect(code).toBe(1);
    expect(err).toContain('Service "my-stack-service" to be generated has the name of an object in theirs.yaml');
    expect(changes()).toEqual(['A  theirs.yaml']);
  });

  asRoot(
    'kpt: where files cannot be written none that is there changes, the file is named, and the next render mends it',
    () => {
      take('kpt');
      for (const writable of [[], [folder]]) {
        const { code, err } = bench.current.runAsNobody('kpt', ['fn', 'render', '--allow-exec'], {
          cwd: folder,
          writable,
        });
        expect(code).toBe(1);
        expect(err).toMatch(
          /failed to save resources: open .*\/(Kptfile|[a-z]+_my-stack.*\.yaml|stack\.yaml): permission denied/,
        );
        // kpt saves file after file, in no order: new files of a folder that can be written to may be there already.
        expect(changes().filter((change) => writable.length === 0 || !change.startsWith('A '))).toEqual([]);
      }
      outputOf(render());
      expect(files()).toEqual(ofStack('my-stack'));
      commit();
      outputOf(render());
      expect(changes()).toEqual([]);
    },
  );

  it('kpt: files with Windows line ends render as others do', () => {
    take('kpt');
    writeFileSync(file('stack.yaml'), read('stack.yaml').replaceAll('\n', '\r\n'));
    rendered();
    expect(files()).toEqual(ofStack('my-stack'));
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt: comments, labels and another place stay; an edited field is lost with a warning', () => {
    take('kpt');
    rendered();
    const service = 'service_my-stack-service.yaml';
    edit(service, 'spec:', '# asked for by the network team\nspec:');
    edit(service, '  labels:', '  labels:\n    team: blue');
    renameSync(file('deployment_my-stack.yaml'), file('server.yaml'));
    commit();
    outputOf(render());
    expect(changes()).toEqual([]);
    edit('server.yaml', 'replicas: 1', 'replicas: 3');
    edit('stack.yaml', 'models: [llama3.2-8b]', 'models: [llama3.2-8b, qwen3-4b]');
    const { err } = render();
    expect(err).toContain('`spec.replicas` (set `spec.workload.replicas`)');
    expect(read('server.yaml')).toContain('replicas: 1');
    expect(read(service)).toContain('# asked for by the network team');
    expect(read(service)).toContain('team: blue');
  });

  it('kpt: a changed CR keeps the ConfigMap that the pods run on, and only that one', () => {
    take('kpt');
    rendered();
    const names = [valuesOf(valuesOf(objects(), 'configMap'), 'name')[0]];
    for (const model of ['qwen3-4b', 'phi-4']) {
      edit('stack.yaml', /models: .*/, `models: [${model}]`);
      rendered();
      expect(objectsIn(read('configmap_my-stack-config-previous.yaml'))[0]?.metadata.name).toBe(names.at(-1));
      names.push(valuesOf(valuesOf(objects(), 'configMap'), 'name')[0]);
      expect(files()).toEqual([...ofStack('my-stack'), 'configmap_my-stack-config-previous.yaml'].sort());
    }
    expect(new Set(names).size).toBe(3);
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt: a changed option keeps it as well', () => {
    take('kpt');
    rendered();
    edit('Kptfile', '- exec: llsd', '- exec: llsd\n      configMap:\n        providerMerge: Overlay');
    rendered();
    expect(files()).toContain('configmap_my-stack-config-previous.yaml');
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt-nested: a renamed CR renames its objects, a removed one takes them along, but for what holds data', () => {
    take('kpt-nested');
    rendered();
    edit('stack.yaml', 'name: my-stack', 'name: our-stack');
    rmSync(file('team-b/stack.yaml'));
    const said = rendered();
    expect(files()).toEqual(ofStack('our-stack'));
    expect(files('team-b')).toEqual(['persistentvolumeclaim_b-stack-pvc.yaml']);
    expect(said).toContain('[info]');
    outputOf(render());
    expect(changes()).toEqual([]);
  });

  it('kpt: selectors and exclude are errors', () => {
    take('kpt');
    rendered();
    for (const narrowing of ['selectors', 'exclude']) {
      edit('Kptfile', '- exec: llsd', `- exec: llsd\n      ${narrowing}:\n        - kind: Service`);
      const { code, err } = render();
      expect(code).toBe(1);
      expect(err).toContain('`selectors` and `exclude` hide from the function what it generated before');
      git('checkout', '--quiet', 'Kptfile');
      expect(changes()).toEqual([]);
    }
  });

  it.each([
    ['before', ['set namespace team-a', 'llsd']],
    ['behind', ['llsd', 'set namespace team-a', 'set label team blue']],
    ['on both sides', ['set namespace team-a', 'llsd', 'set label team blue']],
  ])('kpt: with functions that set namespace or labels %s it, a second render changes nothing', (_, pipeline) => {
    take('kpt');
    edit('Kptfile', '    - exec: llsd\n', pipeline.map((exec) => `    - exec: ${exec}\n`).join(''));
    rendered();
    expect(files()).toEqual(ofStack('my-stack'));
    expect(new Set(objects().map(({ metadata }) => metadata.namespace))).toEqual(new Set(['team-a']));
    const labelled = pipeline.at(-1) !== 'llsd';
    expect(new Set(objects().map(({ metadata }) => metadata.labels?.team))).toEqual(
      new Set([labelled ? 'blue' : undefined]),
    );
    const { err } = render();
    expect(err).not.toMatch(/\[(warning|error)\]/);
    expect(changes()).toEqual([]);
    edit('stack.yaml', 'llama3.2-8b', 'phi-4');
    expect(rendered()).not.toMatch(/\[(warning|error)\]/);
    expect(files()).toEqual([...ofStack('my-stack'), 'configmap_my-stack-config-previous.yaml'].sort());
  });

  it("kpt: pkg update merges upstream's change of a CR with a local one, and a render follows", () => {
    take('kpt');
    git('tag', 'v1');
    edit('stack.yaml', 'models: [llama3.2-8b]', 'models: [qwen3-4b]');
    commit();
    git('tag', 'v2');
    const upstream = file('.git');
    folder = `${folder}-local`;
    outputOf(bench.current.run('kpt', ['pkg', 'get', `file://${upstream}/@v1`, folder]));
    edit('stack.yaml', 'endpoint: http://vllm:8000', 'endpoint: http://ours:8000');
    git('init', '--quiet');
    rendered();
    outputOf(run('pkg', 'update', '.@v2'));
    rendered();
    const config = read('configmap_my-stack-config.yaml');
    expect(config).toContain('qwen3-4b');
    expect(config).toContain('http://ours:8000');
    expect(files()).toEqual([...ofStack('my-stack'), 'configmap_my-stack-config-previous.yaml'].sort());
    outputOf(render());
    expect(changes()).toEqual([]);
  });
});
