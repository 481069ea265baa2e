import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLabels } from './base-config.ts';
import { sha256, tar, testReader, TestRegistry } from './registry.fixture.ts';

let registry: TestRegistry;

beforeEach(async () => {
  registry = await new TestRegistry().listen();
});

afterEach(() => {
  registry.close();
});

const text = 'version: 2 # of the image\n';
const base64 = Buffer.from(text).toString('base64');
const lower = tar({ path: 'app/config.yaml', content: text });
const upper = tar({ path: 'app/config.yaml', content: 'version: 1\n' });

async function labelled(labels: Record<string, string>) {
  registry.image('1', labels, [lower, upper]);
  const { reader, close } = testReader({ limits: { documentBytes: 8 << 20 } });
  const reference = `${registry.host}/a/b:1`;
  try {
    return await readLabels(await reader.read(reference), reference);
  } finally {
    await close();
  }
}

const good: readonly (readonly [what: string, labels: Record<string, string>, told: unknown])[] = [
  ['no labels', {}, {}],
  ['base64', { 'io.llamastack.config.base64': base64 }, { baseConfig: text }],
  ['base64 in lines', { 'io.llamastack.config.base64': base64.replace(/.{10}/g, '$&\n') }, { baseConfig: text }],
  [
    'a path in a layer, by its digest unpacked',
    { 'io.llamastack.config.layer': sha256(lower), 'io.llamastack.config.path': '/app/config.yaml' },
    { baseConfig: text },
  ],
  ['a path in the whole image', { 'io.llamastack.config.path': '/app/config.yaml' }, { baseConfig: 'version: 1\n' }],
  [
    'the labels of OGX',
    {
      'com.ogx.distribution.default-config': 'config.yaml',
      'com.ogx.config.config.yaml': base64,
      'com.ogx.distribution.name': 'rh',
      'com.ogx.distribution.version': 'v0.7.1+rhai0',
    },
    { baseConfig: text, distribution: 'rh', release: '0.7.1' },
  ],
  [
    'base64 before all others',
    {
      'io.llamastack.config.base64': base64,
      'io.llamastack.config.path': '/absent',
      'com.ogx.distribution.default-config': 'x',
    },
    { baseConfig: text },
  ],
  [
    'a version of the form and one of the release',
    { 'io.llamastack.config.version': '2', 'org.opencontainers.image.version': '0.6.1' },
    { release: '0.6.1' },
  ],
  ['a version of something else', { 'org.opencontainers.image.version': '22.04' }, {}],
];

test.each(good)('%s', async (_, labels, told) => {
  expect(await labelled(labels)).toEqual(told);
});

const bad: readonly (readonly [what: string, labels: Record<string, string>, says: RegExp])[] = [
  [
    'what is no base64',
    { 'io.llamastack.config.base64': 'version: 2' },
    /"io.llamastack.config.base64" that is no base64/,
  ],
  ['what is no UTF-8', { 'io.llamastack.config.base64': '//79' }, /not UTF-8/],
  [
    'a layer that is not there',
    { 'io.llamastack.config.layer': sha256('x'), 'io.llamastack.config.path': 'a' },
    /has no layer/,
  ],
  [
    'a path that is not there',
    { 'io.llamastack.config.path': '../../etc/passwd' },
    /has no file "..\/..\/etc\/passwd"/,
  ],
  [
    'a file of OGX that is not there',
    { 'com.ogx.distribution.default-config': 'a' },
    /has no label "com.ogx.config.a"/,
  ],
  [
    'a config longer than a ConfigMap',
    { 'io.llamastack.config.base64': 'AAAA'.repeat(400_000) },
    /a ConfigMap has room for/,
  ],
];

test.each(bad)('a label with %s is told', async (_, labels, says) => {
  await expect(labelled(labels)).rejects.toThrow(says);
});
