import { expect, test } from 'vitest';
import { formatResult, mostUsefulFirst } from './format-result.ts';

const resourceRef = { apiVersion: 'v1', kind: 'Toy', name: 'a' };

test.each([
  [
    { resourceRef, field: { path: 'spec.port' }, file: { path: 'a.yaml', index: 1 } },
    'error: Toy/a: spec.port: must be 1 (a.yaml)',
  ],
  [{ resourceRef: { ...resourceRef, namespace: 'ns' } }, 'error: Toy/ns/a: must be 1'],
  [{ resourceRef: { ...resourceRef, name: '' } }, 'error: Toy: must be 1'],
  [{ file: { path: 'a.yaml' } }, 'error: must be 1 (a.yaml)'],
  [{}, 'error: must be 1'],
])('names what is known of the place: %j', (place, line) => {
  expect(formatResult({ message: 'must be 1', severity: 'error', ...place })).toBe(line);
});

test('is one line, without characters that a terminal obeys', () => {
  expect(formatResult({ message: 'one\n  two\r\n\u2028three \u001b[31mred\tx\u0085.', severity: 'info' })).toBe(
    'info: one two three \\x1b[31mred\\x09x .',
  );
});

test('errors come first, then warnings, each in the order in which they were found', () => {
  const found = (['info', 'error', 'warning', 'error'] as const).map((severity, index) => ({
    severity,
    message: `${index}`,
  }));
  expect(mostUsefulFirst(found).map(({ message }) => message)).toEqual(['1', '3', '2', '0']);
});
