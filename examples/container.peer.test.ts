import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from '../tools/peers/env.ts';
import {
  buildImage,
  canRunImage,
  containerRuntime,
  runPodman,
  type ContainerRuntime,
} from '../tools/image/container-image.ts';
import { outputOf, workbench, type Said, type Workbench } from './pipeline.fixture.ts';

const executable = { name: 'exec static', program: peer('static')?.path ?? '' };
const image = `localhost/llsd-examples-${String(process.pid)}`;

/** What must stand in every call of the runtime: the network is off, and the user is nobody. */
const confined = /^run --rm -i .*--network none --user nobody --security-opt=no-new-privileges /;

/** Lets every file below a folder that runs the program run the image instead. */
function contain(folder: string): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    const contained = text
      .replaceAll(/exec:\n( +)path: .*/g, `container:\n$1image: ${image}`)
      .replaceAll('- exec: llsd\n', `- image: ${image}\n`);
    if (contained !== text) writeFileSync(path, contained);
  }
}

/** A copy of the examples where the program is the image, beside the one where it is a program. */
function withImage(): { readonly bench: Workbench; readonly runtime: ContainerRuntime } {
  const bench = workbench(executable);
  let runtime: ContainerRuntime | undefined;
  beforeAll(() => {
    if (!canRunImage) return;
    runtime = containerRuntime(bench.current.path('bin'));
    cpSync(bench.current.path('examples'), bench.current.path('contained'), { recursive: true });
    contain(bench.current.path('contained'));
  });
  return {
    get bench() {
      return bench.current;
    },
    get runtime() {
      if (!runtime) throw new Error('There is a runtime only while tests run');
      return runtime;
    },
  };
}

const mistake = (bench: Workbench, file: string): void => {
  for (const folder of ['examples', 'contained']) {
    const path = bench.path(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('provider: vllm', 'provider: vlm'));
  }
};

beforeAll(() => {
  if (canRunImage) buildImage(image);
});
afterAll(() => {
  if (canRunImage) runPodman(['rmi', '--force', image]);
});

const kustomizations = [
  'kustomize-generator',
  'kustomize-transformer/base',
  'kustomize-transformer/overlay',
  'kustomize-overlays/team-a',
  'kustomize-overlays/team-b',
  'kustomize-environments/dev',
  'kustomize-environments/prod',
  'kustomize-environments/both',
  'kustomize-generator-overlays/prod',
  'kustomize-openshift/overlay',
  'kustomize-options',
];

describe.each(['5.8.1', '5.4.3'])('kustomize %s, container', (version) => {
  const kustomize = peer(`kustomize-${version}`);
  const it = test.runIf(kustomize && canRunImage);
  const place = withImage();
  const build = (folder: string, kustomization: string, ...flags: string[]): Said =>
    place.bench.run(kustomize?.path ?? '', ['build', '--enable-alpha-plugins', ...flags, kustomization], {
      cwd: folder,
      env: place.runtime.env,
    });

  it.each(kustomizations.map((path) => [path.split('/')[0], path] as const))(
    '%s: %s gives byte for byte what the program gives, without network, as nobody',
    (_, kustomization) => {
      const before = place.runtime.calls().length;
      const contained = outputOf(build('contained', kustomization));
      expect(contained).toBe(outputOf(build('examples', kustomization, '--enable-exec')));
      const calls = place.runtime.calls().slice(before);
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.filter((call) => !confined.test(call.replaceAll(/-a STD\w+ /g, '')))).toEqual([]);
    },
  );

  it('kustomize-generator: an error says what the program says', () => {
    mistake(place.bench, 'kustomize-generator/stack.yaml');
    const contained = build('contained', 'kustomize-generator');
    const executed = build('examples', 'kustomize-generator', '--enable-exec');
    expect([contained.code, contained.out]).toEqual([1, '']);
    // A container has not got the folder, and with it the line.
    expect(`stack.yaml:14: ${contained.err.split('\n')[0] ?? ''}`).toBe(executed.err.split('\n')[0]);
    expect(contained.err).toMatch(/^error: LlamaStackDistribution\/my-stack: spec\.providers\.inference\.provider: /);
  });
});

describe('kpt 1.0.0-beta.56, container', () => {
  const it = test.runIf(peer('kpt') && canRunImage);
  const place = withImage();
  const render = (folder: string, example: string, ...args: string[]): Said =>
    place.bench.run('kpt', ['fn', 'render', ...args], { cwd: join(folder, example), env: place.runtime.env });
  const differences = (example: string): string =>
    outputOf(place.bench.run('diff', ['-r', '-x', 'Kptfile', join('examples', example), join('contained', example)]));

  it.each(['kpt', 'kpt-nested'])(
    '%s: a package holds byte for byte what the program makes of it, without network, as nobody',
    (example) => {
      const before = place.runtime.calls().length;
      outputOf(render('examples', example, '--allow-exec'));
      expect(readdirSync(place.bench.path('contained', example))).not.toContain('deployment_my-stack.yaml');
      outputOf(render('contained', example));
      expect(differences(example)).toBe('');
      expect(readdirSync(place.bench.path('contained', example))).toContain('deployment_my-stack.yaml');
      const calls = place.runtime.calls().slice(before);
      expect(calls).toHaveLength(1);
      expect(calls.filter((call) => !confined.test(call))).toEqual([]);
    },
  );

  it('kpt: a second render changes nothing', () => {
    outputOf(place.bench.run('cp', ['-r', 'contained/kpt', 'contained/before']));
    outputOf(render('contained', 'kpt'));
    expect(outputOf(place.bench.run('diff', ['-r', 'contained/before', 'contained/kpt']))).toBe('');
  });

  it('kpt: fn eval gives what fn render gives', () => {
    outputOf(place.bench.run('rm', ['-r', 'contained/kpt']));
    outputOf(place.bench.run('cp', ['-r', 'examples/kpt', 'contained/kpt']));
    outputOf(place.bench.run('sh', ['-c', 'rm contained/kpt/*_*']));
    outputOf(place.bench.run('kpt', ['fn', 'eval', 'contained/kpt', '--image', image], { env: place.runtime.env }));
    expect(differences('kpt')).toBe('');
  });

  it('kpt: fn doc shows how the function is used', () => {
    const said = place.bench.run('kpt', ['fn', 'doc', '--image', image], { env: place.runtime.env });
    expect(outputOf(said)).toBe(`${outputOf(place.bench.run('llsd', ['--help']))}\n`);
  });

  it('kpt: an error says what the program says', () => {
    mistake(place.bench, 'kpt-nested/stack.yaml');
    const results = ({ code, err }: Said): [number | null, string | undefined] => [
      code,
      /Results:\n *(.*)\n/.exec(err)?.[1],
    ];
    const contained = results(render('contained', 'kpt-nested'));
    expect(contained).toEqual(results(render('examples', 'kpt-nested', '--allow-exec')));
    expect(contained).toEqual([1, expect.stringContaining('spec.providers.inference.provider')]);
  });
});
