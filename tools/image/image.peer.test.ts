import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from '../peers/env.ts';

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const input = readFileSync(join(root, 'testdata/manifests-deployment/input.yaml'));
const podman = peer('podman');

interface Image {
  readonly Id: string;
  readonly Digest: string;
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Labels: Record<string, string>;
  };
}

describe.runIf(podman && peer('static'))('the image', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'llsd-image-'));
  const image = `localhost/llsd-test-${String(process.pid)}`;
  const bin = join(scratch, 'bin');
  const env = {
    ...process.env,
    ...podman?.env,
    KPT_FN_RUNTIME: 'podman',
    PATH: [bin, process.env.PATH].join(delimiter),
  };
  const run = (program: string, args: readonly string[], cwd = root, stdin: Buffer | string = ''): string =>
    execFileSync(program, args, { cwd, env, input: stdin, encoding: 'utf8', stdio: 'pipe' });
  const build = (tag: string): Image => {
    const reproducible = ['--timestamp', '0', '--build-arg', 'SOURCE=https://example.com/llsd'];
    run('podman', ['build', '--quiet', '--network', 'none', '--no-cache', ...reproducible, '--tag', tag, '.']);
    const [found] = JSON.parse(run('podman', ['image', 'inspect', tag])) as Image[];
    if (!found) throw new Error(`podman has no image ${tag}`);
    return found;
  };
  let built: Image;

  beforeAll(() => {
    mkdirSync(bin);
    symlinkSync(join(root, 'dist/llsd'), join(bin, 'llsd'));
    // kustomize asks for docker; its arguments are podman's.
    writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexec podman "$@"\n', { mode: 0o755 });
    built = build(image);
  });

  afterAll(() => {
    run('podman', ['rmi', '--force', image, `${image}-again`]);
    rmSync(scratch, { recursive: true });
  });

  test('is the same from two builds', () => {
    const again = build(`${image}-again`);
    expect({ id: again.Id, digest: again.Digest }).toEqual({ id: built.Id, digest: built.Digest });
  });

  test('has under 5 MB, runs as nobody, and says what it is', () => {
    expect(built.Size).toBeLessThan(5_000_000);
    expect(built.Config.User).toBe('65534:65534');
    expect(built.Config.Entrypoint).toEqual(['/usr/local/bin/llsd']);
    expect(built.Config.Labels).toMatchObject({
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.source': 'https://example.com/llsd',
    });
  });

  test('holds the program, its licence and the name of nobody, and no shell', () => {
    const archive = join(scratch, 'image.tar');
    run('podman', ['save', '--quiet', '--format', 'oci-dir', '--output', archive, image]);
    const layers = readdirSync(join(archive, 'blobs/sha256')).flatMap((blob) => {
      try {
        return run('tar', ['-tf', join(archive, 'blobs/sha256', blob)]).split('\n');
      } catch {
        return []; // the manifest and the configuration are no archives
      }
    });
    const files = layers.filter((path) => path !== '' && !path.endsWith('/'));
    expect(files.sort()).toEqual(['LICENSE', 'etc/passwd', 'usr/local/bin/llsd']);
  });

  test('answers as the program does, without network, on a root that cannot be written to', () => {
    const contained = ['run', '--rm', '-i', '--network', 'none', '--read-only', '--cap-drop', 'all', image];
    expect(run('podman', contained, root, input)).toBe(run('llsd', [], root, input));
    expect(run('podman', [...contained, '--help'])).toBe(run('llsd', ['--help']));
  });

  const kustomizations = ['kustomize-5.8.1', 'kustomize-5.4.3'];
  test.each(kustomizations)('gives under %s as a container what the program gives', (name) => {
    const kustomize = peer(name);
    if (!kustomize) return;
    const folder = join(scratch, name);
    cpSync(join(root, 'examples/kustomize-generator'), folder, { recursive: true });
    const flags = ['build', '--enable-alpha-plugins'];
    const executed = run(kustomize.path, [...flags, '--enable-exec', '.'], folder);
    const stack = readFileSync(join(folder, 'stack.yaml'), 'utf8');
    const contained = stack.replace(/exec:\n( +)path: .*/, `container:\n$1image: ${image}`);
    expect(contained).not.toBe(stack);
    writeFileSync(join(folder, 'stack.yaml'), contained);
    expect(run(kustomize.path, [...flags, '.'], folder)).toBe(executed);
  });

  test.runIf(peer('kpt'))('gives under kpt as a container what the program gives', () => {
    const render = (name: string, pipeline: string): string => {
      const folder = join(scratch, name);
      cpSync(join(root, 'examples/kpt'), folder, { recursive: true });
      const kptfile = join(folder, 'Kptfile');
      writeFileSync(kptfile, readFileSync(kptfile, 'utf8').replace('exec: llsd', pipeline));
      return run('kpt', ['fn', 'render', '--allow-exec', '--output', 'unwrap'], folder).replace(pipeline, '');
    };
    expect(render('contained', `image: ${image}`)).toBe(render('executed', 'exec: llsd'));
  });
});
