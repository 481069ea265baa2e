import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256, tar, testReader, TestRegistry, type TarEntry } from './registry.fixture.ts';

let registry: TestRegistry;
let mirror: TestRegistry;

beforeEach(async () => {
  registry = await new TestRegistry().listen();
  mirror = await new TestRegistry().listen();
});

afterEach(() => {
  registry.close();
  mirror.close();
});

/** A tar with `etc/config.yaml` ("version: 2"), as `zstd -19` packs it. */
const zstdTar = Buffer.from(
  'KLUv/WQAJy0DAFIEDxGQfQCaRKwBd5eUhx3F66sBKQ7KL1rjtU6Pd0NOMeScJCfbAcZHa3Ncq/V/y/DN7uh9qDLIcITUcNGwCw8gYC0slgPxA5/AqqbD7GE+PsCKp1MYB4D2/zPh+4EDDgownvgbhief7g==',
  'base64',
);
/** A frame that readers skip, as zstd:chunked has at its end. */
const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

const file = (path: string, content: string): TarEntry => ({ path, content });
const link = (path: string, linkpath: string): TarEntry => ({ path, type: 'SymbolicLink', linkpath });
const folder = (path: string): TarEntry => ({ path, type: 'Directory' });

/** Layers, the lowest first, and what a container would read at `etc/config.yaml`; undefined for nothing. */
const images: readonly (readonly [
  what: string,
  layers: readonly (readonly TarEntry[])[],
  content: string | undefined,
])[] = [
  ['a file', [[file('etc/config.yaml', 'a')]], 'a'],
  ['a file whose path starts with ./', [[file('./etc//config.yaml', 'a')]], 'a'],
  ['a file whose path starts with /', [[file('/etc/config.yaml', 'a')]], 'a'],
  ['a file of two layers', [[file('etc/config.yaml', 'a')], [file('etc/config.yaml', 'b')]], 'b'],
  ['a file twice in a layer', [[file('etc/config.yaml', 'a'), file('etc/config.yaml', 'b')]], 'b'],
  ['a file below another layer', [[file('etc/config.yaml', 'a')], [folder('etc'), file('etc/other', 'b')]], 'a'],
  ['a file that was removed', [[file('etc/config.yaml', 'a')], [file('etc/.wh.config.yaml', '')]], undefined],
  ['a file whose folder was removed', [[file('etc/config.yaml', 'a')], [file('.wh.etc', '')]], undefined],
  ['a file whose folder was emptied', [[file('etc/config.yaml', 'a')], [file('etc/.wh..wh..opq', '')]], undefined],
  [
    'a file written again in a folder that was emptied',
    [[file('etc/config.yaml', 'a')], [file('etc/.wh..wh..opq', ''), file('etc/config.yaml', 'b')]],
    'b',
  ],
  ['a file whose folder became a file', [[file('etc/config.yaml', 'a')], [file('etc', 'b')]], undefined],
  ['a folder', [[folder('etc/config.yaml')]], undefined],
  ['a link', [[link('etc/config.yaml', '../opt/c.yaml'), file('opt/c.yaml', 'a')]], 'a'],
  ['a link to a file of a higher layer', [[link('etc/config.yaml', '/opt/c')], [file('opt/c', 'b')]], 'b'],
  ['a link over the root', [[link('etc/config.yaml', '../../../opt/c'), file('opt/c', 'a')]], 'a'],
  ['a folder that is a link', [[link('etc', 'usr/etc'), file('usr/etc/config.yaml', 'a')]], 'a'],
  ['a hard link', [[file('opt/c', 'a'), { path: 'etc/config.yaml', type: 'Link', linkpath: 'opt/c' }]], 'a'],
  [
    'a hard link to a file that changed later',
    [[file('opt/c', 'a'), { path: 'etc/config.yaml', type: 'Link', linkpath: 'opt/c' }], [file('opt/c', 'b')]],
    'a',
  ],
];

test.each(images)('%s is found as a container would see it', async (_, layers, content) => {
  registry.image(
    '1',
    {},
    layers.map((entries) => tar(...entries)),
  );
  const { reader, close } = testReader();
  const image = await reader.read(`${registry.host}/a/b:1`);
  const found = await image.file('/etc/config.yaml');
  await close();
  expect('content' in found ? found.content.toString() : undefined).toBe(content);
});

const packings: readonly (readonly [what: string, layer: Buffer])[] = [
  ['plain', tar(file('etc/config.yaml', 'version: 2\n'))],
  ['gzip', gzipSync(tar(file('etc/config.yaml', 'version: 2\n')))],
  ['zstd', zstdTar],
  ['zstd with skipped frames', Buffer.concat([skipped, zstdTar, skipped])],
];

test.each(packings)('a layer may be packed: %s', async (_, layer) => {
  const config = registry.blob(Buffer.from('{}'));
  // Whatever its media type says.
  registry.manifest('1', { schemaVersion: 2, config, layers: [registry.blob(layer, 'text/html')] });
  const { reader, close } = testReader();
  const found = await (await reader.read(`${registry.host}/a/b:1`)).file('etc/config.yaml');
  await close();
  expect('content' in found ? found.content.toString() : found).toBe('version: 2\n');
});

test.each([zstdTar.length - 20, 12])('a zstd layer that ends after %i bytes is refused', async (length) => {
  const config = registry.blob(Buffer.from('{}'));
  registry.manifest('1', { schemaVersion: 2, config, layers: [registry.blob(zstdTar.subarray(0, length))] });
  const { reader, close } = testReader();
  const image = await reader.read(`${registry.host}/a/b:1`);
  await expect(image.file('etc/config.yaml')).rejects.toThrow(/is no (zstd|tar) that can be read/);
  await close();
});

/** An index of two platforms and an attestation. */
function putIndex(): string {
  const amd64 = registry.image('amd64', { for: 'amd64' });
  const arm64 = registry.image('arm64', { for: 'arm64' });
  const attestation = registry.image('attestation', { for: 'nobody' });
  const type = 'application/vnd.docker.distribution.manifest.list.v2+json';
  return registry.manifest(
    '1',
    {
      schemaVersion: 2,
      manifests: [
        { ...attestation, platform: { os: 'unknown', architecture: 'unknown' } },
        { ...arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
        { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
      ],
    },
    type,
  ).digest;
}

test('of an index the image of linux/amd64 is read, and its digest is that of all', async () => {
  const digest = putIndex();
  const { reader, close } = testReader();
  const image = await reader.read(`${registry.host}/a/b:1`);
  await close();
  expect([image.labels, image.digest]).toEqual([{ for: 'amd64' }, digest]);
});

test('of an index the image of the platform that is asked for is read, under its own digest', async () => {
  putIndex();
  const { reader, close } = testReader({ platform: 'linux/arm64' });
  const image = await reader.read(`${registry.host}/a/b:1`);
  await close();
  expect(image.labels).toEqual({ for: 'arm64' });
  expect(image.digest).toBe(registry.image('arm64', { for: 'arm64' }).digest);
});

test('a platform that an index lacks is told with those that it has', async () => {
  putIndex();
  const { reader, close } = testReader({ platform: 'linux/s390x' });
  await expect(reader.read(`${registry.host}/a/b:1`)).rejects.toThrow(
    /has no image for linux\/s390x; it has: linux\/amd64, linux\/arm64\/v8/,
  );
  await close();
});

test('a second run asks for the manifest alone, and the cache is believed only while it is right', async () => {
  registry.image('1', { a: 'b' });
  const first = testReader();
  await first.reader.read(`${registry.host}/a/b:1`);
  await first.close();
  const before = registry.requests.length;
  const second = testReader({ cache: first.cache });
  await second.reader.read(`${registry.host}/a/b:1`);
  expect(registry.requests.slice(before)).toEqual(['GET /v2/a/b/manifests/1']);
  for (const name of readdirSync(first.cache))
    writeFileSync(join(first.cache, name), '{"config":{"Labels":{"a":"c"}}}');
  const third = testReader({ cache: first.cache });
  const image = await third.reader.read(`${registry.host}/a/b:1`);
  await Promise.all([second.close(), third.close()]);
  expect(image.labels).toEqual({ a: 'b' });
});

test('the mirror of a registry is read first, and without it the registry', async () => {
  registry.image('1', { from: 'origin' });
  mirror.image('1', { from: 'mirror' });
  const mirrors = { [registry.host]: `${mirror.host}/hub` };
  const { reader, close } = testReader({ mirrors });
  expect((await reader.read(`${registry.host}/a/b:1`)).labels).toEqual({ from: 'mirror' });
  expect(mirror.requests[0]).toBe('GET /v2/hub/a/b/manifests/1');
  await close();
  mirror.close();
  const again = testReader({ mirrors });
  expect((await again.reader.read(`${registry.host}/a/b:1`)).labels).toEqual({ from: 'origin' });
  await again.close();
});

test('the digest of a tag costs one request without a body', async () => {
  const { digest } = registry.image('1', {});
  const { reader, close } = testReader();
  expect(await reader.digest(`${registry.host}/a/b:1`)).toBe(digest);
  await close();
  expect(registry.requests).toEqual(['HEAD /v2/a/b/manifests/1']);
  expect(digest).toBe(sha256(JSON.stringify(JSON.parse(JSON.stringify(await manifestOf(registry.host))))));
});

async function manifestOf(host: string): Promise<unknown> {
  const response = await fetch(`http://${host}/v2/a/b/manifests/1`);
  return response.json();
}

test.each([429, 500, 502, 503, 504])('after %i it asks again, and waits as long as it is told', async (status) => {
  registry.image('1', {});
  let times = 0;
  registry.hook = (_, response) => {
    if (++times > 2) return false;
    response.writeHead(status, times === 1 ? { 'retry-after': '0' } : {}).end();
    return true;
  };
  const { reader, close } = testReader();
  await reader.read(`${registry.host}/a/b:1`);
  await close();
  expect(times).toBeGreaterThan(2);
});
