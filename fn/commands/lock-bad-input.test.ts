import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { tar, type TestRegistry } from '../registry/registry.fixture.ts';
import { acmeConfig, emptyPackage, labelsWith, stackOn, type TestPackage } from './lock.fixture.ts';

let registry: TestRegistry;
let pack: TestPackage;
let image: string;

beforeEach(async () => {
  const own = await emptyPackage();
  ({ registry, pack } = own);
  image = `${registry.host}/acme/llama:1`;
  registry.image('1', labelsWith(acmeConfig));
  pack.write('stack.yaml', stackOn(image));
  return own.remove;
});

const wrongUse: readonly (readonly [args: readonly string[], says: string])[] = [
  [[], 'llsd lock: name a folder or a file\n'],
  [['a', 'b'], 'llsd lock: name one folder or file, since each gets a lock of its own\n'],
  [['-'], 'llsd lock: name a folder or a file: there is no place for a lock beside stdin\n'],
  [['nowhere'], 'llsd: "nowhere" must be a folder or a file that can be read, or - for stdin (ENOENT)\n'],
  [['.', '--chek'], 'llsd lock: unknown option "--chek"; did you mean --check?\n'],
  [['.', '--network-policy', 'Off'], 'llsd lock: unknown option "--network-policy"; llsd lock --help lists all\n'],
  [['.', '--platform', 'arm64'], 'llsd lock: --platform must be OS/ARCH, such as linux/arm64, or all, not "arm64"\n'],
  [
    ['.', '--check', '--update', 'a'],
    'llsd lock: --check writes nothing and looks at all of the lock; leave out --update\n',
  ],
  [
    ['.', '--check', '--platform', 'linux/arm64'],
    'llsd lock: --check writes nothing and looks at all of the lock; leave out --platform\n',
  ],
  [
    ['.', '--update', 'a', '--platform', 'all'],
    'llsd lock: --update keeps what is locked, and with it the platform; leave out --platform\n',
  ],
  [['.', '--image-overrides', 'a'], 'llsd lock: --image-overrides must be NAME=IMAGE, not "a"\n'],
  [
    ['.', '--ca', 'nowhere.pem'],
    'llsd lock: --ca "nowhere.pem" must be a file of certificates in PEM that can be read (ENOENT)\n',
  ],
];

test.each(wrongUse)('a wrong command line exits with 2 and one line that helps: %s', async (args, says) => {
  expect(await pack.run('lock', ...args)).toEqual({ stdout: '', stderr: says, status: 2 });
});

test('a file that holds no certificate is no authority', async () => {
  pack.write('ca.pem', 'no certificate');
  const { stderr, status } = await pack.run('lock', '.', '--ca', 'ca.pem');
  expect(stderr).toMatch(/^llsd lock: --ca "ca.pem" must be a file of certificates in PEM/);
  expect(status).toBe(2);
});

test('an unknown name for --update exits with 2 and lists the images', async () => {
  const unknown = await pack.run('lock', '.', '--update', 'qqqqqqqq');
  expect(unknown).toEqual({
    stdout: '',
    stderr: `llsd lock: --update "qqqqqqqq" is no image of the package; they are ${image}\n`,
    status: 2,
  });
  const near = await pack.run('lock', '.', '--update', image.replace('llama', 'lama'));
  expect(near.stderr).toContain(`; did you mean ${image}?\n`);
});

test('--help shows what works as it is written', async () => {
  const { stdout, status } = await pack.run('lock', '--help');
  expect([...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag)).toEqual([
    ...['check', 'update', 'platform', 'ca'],
    ...['image-overrides', 'registry-mirrors'],
  ]);
  expect(status).toBe(0);
});

const lockOf = (spec: string): string =>
  `apiVersion: fn.llamastack.io/v1alpha1\nkind: DistributionLock\nmetadata:\n  name: l\nspec:\n${spec}`;

interface Case {
  readonly what: string;
  /** Changes the package or the registry. */
  readonly prepare: () => void;
  readonly args?: readonly string[];
  /** Each is in a line of its own. */
  readonly says: readonly (string | RegExp)[];
}

const cases: readonly Case[] = [
  {
    what: 'a package without a CR',
    prepare: () => {
      pack.write('stack.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n');
    },
    says: ['error: There is no LlamaStackDistribution in ".", so that there is nothing to lock'],
  },
  {
    what: 'a CR with faults, all of them told',
    prepare: () => {
      pack.write('stack.yaml', stackOn('UPPER/case:1', 'my-stack', '  replica: 1\n'));
      pack.write('two.yaml', stackOn('x', 'two').replace('image: x', 'name: startr'));
    },
    says: [
      /^stack.yaml:7: error: .*spec.distribution.image: The image "UPPER\/case:1" must be named in lower case/,
      /^stack.yaml:\d+: error: .*`replica`/,
      /^two.yaml:7: error: .*Unknown distribution "startr"/,
    ],
  },
  {
    what: 'a file that is no YAML',
    prepare: () => {
      pack.write('broken.yaml', 'kind: "open\n');
    },
    says: [/^broken.yaml: error: Line \d+, column \d+: /],
  },
  {
    what: 'an option that is not allowed',
    prepare: () => undefined,
    args: ['--image-overrides', 'starter=UPPER'],
    says: [/error: imageOverrides.*must be an image reference/],
  },
  {
    what: 'an image that the registry has not, and one that it has',
    prepare: () => {
      pack.write('two.yaml', stackOn(image.replace(':1', ':2'), 'two'));
    },
    says: [
      /^two.yaml:7: error: LlamaStackDistribution\/two: spec.distribution.image: The registry has no image ".*" with the tag or digest "2"; check/,
    ],
  },
  {
    what: 'a registry that is down',
    prepare: () => {
      registry.close();
    },
    says: [/^stack.yaml:7: error: .* cannot be reached \(ECONNREFUSED\); check the name of the registry, the network/],
  },
  {
    what: 'a registry that asks for a login that nobody has',
    prepare: () => {
      registry.hook = (_, response) => {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
        return true;
      };
    },
    says: [/^stack.yaml:7: error: .* answered 401 for ".*": log in with `docker login 127.0.0.1:\d+`, or put a Secret/],
  },
  {
    what: 'labels that lead nowhere',
    prepare: () => {
      registry.image('1', { 'io.llamastack.config.path': '/nowhere.yaml' });
    },
    says: [
      /^stack.yaml:7: error: .*The image ".*" has no file "\/nowhere.yaml", which its label "io.llamastack.config.path" names; build the image again/,
    ],
  },
  {
    what: 'an external provider whose image is none',
    prepare: () => {
      registry.image('2', {}, [tar({ path: 'other', content: '' })]);
      pack.write(
        'stack.yaml',
        stackOn(
          image,
          'my-stack',
          `  externalProviders:\n    inference:\n    - providerId: p\n      image: ${image.replace(':1', ':2')}\n`,
        ),
      );
    },
    says: [
      /^stack.yaml:11: error: .*externalProviders.inference\[0\].image: The image ".*" has no file "\/lls-provider\/lls-provider-spec.yaml", by which/,
    ],
  },
  {
    what: 'a Secret for pulling that holds something else',
    prepare: () => {
      pack.write(
        'secret.yaml',
        `apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${btoa('made-up')}\n`,
      );
    },
    says: [
      /^secret.yaml:7: error: Secret\/pull: data\["\.dockerconfigjson"\]: .*must be the base64 of a docker config.json/,
    ],
  },
  {
    what: "a config.json of docker's that is none",
    prepare: () => {
      pack.environment.DOCKER_CONFIG = join(pack.folder, 'docker');
      pack.write('docker/config.json', 'no JSON');
    },
    says: [/^error: ".*config.json" must be docker's config.json, and is no JSON object; mend or remove it/],
  },
  {
    what: 'a place for the lock that something else has',
    prepare: () => {
      pack.write('distribution-lock.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n');
    },
    says: [
      /^distribution-lock.yaml: error: "distribution-lock.yaml" is where the lock belongs, and holds no DistributionLock/,
    ],
  },
  {
    what: 'a lock with marks of a merge in it',
    prepare: () => {
      pack.write('distribution-lock.yaml', `<<<<<<< ours\n${lockOf('  schemaVersion: 1\n')}=======\n`);
    },
    says: [
      /^distribution-lock.yaml: error: Line/,
      /where the lock belongs.*remove or rename it, and run `llsd lock` again/,
    ],
  },
  {
    what: 'a place for the lock that no render reads',
    prepare: () => {
      pack.write('.krmignore', 'distribution-lock.yaml\n');
      pack.write('distribution-lock.yaml', lockOf('  schemaVersion: 1\n  images: []\n'));
    },
    says: [/left out by a .krmignore/],
  },
  {
    what: '--check of a lock that was changed by hand',
    prepare: () => {
      pack.write(
        'distribution-lock.yaml',
        lockOf(
          `  schemaVersion: 1\n  images:\n  - image: ${image}\n    digest: sha256:${'0'.repeat(64)}\n    baseConfig:\n      sha256: "${'0'.repeat(64)}"\n      content: "version: 2"\n`,
        ),
      );
    },
    args: ['--check'],
    says: [/^distribution-lock.yaml:\d+: error: .*was changed since it was locked.*Run `llsd lock`/],
  },
  {
    what: '--update of a lock of a later version',
    prepare: () => {
      pack.write('distribution-lock.yaml', lockOf('  schemaVersion: 2\n  images: []\n'));
    },
    args: ['--update', 'my-stack'],
    says: [/^distribution-lock.yaml:\d+: error: .*spec.schemaVersion: /],
  },
];

test.each(cases)(
  '$what: every fault in a line of its own, exit code 1, and nothing is written',
  async ({ prepare, args = [], says }) => {
    prepare();
    const path = join(pack.folder, 'distribution-lock.yaml');
    const before = existsSync(path) ? pack.read() : undefined;
    const { stdout, stderr, status } = await pack.run('lock', '.', ...args);
    const lines = stderr.trimEnd().split('\n');
    for (const said of says)
      expect(lines).toContainEqual(typeof said === 'string' ? said : expect.stringMatching(said));
    expect({ stdout, status, errors: lines.length }).toEqual({ stdout: '', status: 1, errors: says.length });
    expect(stderr).not.toMatch(/made-up|^ +at /m);
    expect(existsSync(path) ? pack.read() : undefined).toBe(before);
  },
);

test('a lock in any state is written anew', async () => {
  pack.write('distribution-lock.yaml', lockOf('  schemaVersion: 7\n  images: none\n'));
  expect((await pack.run('lock', '.')).status).toBe(0);
  expect((await pack.run('lock', '--check', '.')).status).toBe(0);
});
