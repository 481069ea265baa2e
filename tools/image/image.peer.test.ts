import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage, canRunImage, runPodman, type Image } from './container-image.ts';

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const input = readFileSync(join(root, 'testdata/manifests-deployment/input.yaml'));

describe.runIf(canRunImage)('the image', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'llsd-image-'));
  const image = `localhost/llsd-test-${String(process.pid)}`;
  const program = (...args: string[]): string =>
    spawnSync(join(root, 'dist/llsd'), args, { input, encoding: 'utf8' }).stdout;
  let built: Image;

  beforeAll(() => {
    built = buildImage(image);
  });

  afterAll(() => {
    runPodman(['rmi', '--force', image, `${image}-again`]);
    rmSync(scratch, { recursive: true });
  });

  test('is the same from two builds', () => {
    const again = buildImage(`${image}-again`);
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

  test('holds the program, the licences of all that is in it and the name of nobody, and no shell', () => {
    const archive = join(scratch, 'image.tar');
    runPodman(['save', '--quiet', '--format', 'oci-dir', '--output', archive, image]);
    const layers = readdirSync(join(archive, 'blobs/sha256')).flatMap((blob) => {
      try {
        return execFileSync('tar', ['-tf', join(archive, 'blobs/sha256', blob)], {
          encoding: 'utf8',
          stdio: 'pipe',
        }).split('\n');
      } catch {
        return []; // the manifest and the configuration are no archives
      }
    });
    const files = layers.filter((path) => path !== '' && !path.endsWith('/'));
    expect(files.sort()).toEqual(['etc/passwd', 'licenses/LICENSE', 'licenses/LICENSES', 'usr/local/bin/llsd']);
  });

  test('answers as the program does, without network, on a root that cannot be written to', () => {
    const contained = ['run', '--rm', '-i', '--network', 'none', '--read-only', '--cap-drop', 'all', image];
    expect(runPodman(contained, input)).toBe(program());
    expect(runPodman([...contained, '--help'])).toBe(program('--help'));
  });
});
