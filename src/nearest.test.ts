import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['prot', ['port', 'tls'], 'port'],
  ['api_key', ['apiKey', 'endpoint'], 'apiKey'],
  ['APIKEY', ['apiKey'], 'apiKey'],
  ['vectorIO', ['vectorIo', 'safety'], 'vectorIo'],
  ['endpont', ['endpoint', 'id'], 'endpoint'],
  ['telemetery', ['telemetry'], 'telemetry'],
  ['kubernetes', ['port', 'tls'], undefined],
  ['', ['kv'], undefined],
  ['x', [], undefined],
  ['__proto__', ['provider', 'id'], undefined],
])('nearest of %j in %j is %j', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test('of equally near candidates the first by code unit is taken, whatever their order', () => {
  expect(nearest('cat', ['hat', 'bat'])).toBe('bat');
  expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
  expect(nearest('a_b', ['aB', 'a-b'])).toBe('a-b');
});

test('a word of a megabyte is compared with nothing', () => {
  expect(nearest('a'.repeat(1_000_000), ['b'])).toBeUndefined();
});
