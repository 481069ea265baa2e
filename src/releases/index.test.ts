import { expect, test } from 'vitest';
import {
  builtIn,
  builtInDistributions,
  knownReleases,
  releaseFor,
  releaseWithType,
  retiredDistributions,
} from './index.ts';
import type { Release } from './index.ts';

function release(version: string): Release {
  const found = releaseFor(version);
  if (!found) throw new Error(`release ${version} is not known`);
  return found;
}

test.each(['0.7.1', '0.7', 'v0.7.1', '0.7.9', 'v0.7.3-rc1', '0.7.1+vendor.2', '0.7.1.2', '00.07'])(
  'the version "%s" speaks the dialect of 0.7.1',
  (version) => {
    expect(releaseFor(version)?.version).toBe('0.7.1');
  },
);

test.each(['', 'latest', '0', '0.70', '1.0.7', '0.1.0', 'x0.7.1', '0.7x', 'main-0.7.1', 'sha256:0.7'])(
  'the version "%s" is not known',
  (version) => {
    expect(releaseFor(version)).toBeUndefined();
  },
);

test('a release is parsed once', () => {
  expect(releaseFor('0.7')).toBe(releaseFor('0.7.4'));
});

test('every known release is found by its own version', () => {
  for (const version of knownReleases()) expect(releaseFor(version)?.version).toBe(version);
});

test('every built-in distribution is found by name and release, and its release is known', () => {
  expect(builtInDistributions().length).toBeGreaterThan(0);
  for (const { name, release: version } of builtInDistributions()) {
    const found = builtIn(name, version);
    expect(found).toMatchObject({ name, release: version });
    expect([found?.config.distro_name, found?.config.image_name]).toContain(name);
    expect(releaseFor(version)?.version).toBe(version);
  }
});

test('starter is 0.7.1 unless a release is named', () => {
  expect(builtIn('starter')?.release).toBe('0.7.1');
});

test('another patch of a minor gets the base config of that minor', () => {
  expect(builtIn('starter', 'v0.7.5')?.release).toBe('0.7.1');
});

test.each([
  ['starter', '0.2.0'],
  ['starter', 'latest'],
  ['remote-vllm', undefined],
])('no base config is built in for "%s" at %s', (name, version) => {
  expect(builtIn(name, version)).toBeUndefined();
});

test('a retired distribution is not built in, and its advice names one that is', () => {
  for (const [name, advice] of Object.entries(retiredDistributions)) {
    expect(builtIn(name, '0.7.1')).toBeUndefined();
    expect(advice).toMatch(/`distribution: \{name: starter\}`/);
  }
});

test('the newest release with a type that another lacks is named, and none for a type that never was', () => {
  expect(releaseWithType('inference', 'inline::meta-reference', release('0.7.1'))).toBe('0.4.5');
  expect(releaseWithType('inference', 'inline::transformers', release('0.6.1'))).toBe('0.8.0');
  expect(releaseWithType('vector_io', 'remote::infinispan', release('0.3.5'))).toBe('0.8.0');
  expect(releaseWithType('inference', 'remote::nonsense', release('0.7.1'))).toBeUndefined();
  expect(releaseWithType('inference', 'remote::tgi', release('0.7.1'))).toBeUndefined(); // 0.6 cannot load it.
  expect(releaseWithType('nonsense', 'remote::vllm', release('0.7.1'))).toBeUndefined();
});
