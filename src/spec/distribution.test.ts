import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readDistribution } from './distribution.ts';

function read(yaml: string, stated?: Json) {
  const report = new Report();
  const distribution = readDistribution(
    parse(yaml) as Json,
    Path.root.field('distribution'),
    stated,
    Path.root.field('stated'),
    report,
  );
  return {
    distribution,
    results: report.results.map(({ severity, message, field }) => ({ severity, message, ...field })),
  };
}

test.each([
  ['{name: starter}', undefined, { name: 'starter' }],
  [
    '{image: quay.io/x/distribution-starter}',
    'starter@0.7.1',
    { image: 'quay.io/x/distribution-starter', stated: { name: 'starter', release: '0.7.1' } },
  ],
  ['{name: starter}', 'starter@v0.7.1', { name: 'starter', stated: { release: '0.7.1' } }],
])('%s with the annotation %s is read', (yaml, stated, expected) => {
  const { distribution, results } = read(yaml, stated);
  expect(results).toEqual([]);
  expect(distribution).toMatchObject(expected);
});

test.each([
  ['{}', undefined, 'distribution', { name: 'starter' }],
  ['{name: a, image: b}', undefined, 'distribution', undefined],
  ['{name: ""}', undefined, 'distribution.name', undefined],
  ['{name: 5}', undefined, 'distribution.name', '5'],
  ['starter', undefined, 'distribution', undefined],
  ['{name: starter}', 'starter', 'stated', undefined],
  ['{name: starter}', 'starter@0.7', 'stated', undefined],
  ['{name: starter}', 5, 'stated', undefined],
  ['{name: starter}', 'postgres-demo@0.7.1', 'stated', 'starter@0.7.1'],
])('%s with the annotation %j is an error', (yaml, stated, path, proposedValue) => {
  const { results } = read(yaml, stated);
  expect(results).toMatchObject([{ severity: 'error', path }]);
  expect(results[0]?.proposedValue).toEqual(proposedValue);
});

test.each([
  ['docker.io/llamastack/distribution-starter:0.7.1', true],
  ['distribution-starter', true],
  ['localhost:5000/a/b__c:v1', true],
  [`a/b@sha256:${'0'.repeat(64)}`, true],
  [`a/b:1@sha256:${'0'.repeat(64)}`, true],
  ['[::1]:5000/a', true],
  ['Docker.io/llamastack/Starter', false],
  ['https://docker.io/a', false],
  ['a/b@sha256:123', false],
  ['a//b', false],
  ['a:b:c', false],
  ['a b', false],
  ['', false],
])('the image reference "%s" is well formed: %s', (image, valid) => {
  const { results } = read(JSON.stringify({ image }));
  expect(results.map(({ path }) => path)).toEqual(valid ? [] : ['distribution.image']);
});
