import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sha256, tar, type TestRegistry } from '../registry/registry.fixture.ts';
import {
  acmeConfig,
  emptyPackage,
  labelsWith,
  providerLayer,
  providerSpec,
  stackOn,
  type TestPackage,
} from './lock.fixture.ts';

let registry: TestRegistry;
let pack: TestPackage;

beforeEach(async () => {
  const own = await emptyPackage();
  ({ registry, pack } = own);
  return own.remove;
});

const image = (name: string): string => `${registry.host}/acme/${name}`;
/** As text that starts with a digit is written. */
const quoted = (text: string): string => (/^\d/.test(text) ? `"${text}"` : text);
interface Lock {
  readonly spec: { readonly images: readonly { readonly image: string; readonly digest: string }[] };
}
const locked = (): Lock['spec']['images'] => (parse(pack.read()) as Lock).spec.images;
const lockedImages = (): string[] => locked().map((entry) => entry.image);
const digests = (): string[] => locked().map(({ digest }) => digest);

test('the lock holds digest, release and config of an image, and nothing that differs from run to run', async () => {
  const { digest } = registry.image('stable', labelsWith(acmeConfig));
  pack.write('stack.yaml', stackOn(image('llama:stable')));
  const { stdout, stderr, status } = await pack.run('lock', '.');
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  expect(stderr).toBe(
    `distribution-lock.yaml: 1 image\n  + ${image('llama:stable')} ${digest} (its config.yaml, release 0.7.1)\n`,
  );
  const text = pack.read();
  expect(text).toBe(`# What \`llsd lock\` found in the registries. Run it again instead of editing this.
apiVersion: fn.llamastack.io/v1alpha1
kind: DistributionLock
metadata:
  name: distribution-lock
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  schemaVersion: 1
  images:
  - image: "${image('llama:stable')}"
    digest: ${digest}
    release: "0.7.1"
    baseConfig:
      sha256: ${quoted(sha256(acmeConfig).slice(7))}
      content: |
${acmeConfig.replace(/^/gm, '        ').trimEnd()}
`);
  const { mtimeMs } = statSync(join(pack.folder, 'distribution-lock.yaml'));
  const again = await pack.run('lock', '.');
  expect(again.stderr).toBe('distribution-lock.yaml: 1 image, nothing has changed\n');
  expect(statSync(join(pack.folder, 'distribution-lock.yaml')).mtimeMs).toBe(mtimeMs);
  expect(pack.read()).toBe(text);
  expect(readdirSync(pack.folder).sort()).toEqual(['distribution-lock.yaml', 'stack.yaml']);
});

test('a render with the lock asks no registry, and runs the image by its digest', async () => {
  const { digest } = registry.image('stable', labelsWith(acmeConfig));
  pack.write('stack.yaml', stackOn(image('llama:stable')));
  await pack.run('lock', '.');
  const pinned = image(`llama@${digest}`);
  registry.close();
  const { stdout, stderr, status } = await pack.run('render', '.');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toContain(`image: "${pinned}"\n`);
  expect(stdout).toContain('base_url: http://acme:8000/v1');
});

test('the images are those of CRs of both versions, of options, of annotations, of flags and of external providers', async () => {
  registry.image('1', labelsWith(acmeConfig));
  registry.image('provider', {}, [providerLayer]);
  pack.write('b/one.yaml', stackOn(image('from-cr:1')));
  pack.write(
    'b/two.yaml',
    stackOn(
      image('from-cr:1'),
      'two',
      `  externalProviders:\n    inference:\n    - providerId: acme\n      image: ${image('p:provider')}\n`,
    ),
  );
  pack.write(
    'a.yaml',
    `apiVersion: llamastack.io/v1alpha1\nkind: LlamaStackDistribution\nmetadata:\n  name: old\nspec:\n  server:\n    distribution:\n      image: ${image('old:1')}\n`,
  );
  const named = (name: string, cr: string, annotation = ''): string =>
    `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: ${cr}\n${annotation}spec:\n  distribution:\n    name: ${name}\n`;
  pack.write('c.yaml', named('starter', 'c'));
  pack.write('d.yaml', named('starter-gpu', 'd'));
  pack.write(
    'e.yaml',
    named(
      'starter',
      'e',
      `  annotations:\n    fn.llamastack.io/options: '{imageOverrides: {starter: "${image('from-annotation:1')}"}}'\n`,
    ),
  );
  pack.write(
    'options.yaml',
    `apiVersion: fn.llamastack.io/v1alpha1\nkind: RenderOptions\nmetadata:\n  name: o\nspec:\n  imageOverrides:\n    starter: ${image('from-options:1')}\n`,
  );
  const { stderr, status } = await pack.run('lock', '.', '--image-overrides', `starter-gpu=${image('from-flag:1')}`);
  expect({ stderr: stderr.includes('error'), status }).toEqual({ stderr: false, status: 0 });
  expect(lockedImages()).toEqual(
    ['from-annotation:1', 'from-cr:1', 'from-flag:1', 'from-options:1', 'old:1', 'p:provider'].map(image),
  );
  expect(pack.read()).toContain(
    `    providerSpec:\n      sha256: ${quoted(sha256(providerSpec).slice(7))}\n      content: |\n        packageName: acme\n`,
  );
});

test('a distribution that is built in is looked up where it is published, from the mirror that is set for that', async () => {
  const { digest } = registry.image('0.7.1', {});
  pack.write('stack.yaml', stackOn('starter').replace('image: starter', 'name: starter'));
  const { status } = await pack.run('lock', '.', '--registry-mirrors', `docker.io=${registry.host}/hub`);
  expect(status).toBe(0);
  expect(lockedImages()).toEqual(['docker.io/llamastack/distribution-starter:0.7.1']);
  expect(digests()).toEqual([digest]);
  expect(registry.requests[0]).toBe('GET /v2/hub/llamastack/distribution-starter/manifests/0.7.1');
});

test('images by digest and without a tag are locked as they are written in full', async () => {
  const { digest } = registry.image('latest', labelsWith(acmeConfig));
  pack.write('a.yaml', stackOn(image('a'), 'a'));
  pack.write('b.yaml', stackOn(`${image('b')}@${digest}`, 'b'));
  expect((await pack.run('lock', '.')).status).toBe(0);
  expect(lockedImages()).toEqual([image('a:latest'), `${image('b')}@${digest}`]);
});

test('a blob that several images share is fetched once, and not again by a later run', async () => {
  const shared = tar({ path: 'config.yaml', content: acmeConfig });
  const labels = { 'io.llamastack.config.path': 'config.yaml', 'io.llamastack.config.layer': sha256(shared) };
  for (let index = 0; index < 12; index++) {
    registry.image(`${index % 4}`, { ...labels, index: String(index % 2) }, [shared]);
    pack.write(`${index}.yaml`, stackOn(image(`name-${index}:${index % 4}`), `stack-${index}`));
  }
  const { stderr, status } = await pack.run('lock', '.');
  expect(status).toBe(0);
  const told = [...stderr.matchAll(/^ {2}\+ (\S+)/gm)].map(([, name]) => name);
  expect(told).toEqual(lockedImages());
  const blobs = registry.requests.filter((request) => request.includes('/blobs/')).map((one) => one.split('/').at(-1));
  expect(blobs).toHaveLength(3);
  expect(new Set(blobs).size).toBe(3);
  const text = pack.read();
  registry.requests.length = 0;
  await pack.run('lock', '.');
  expect(registry.requests.filter((request) => request.includes('/blobs/'))).toHaveLength(1);
  expect(pack.read()).toBe(text);
});

describe('the place of the lock', () => {
  const lockNamed = (name: string): string =>
    `apiVersion: fn.llamastack.io/v1alpha1\nkind: DistributionLock\nmetadata:\n  name: ${name}\n  labels:\n    a: b\nspec:\n  schemaVersion: 1\n  images: []\n`;

  beforeEach(() => {
    registry.image('1', {});
  });

  test('of a file it is beside it, and is found there again', async () => {
    pack.write('in/stack.yaml', stackOn(image('a:1')));
    expect((await pack.run('lock', 'in/stack.yaml')).stderr).toMatch(/^in\/distribution-lock.yaml: 1 image$/m);
    expect((await pack.run('lock', 'in/stack.yaml')).stderr).toContain('nothing has changed');
    expect((await pack.run('lock', '--check', 'in/stack.yaml')).status).toBe(0);
  });

  test('is where the lock is already; its name and labels stay, and what else is in the file', async () => {
    const stack = stackOn(image('a:1'));
    pack.write(
      'all.yaml',
      `${stack}---\n${lockNamed('mine')}---\n# another\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: c\n`,
    );
    expect((await pack.run('lock', '.')).status).toBe(0);
    const text = pack.read('all.yaml');
    expect(text.startsWith(`${stack}---\n# What`)).toBe(true);
    expect(text).toContain('name: mine\n  labels:\n    a: b\n  annotations:');
    expect(text.endsWith('---\n# another\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: c\n')).toBe(true);
    expect(readdirSync(pack.folder)).toEqual(['all.yaml']);
    expect((await pack.run('lock', '.')).stderr).toContain('nothing has changed');
  });

  test('is told where a kustomization does not list it', async () => {
    pack.write('stack.yaml', stackOn(image('a:1')));
    pack.write(
      'kustomization.yaml',
      'kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nmetadata:\n  name: k\nresources:\n- stack.yaml\n',
    );
    expect((await pack.run('lock', '.')).stderr).toContain(
      '  kustomization.yaml does not list it: add distribution-lock.yaml to its `resources`\n',
    );
  });

  test('must be one', async () => {
    pack.write('stack.yaml', stackOn(image('a:1')));
    pack.write('a/lock.yaml', lockNamed('a'));
    pack.write('b/lock.yaml', lockNamed('b'));
    const { stderr, status } = await pack.run('lock', '.');
    expect(stderr).toMatch(/^b\/lock.yaml:1: error: .*two locks, in "a\/lock.yaml" and "b\/lock.yaml": remove one/);
    expect(status).toBe(1);
  });
});

describe('--check', () => {
  beforeEach(async () => {
    registry.image('1', labelsWith(acmeConfig));
    registry.image('2', labelsWith(acmeConfig));
    pack.write('a.yaml', stackOn(image('a:1'), 'a'));
    pack.write('b.yaml', stackOn(image('b:2'), 'b'));
    await pack.run('lock', '.');
    registry.requests.length = 0;
  });

  test('is silent while all is as it was, and asks for no more than digests', async () => {
    expect(await pack.run('lock', '--check', '.')).toEqual({ stdout: '', stderr: '', status: 0 });
    expect(registry.requests.sort()).toEqual(['HEAD /v2/acme/a/manifests/1', 'HEAD /v2/acme/b/manifests/2']);
  });

  test('lists tags that have moved, images that are not locked, and what no CR needs; and writes nothing', async () => {
    const text = pack.read();
    const [, before] = digests();
    const { digest } = registry.image('2', labelsWith(`${acmeConfig}# new\n`));
    pack.write('a.yaml', stackOn(image('c:1'), 'a'));
    const { stdout, stderr, status } = await pack.run('lock', '--check', '.');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^distribution-lock.yaml:\\d+: error: DistributionLock/distribution-lock: spec.images\\[1\\].digest: The image "${image('b:2')}" has moved: it was ${before!}, and is now ${digest}; run \`llsd lock --update ${image('b:2')}\`$`,
        ),
      ),
      `a.yaml:7: error: LlamaStackDistribution/a: spec.distribution.image: The image "${image('c:1')}" is not in the lock; run \`llsd lock\``,
      expect.stringMatching(
        /^distribution-lock.yaml:\d+: warning: .*No CR needs the image ".*a:1" any more; run `llsd lock`$/,
      ),
      '',
    ]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(pack.read()).toBe(text);
  });

  test('lists images of which the lock has no provider spec', async () => {
    pack.write(
      'a.yaml',
      stackOn(
        image('b:2'),
        'a',
        `  externalProviders:\n    inference:\n    - providerId: acme\n      image: ${image('a:1')}\n`,
      ),
    );
    const { stderr, status } = await pack.run('lock', '--check', '.');
    expect(stderr).toContain(
      `spec.externalProviders.inference[0].image: The image "${image('a:1')}" is not in the lock`,
    );
    expect(status).toBe(1);
  });
});

describe('--update', () => {
  test.each([
    ['the reference', () => image('b:2')],
    ['the distribution', () => 'starter'],
  ])('looks up what is named by %s and what is not locked; the others stay', async (_, name) => {
    registry.image('1', labelsWith(acmeConfig));
    registry.image('2', labelsWith(acmeConfig));
    pack.write('a.yaml', stackOn(image('a:1'), 'a'));
    pack.write('b.yaml', stackOn('x', 'b').replace('image: x', 'name: starter'));
    pack.write(
      'options.yaml',
      `apiVersion: fn.llamastack.io/v1alpha1\nkind: RenderOptions\nmetadata:\n  name: o\nspec:\n  imageOverrides:\n    starter: ${image('b:2')}\n`,
    );
    await pack.run('lock', '.');
    const [a] = digests();
    registry.image('1', labelsWith(`${acmeConfig}# new\n`));
    const { digest } = registry.image('2', labelsWith(`${acmeConfig}# new\n`));
    const { digest: third } = registry.image('3', {});
    pack.write('c.yaml', stackOn(image('c:3'), 'c', '  overrideConfig:\n    configMapName: c\n'));
    const { status } = await pack.run('lock', '.', '--update', name());
    expect(status).toBe(0);
    expect(digests()).toEqual([a, digest, third]);
  });
});

test('--platform locks to the image of one platform, and later runs keep it until another is named', async () => {
  const arm = registry.image('arm', labelsWith(acmeConfig));
  const amd = registry.image('amd', labelsWith(`${acmeConfig}# amd\n`));
  const index = registry.manifest(
    '1',
    {
      schemaVersion: 2,
      manifests: [
        { ...amd, platform: { os: 'linux', architecture: 'amd64' } },
        { ...arm, platform: { os: 'linux', architecture: 'arm64' } },
      ],
    },
    'application/vnd.oci.image.index.v1+json',
  );
  pack.write('stack.yaml', stackOn(image('a:1')));
  const lockedFor = async (...args: string[]): Promise<string[]> => {
    expect((await pack.run('lock', '.', ...args)).status).toBe(0);
    expect((await pack.run('lock', '.', '--check')).status).toBe(0);
    return digests();
  };
  expect(await lockedFor()).toEqual([index.digest]);
  expect(await lockedFor('--platform', 'linux/arm64')).toEqual([arm.digest]);
  expect(pack.read()).toContain('schemaVersion: 1\n  platform: linux/arm64\n');
  expect(await lockedFor()).toEqual([arm.digest]);
  expect(await lockedFor('--platform', 'all')).toEqual([index.digest]);
});

test('a terminal is shown how far it is, and nobody else', async () => {
  registry.image('1', labelsWith(acmeConfig));
  pack.write('stack.yaml', stackOn(image('a:1')));
  const { stdout } = await pack.runOnTerminal('lock', '.');
  expect(stdout).toContain('\r\u001b[K0 of 1 images\r\u001b[K');
});
