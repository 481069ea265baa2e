import { spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from '../tools/peers/env.ts';
import { namesOf, objectsIn, outputOf, workbench, type KubernetesObject, type Said } from './pipeline.fixture.ts';

const program = peer('static');
const mode = { name: 'exec static', program: program?.path ?? '' };
const kinds = (objects: readonly KubernetesObject[]): string[] => objects.map(({ kind }) => kind).sort();
const five = ['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount'];

/** What each tool must say of this mistake first: the CR, the field, what is allowed. */
const mistake = (text: string): string => text.replace('provider: vllm', 'provider: vlm');
const complaint =
  /stack\.yaml:\d+: error: LlamaStackDistribution\/(llama\/)?my-stack: spec\.providers\.inference\.provider: .*"?vllm"?/;

describe('Config Sync 5.4.3, hydration step', () => {
  const kustomize = peer('kustomize-5.4.3');
  const it = test.runIf(kustomize && program && process.getuid?.() === 0);
  const bench = workbench(mode);

  /** Runs kustomize as the hydration controller does, in a root that holds nothing else. */
  const hydrate = (root: string): Said =>
    bench.current.run('chroot', [
      '--userspec=65532:65532',
      bench.current.path(root),
      '/usr/local/bin/kustomize',
      ...['build', '/repo/source', '--enable-alpha-plugins', '--enable-exec', '--enable-helm'],
      ...['--load-restrictor=LoadRestrictionsNone', '--output', '/repo/hydrated'],
    ]);
  const makeRoot = (root: string): void => {
    for (const folder of ['usr/local/bin', 'repo/hydrated', 'home/nonroot', 'dev', 'tmp'])
      mkdirSync(bench.current.path(root, folder), { recursive: true });
    chownSync(bench.current.path(root, 'repo/hydrated'), 65532, 65532);
    writeFileSync(bench.current.path(root, 'dev/null'), '');
    copyFileSync(kustomize?.path ?? '', bench.current.path(root, 'usr/local/bin/kustomize'));
    cpSync(bench.current.path('examples/config-sync/hydrated'), bench.current.path(root, 'repo/source'), {
      recursive: true,
    });
    copyFileSync(mode.program, bench.current.path(root, 'repo/source/llsd'));
  };

  it('config-sync: the static executable renders in a root without anything', () => {
    makeRoot('root');
    outputOf(hydrate('root'));
    const folder = bench.current.path('root/repo/hydrated');
    const objects = readdirSync(folder).flatMap((name) => objectsIn(readFileSync(join(folder, name), 'utf8')));
    expect(kinds(objects)).toEqual(five);
  });

  it('config-sync: an error stops the sync with file, line, field and fix', () => {
    makeRoot('failing');
    const file = bench.current.path('failing/repo/source/stack.yaml');
    writeFileSync(file, mistake(readFileSync(file, 'utf8')));
    const { code, err } = hydrate('failing');
    expect(code).not.toBe(0);
    expect(err.split('\n')[0]).toMatch(complaint);
  });

  it('config-sync: what CI renders is plain manifests, and no CR', () => {
    const out = outputOf(bench.current.run('llsd', ['render', 'examples/config-sync/source']));
    expect(kinds(objectsIn(out))).toEqual(five);
  });
});

describe('Argo CD 3.1.9, plugin server', () => {
  const argocd = peer('argocd');
  const it = test.runIf(argocd && program);
  const bench = workbench(mode);
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    if (!argocd || !program) return;
    const at = (name: string): string => bench.current.path(name);
    mkdirSync(at('sockets'));
    mkdirSync(at('work'));
    server = spawn(argocd.path, ['serve', '--config-dir-path', at('examples/argocd')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {
        ...process.env,
        PATH: `${at('bin')}:${process.env.PATH ?? ''}`,
        ARGOCD_PLUGINSOCKFILEPATH: at('sockets'),
        ARGOCD_CMP_WORKDIR: at('work'),
      },
    });
    for (let tries = 0; tries < 300 && !existsSync(at('sockets/llsd.sock')); tries++) await delay(100);
  });
  afterAll(() => {
    server?.stdin?.end();
  });

  const generate = (): Said =>
    bench.current.run(argocd?.path ?? '', [
      'generate',
      bench.current.path('sockets/llsd.sock'),
      bench.current.path('examples/argocd'),
      bench.current.path('examples/argocd/app'),
      'ARGOCD_APP_NAME=demo',
    ]);

  it('argocd: the plugin gives the objects of the CRs of an application', () => {
    const lines = outputOf(generate()).trim().split('\n');
    const objects = lines.map((line) => JSON.parse(line) as KubernetesObject);
    expect(namesOf(objects).length).toBe(5);
    expect(kinds(objects)).toEqual(five);
  });

  it('argocd: an error fails the application, with file, line, field and fix', () => {
    const file = bench.current.path('examples/argocd/app/stack.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, mistake(before));
    const { code, err } = generate();
    writeFileSync(file, before);
    expect(code).toBe(1);
    expect(err).toMatch(complaint);
  });

  it.each(['kustomize-5.8.1', 'kustomize-5.4.3'])(
    'argocd: an error under %s is told with file, line, field and fix',
    (name) => {
      const file = bench.current.path('examples/argocd/kustomize-app/stack.yaml');
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, mistake(before));
      const options = ['build', '--enable-alpha-plugins', '--enable-exec', 'examples/argocd/kustomize-app'];
      const { code, err } = bench.current.run(peer(name)?.path ?? '', options);
      writeFileSync(file, before);
      expect(code).toBe(1);
      expect(err.split('\n')[0]).toMatch(complaint);
    },
  );

  it.each(['kustomize-5.8.1', 'kustomize-5.4.3'])(
    "argocd: %s with Argo CD's build options finds the static executable by its bare name",
    (name) => {
      const options = ['build', '--enable-alpha-plugins', '--enable-exec', 'examples/argocd/kustomize-app'];
      const out = outputOf(bench.current.run(peer(name)?.path ?? '', options));
      expect(kinds(objectsIn(out))).toEqual(five);
    },
  );
});
