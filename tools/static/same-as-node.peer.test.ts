import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCases } from '../../testdata/cases.ts';
import { peer } from '../peers/env.ts';
import { run, runBoth, programs, type Setting, type Shown } from './programs.ts';

const root = join(import.meta.dirname, '../..');
const cases = readCases();
let compared = 0;

/** Fails where the programs differ in a byte of stdout or stderr, or in the exit code; what they show is given back. */
async function expectSame(args: readonly string[], setting?: Setting): Promise<Shown> {
  const shown = await runBoth(args, setting);
  // As text first: it reads better than bytes.
  expect({ ...shown.static, stdout: shown.static.stdout.toString() }).toEqual({
    ...shown.node,
    stdout: shown.node.stdout.toString(),
  });
  expect(shown.static.stdout.equals(shown.node.stdout)).toBe(true);
  compared++;
  return shown.static;
}

const list = (items: string): string => `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}`;
const stack = (name: string, spec = ''): string =>
  `- apiVersion: llamastack.io/v1alpha2\n  kind: LlamaStackDistribution\n  metadata:\n    name: ${name}\n  spec:\n    distribution:\n      name: starter\n${spec}`;

describe.runIf(peer('static'))('the static program does what the Node program does', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'llsd-static-'));
  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  };

  beforeAll(() => {
    write('mixed/a.yaml', 'kind: "open\n');
    write('mixed/b.yaml', Buffer.concat([Buffer.from('kind: '), Buffer.of(0xff)]));
    write('mixed/Ünïcode 名.yml', list(stack('a', '    replica: 1\n')).replaceAll('- apiV', '-\n  apiV'));
    write('mixed/c/.krmignore', '*\n!kept.yaml\n');
    write('mixed/c/kept.yaml', 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: kept\n');
    write('mixed/c/left.yaml', 'kind: [');
    write('mixed/notes.txt', 'kind: [');
    mkdirSync(join(scratch, 'links'));
    symlinkSync('../mixed/c', join(scratch, 'links/folder'));
    symlinkSync('../mixed/c/kept.yaml', join(scratch, 'links/file.yaml'));
    symlinkSync('nowhere', join(scratch, 'links/broken.yaml'));
  });

  afterAll(() => {
    rmSync(scratch, { recursive: true });
    console.log(`${String(compared)} runs were compared byte for byte`);
  });

  test.concurrent.each(cases.map((one) => [one.name, one] as const))('as the function: %s', async (_, { input }) => {
    await expectSame([], { input });
  });

  test('as the function in the folder of a kustomization', async () => {
    const cr = stack('a', '    replica: 1\n').replace(
      'metadata:',
      'metadata:\n    annotations: {kustomize.config.k8s.io/id: id}',
    );
    write(
      'kustomization/kustomization.yaml',
      'resources: [.., nowhere, ../mixed, "https://nowhere.example/a", a.yaml]\n',
    );
    write('kustomization/a.yaml', stack('a', '    replica: 1\n').slice(2).replaceAll('\n  ', '\n'));
    const { stderr } = await expectSame([], { input: list(cr), cwd: join(scratch, 'kustomization') });
    expect(stderr).toMatch(/^a\.yaml:8: error: /);
  });

  const deep = 20_000;
  const odd: Record<string, string | Buffer> = {
    'an empty stdin': '',
    'a byte order mark': `\uFEFF${list(stack('a'))}`,
    'a NUL': 'kind: \0',
    'a lone surrogate in escapes': list(stack('a', '    replica: "\\ud800"\n')),
    'broken UTF-8 at the start': Buffer.of(0x80),
    'broken UTF-8 behind a megabyte': Buffer.concat([
      Buffer.from('# é€😀\n'.repeat(100_000)),
      Buffer.of(0xed, 0xa0, 0x80),
    ]),
    'UTF-8 that the end cuts off': Buffer.concat([Buffer.from(list(stack('a'))), Buffer.of(0xf0, 0x9f, 0x98)]),
    'UTF-16': Buffer.from(list(stack('a')), 'utf16le'),
    'lists in lists': list(stack('a', `    a: ${'['.repeat(deep)}${']'.repeat(deep)}\n`)),
    'lists that never end': list(stack('a', `    a: ${'['.repeat(deep)}\n`)),
    'maps in maps': list(stack('a', `    a: ${'{a: '.repeat(deep)}1${'}'.repeat(deep)}\n`)),
    'blocks in blocks': list(stack('a', '    - '.repeat(deep))),
    'a CR in Windows line ends': list(stack('a')).replaceAll('\n', '\r\n'),
    '300 CRs': list(Array.from({ length: 300 }, (_, index) => stack(`stack-${String(index)}`)).join('')),
  };
  test.each(Object.entries(odd))('on %s', async (_, input) => {
    await expectSame([], { input });
  });

  const packages = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [name]);
  test.each(packages)('llsd render examples/%s', async (name) => {
    await expectSame(['render', join('examples', name)], { cwd: root });
  });

  test.each([
    [['render', '.']],
    [['render', 'mixed/c']],
    [['render', './mixed//c/', 'mixed/../mixed/c/kept.yaml']],
    [['render', 'links']],
    [['render', 'links/folder']],
    [['render', 'links/broken.yaml']],
    [['render', 'nowhere']],
    [['render', '/proc/1/mem']],
    [['render', '-']],
    [['render', '-', '--platform', 'openshift', '--image-overrides', 'starter=registry.example/a:0.7.1']],
    [['render', '-', '--platform=open', '--ingress-domain', 'é😀']],
    [['render', '--help']],
    [['render', '-h']],
    [['render', '--', '--help']],
    [['render', '--platfrom', 'x']],
    [['render', '--platform']],
    [['render', '-abc', '.']],
    [['render', '--help=yes']],
    [['render']],
    [['--help']],
    [['--version']],
    [['rendr']],
    [['qqqqqq', '名']],
  ])('llsd %s', async (args) => {
    await expectSame(args, {
      cwd: scratch,
      input: list(stack('a'))
        .replace(/^[^]*?- /, '')
        .replaceAll('\n  ', '\n'),
    });
  });

  test.each([
    ['< .', 2],
    ['< /dev/null > /dev/full', 1],
    ['< list.yaml > /dev/full', 2],
    ['< list.yaml | head -1', 0],
    // Both find /dev/null where a standard stream is closed.
    ['<&-', 1],
    ['< list.yaml >&-', 0],
  ])('in the shell: llsd %s', async (redirection, status) => {
    write('list.yaml', list(stack('a')));
    const shell = (program: string) => run(['sh', '-c', `${program} ${redirection}`], { cwd: scratch });
    const [node, other] = [await shell(`${process.execPath} ${programs.node}`), await shell(programs.static)];
    expect({ ...other, stdout: other.stdout.toString() }).toEqual({ ...node, stdout: node.stdout.toString() });
    expect(other.status).toBe(status);
    compared++;
  });

  test('a terminal as stdin is told what to do, and is not waited for', async () => {
    const [node, other] = await Promise.all(
      [`${process.execPath} ${programs.node}`, programs.static].map((program) =>
        run(['script', '-qec', program, '/dev/null']),
      ),
    );
    expect(other).toEqual(node);
    expect(other?.status).toBe(2);
  });
});
