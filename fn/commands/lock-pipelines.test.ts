import { beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { TestRegistry } from '../registry/registry.fixture.ts';
import { acmeConfig, emptyPackage, labelsWith, stackOn, type TestPackage } from './lock.fixture.ts';

let registry: TestRegistry;
let pack: TestPackage;

beforeEach(async () => {
  const own = await emptyPackage();
  ({ registry, pack } = own);
  registry.image('0.7.1', labelsWith(acmeConfig));
  return own.remove;
});

const starter = (name = 'my-stack'): string => stackOn('starter', name).replace('image: starter', 'name: starter');
/** The reference of an image of the test's registry, which cases write as `HOST/name:0.7.1`. */
const inFull = (text: string): string => text.replaceAll('HOST', registry.host);
const indented = (text: string, by: string): string => text.trimEnd().replaceAll(/^(?=.)/gm, by);

const options = (image: string): string =>
  `apiVersion: fn.llamastack.io/v1alpha1\nkind: RenderOptions\nmetadata:\n  name: options\nspec:\n  imageOverrides:\n    starter: ${image}\n`;
const configMap = (image: string, program = '/usr/local/bin/llsd'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: options\n  annotations:\n    config.kubernetes.io/local-config: "true"\n    config.kubernetes.io/function: |\n      exec:\n        path: ${program}\ndata:\n  imageOverrides.starter: ${image}\n`;
const kptfile = (pipeline: string): string =>
  `apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: p\npipeline:\n  mutators:\n${pipeline}`;
const kustomization = (rest: string): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${rest}`;

interface Case {
  readonly where: string;
  readonly files: Readonly<Record<string, string>>;
  /** What is locked, besides the registry's host. */
  readonly images: readonly string[];
}

const cases: readonly Case[] = [
  {
    where: 'the options under `configMap` of a Kptfile',
    files: {
      'stack.yaml': starter(),
      Kptfile: kptfile('  - exec: llsd\n    configMap:\n      imageOverrides.starter: HOST/own:0.7.1\n'),
    },
    images: ['HOST/own:0.7.1'],
  },
  {
    where: 'the same, with the function as an image, and another one beside it',
    files: {
      'stack.yaml': starter(),
      Kptfile: kptfile(
        '  - image: example.com/set-labels:1\n    configMap:\n      imageOverrides.starter: HOST/foreign:0.7.1\n  - image: example.com/tools/llsd:1.0.0\n    configMap: {imageOverrides.starter: "HOST/own:0.7.1"}\n',
      ),
    },
    images: ['HOST/own:0.7.1'],
  },
  {
    where: 'a ConfigMap that `configPath` of a Kptfile names',
    files: {
      'stack.yaml': starter(),
      'fn/options.yaml': configMap('HOST/own:0.7.1'),
      Kptfile: kptfile('  - exec: llsd\n    configPath: fn/options.yaml\n'),
    },
    images: ['HOST/own:0.7.1'],
  },
  {
    where: 'RenderOptions that `configPath` of a Kptfile names',
    files: {
      'stack.yaml': starter(),
      'fn/options.yaml': options('HOST/own:0.7.1'),
      Kptfile: kptfile('  - exec: llsd\n    configPath: fn/options.yaml\n'),
    },
    images: ['HOST/own:0.7.1'],
  },
  {
    where: 'a CR under `config` of a Kptfile',
    files: {
      'stack.yaml': stackOn('HOST/file:0.7.1'),
      Kptfile: kptfile(`  - exec: llsd\n    config:\n${indented(stackOn('HOST/inline:0.7.1', 'inline'), '      ')}\n`),
    },
    images: ['HOST/file:0.7.1', 'HOST/inline:0.7.1'],
  },
  {
    where: 'the Kptfile of a package inside the package, which is for that alone',
    files: {
      'stack.yaml': stackOn('HOST/outer:0.7.1'),
      'team/stack.yaml': starter('team'),
      'team/Kptfile': kptfile('  - exec: llsd\n    configMap: {imageOverrides.starter: "HOST/team:0.7.1"}\n'),
    },
    images: ['HOST/outer:0.7.1', 'HOST/team:0.7.1'],
  },
  {
    where: 'a CR in a file that `generators:` names',
    files: {
      'stack.yaml': stackOn('HOST/file:0.7.1'),
      'kustomization.yaml': kustomization('generators:\n- stack.yaml\n'),
    },
    images: ['HOST/file:0.7.1'],
  },
  {
    where: 'CRs that stand inline under `generators:`, with options in their annotation',
    files: {
      'kustomization.yaml': kustomization(
        `generators:\n- |-\n${indented(stackOn('HOST/inline:0.7.1'), '  ')}\n- |-\n${indented(
          starter('two').replace(
            'name: two\n',
            `name: two\n  annotations:\n    fn.llamastack.io/options: '{imageOverrides: {starter: "HOST/annotated:0.7.1"}}'\n`,
          ),
          '  ',
        )}\n`,
      ),
    },
    images: ['HOST/annotated:0.7.1', 'HOST/inline:0.7.1'],
  },
  {
    where: 'options that stand inline under `transformers:`, for what the kustomization brings together',
    files: {
      'base/stack.yaml': starter(),
      'base/kustomization.yaml': kustomization('resources:\n- stack.yaml\n'),
      'prod/kustomization.yaml': kustomization(
        `resources:\n- ../base\ntransformers:\n- |-\n${indented(options('HOST/prod:0.7.1'), '  ')}\n`,
      ),
      'test/kustomization.yaml': kustomization(
        `resources:\n- ../base/\ntransformers:\n- |-\n${indented(configMap('HOST/test:0.7.1', 'llsd'), '  ')}\n`,
      ),
      'other.yaml': stackOn('HOST/other:0.7.1', 'other'),
    },
    images: ['HOST/other:0.7.1', 'HOST/prod:0.7.1', 'HOST/test:0.7.1'],
  },
  {
    where: 'a base and the overlays that patch it, which are no CRs of their own',
    files: {
      'base/stack.yaml': starter(),
      'base/kustomization.yaml': 'resources: [stack.yaml]\n',
      'prod/kustomization.yaml': `resources: [../base]\npatches:\n- path: replicas.yaml\n- path: image.yaml\ntransformers:\n- |-\n${indented(options('HOST/prod:0.7.1'), '  ')}\n`,
      'prod/replicas.yaml': stackOn('', 'my-stack', '  workload: {replicas: 2}\n').replace(
        / {2}distribution:.*\n.*\n/,
        '',
      ),
      'prod/image.yaml': stackOn('HOST/patched:0.7.1').replace('image:', 'name: null\n    image:'),
      'test/kustomization.yaml': `resources: [../base]\npatchesStrategicMerge: [old.yaml]\npatches:\n- patch: |-\n${indented(
        starter(),
        '    ',
      )}\n- patch: "- {op: remove, path: /spec/workload}"\n  target: {kind: LlamaStackDistribution}\ntransformers:\n- |-\n${indented(options('HOST/test:0.7.1'), '  ')}\n`,
      'test/old.yaml': stackOn('HOST/old:0.7.1'),
    },
    images: ['HOST/old:0.7.1', 'HOST/patched:0.7.1', 'HOST/prod:0.7.1', 'HOST/test:0.7.1'],
  },
  {
    where: 'a ConfigMap in a file that `transformers:` names, and not one for another program',
    files: {
      'stack.yaml': starter(),
      'llsd.yaml': configMap('HOST/own:0.7.1'),
      'foreign.yaml': configMap('HOST/foreign:0.7.1', './llsd-labels').replace('name: options', 'name: foreign'),
      'kustomization.yaml': kustomization('resources:\n- stack.yaml\ntransformers:\n- llsd.yaml\n- foreign.yaml\n'),
    },
    images: ['HOST/own:0.7.1'],
  },
];

test.each(cases)('images are found in $where', async ({ files, images }) => {
  for (const [path, text] of Object.entries(files)) pack.write(path, inFull(text));
  const { stderr, status } = await pack.run('lock', '.');
  expect({ stderr: stderr.includes('error'), status }).toEqual({ stderr: false, status: 0 });
  const lock = parse(pack.read()) as { spec: { images: readonly { image: string }[] } };
  expect(lock.spec.images.map(({ image }) => image)).toEqual(images.map(inFull));
  expect(await pack.run('lock', '--check', '.')).toEqual({ stdout: '', stderr: '', status: 0 });
});

test('a folder is the package, and not what lies above it or beside it', async () => {
  pack.write('Kptfile', kptfile('  - exec: llsd\n    configMap: {imageOverrides.starter: "HOST/above:0.7.1"}\n'));
  pack.write(
    'in/Kptfile',
    inFull(kptfile('  - exec: llsd\n    configMap: {imageOverrides.starter: "HOST/in:0.7.1"}\n')),
  );
  pack.write('in/stack.yaml', starter());
  for (const folder of ['in', './in/', '../' + pack.folder.split('/').at(-1)! + '/in', `${pack.folder}/in`])
    expect((await pack.run('lock', folder)).status).toBe(0);
  const lock = parse(pack.read('in/distribution-lock.yaml')) as { spec: { images: readonly { image: string }[] } };
  expect(lock.spec.images.map(({ image }) => image)).toEqual([inFull('HOST/in:0.7.1')]);
});

test('what is wrong with options or a CR that stand inline is told with the file that they stand in', async () => {
  pack.write('stack.yaml', starter());
  pack.write('Kptfile', kptfile('  - exec: llsd\n    configMap: {imageOverrides.starter: "UPPER"}\n'));
  pack.write(
    'kustomization.yaml',
    kustomization(`generators:\n- |-\n${indented(stackOn('HOST/UPPER:1', 'inline', '  replica: 1\n'), '  ')}\n`),
  );
  const { stderr, status } = await pack.run('lock', '.');
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(stderr).toMatch(/^.*Kptfile.*imageOverrides\.starter.*must be an image reference.*$/m);
  expect(stderr).toMatch(/^.*kustomization.yaml.*LlamaStackDistribution\/inline: spec\.distribution\.image: .*$/m);
  expect(stderr).toMatch(/^.*kustomization.yaml.*`replica`.*$/m);
  expect(status).toBe(1);
});
