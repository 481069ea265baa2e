import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readExternalProviders } from './external-providers.ts';

function read(yaml: string) {
  const report = new Report();
  const externalProviders = readExternalProviders(parse(yaml) as Json, Path.root.field('x'), report);
  return { externalProviders, results: report.results.map(({ severity, field }) => ({ severity, ...field })) };
}

test('an entry has a pull policy and an empty config unless told', () => {
  const { externalProviders, results } = read(
    '{vectorIo: [{providerId: p, image: a/b:1}], inference: [{providerId: q, image: a/c, imagePullPolicy: Never, config: {k: 1}}]}',
  );
  expect(results).toEqual([]);
  expect(externalProviders).toMatchObject([
    { api: 'vector_io', providerId: 'p', image: 'a/b:1', imagePullPolicy: 'IfNotPresent', config: {} },
    { api: 'inference', providerId: 'q', imagePullPolicy: 'Never', config: { k: 1 } },
  ]);
  expect(externalProviders[1]?.at.toString()).toBe('x.inference[0]');
});

test.each([
  ['{inference: {providerId: p, image: a}}', 'x.inference', undefined],
  ['{inference: []}', 'x.inference', undefined],
  ['{inference: [{providerId: p}]}', 'x.inference[0].image', undefined],
  ['{inference: [{image: a}]}', 'x.inference[0].providerId', undefined],
  ['{inference: [{providerId: p, image: A}]}', 'x.inference[0].image', 'a'],
  ['{inference: [{providerId: p, image: a, imagePullPolicy: always}]}', 'x.inference[0].imagePullPolicy', 'Always'],
  ['{inference: [{providerId: p, image: a, id: b}]}', 'x.inference[0].id', 'providerId'],
  [
    '{inference: [{providerId: p, image: a}], safety: [{providerId: p, image: b}]}',
    'x.safety[0].providerId',
    'p-safety',
  ],
  ['{"in-ference": []}', 'x.in-ference', 'inference'],
])('%s is an error', (yaml, path, proposedValue) => {
  const { results } = read(yaml);
  expect(results).toMatchObject([{ severity: 'error', path }]);
  expect(results[0]?.proposedValue).toEqual(proposedValue);
});
