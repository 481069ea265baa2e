import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from '../peers/env.ts';
import { run, programs } from './programs.ts';

const input = readFileSync(join(import.meta.dirname, '../../testdata/manifests-deployment/input.yaml'));
const expected = readFileSync(join(import.meta.dirname, '../../testdata/manifests-deployment/expected.yaml'), 'utf8');

describe.runIf(peer('static'))('the static executable', () => {
  const empty = mkdtempSync(join(tmpdir(), 'llsd-empty-root-'));

  beforeAll(() => {
    chmodSync(empty, 0o755);
    copyFileSync(programs.static, join(empty, 'llsd'));
  });

  afterAll(() => {
    rmSync(empty, { recursive: true });
  });

  test('has no interpreter, needs no library, and has at most 4,000,000 bytes', () => {
    const { stdout, status } = spawnSync('readelf', ['-ldW', programs.static], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('Elf file type is ');
    expect(stdout).not.toMatch(/INTERP|NEEDED/);
    expect(statSync(programs.static).size).toBeLessThan(4_000_000);
  });

  test('says that it has no network where `llsd lock` would need it', () => {
    const { stdout, stderr, status } = spawnSync(programs.static, ['lock', 'examples/quickstart'], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(
      /^llsd lock: this is the static program, which has no network; run `llsd lock` with the Node/,
    );
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  // A root of its own takes the rights of the superuser, as in CI.
  test.runIf(process.getuid?.() === 0 || process.env.CI)('runs in an empty root as nobody', async () => {
    const chroot = ['chroot', '--userspec=65534:65534', empty, '/llsd'];
    const { stdout, stderr, status } = await run(chroot, { input });
    expect({ stdout: stdout.toString(), stderr, status }).toEqual({ stdout: expected, stderr: '', status: 0 });
    mkdirSync(join(empty, 'package'));
    copyFileSync('examples/quickstart/stack.yaml', join(empty, 'package/stack.yaml'));
    const rendered = await run([...chroot, 'render', 'package']);
    expect(rendered.stdout.toString()).toContain('kind: Deployment');
    expect(rendered.status).toBe(0);
  });

  test.runIf(process.getuid?.() === 0 || process.env.CI)(
    'converts no file of a folder where one cannot be written, and says what to do',
    async () => {
      const cr = (name: string): string =>
        `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: ${name}\nspec:\n  distribution:\n    name: starter\n`;
      const files = { 'a.yaml': cr('a'), 'b.yaml': cr('b'), 'c.yaml': cr('c') };
      mkdirSync(join(empty, 'crs'));
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(empty, 'crs', name), text);
        chmodSync(join(empty, 'crs', name), name === 'b.yaml' ? 0o444 : 0o666);
      }
      const chroot = ['chroot', '--userspec=65534:65534', empty, '/llsd'];
      const { stdout, stderr, status } = await run([...chroot, 'convert', '--to', 'v1alpha1', 'crs']);
      expect({ stdout: stdout.toString(), stderr, status }).toEqual({
        stdout: '',
        stderr:
          'crs/b.yaml: error: The file must be one that can be written (EACCES); no file was changed. Make it writable, or convert it to stdout: llsd convert --to VERSION - < "crs/b.yaml"\n',
        status: 1,
      });
      for (const [name, text] of Object.entries(files))
        expect(readFileSync(join(empty, 'crs', name), 'utf8')).toBe(text);
    },
  );

  test.runIf(peer('strace'))(
    'as the function it opens no file and no connection, and starts no other program',
    async () => {
      const log = join(empty, 'calls');
      const trace = ['strace', '-f', '-qq', '-o', log, '-e', 'trace=%file,%network,fork,vfork,clone,clone3'];
      const { stdout } = await run([...trace, programs.static], { input });
      expect(stdout.toString()).toBe(expected);
      const calls = readFileSync(log, 'utf8').split('\n').slice(0, -1);
      const names = calls.map((call) => /^\d+ +(.*)/.exec(call)?.[1] ?? call);
      expect(names[0]).toMatch(/^execve\(/);
      // Beside its start: the C library and Rust's runtime look at the process itself, and one thread has a larger stack.
      const known = /"\/proc\/self\/(exe|maps)"|^newfstatat\(\d+, "", .*AT_EMPTY_PATH|^clone3?\(.*CLONE_THREAD/;
      expect(names.slice(1).filter((call) => !known.test(call))).toEqual([]);
    },
  );
});
