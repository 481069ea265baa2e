import { expect, test } from 'vitest';
import { Path, Report, type Json } from '../krm/result.ts';
import { readDisabled } from './disabled.ts';

function read(value: Json) {
  const report = new Report();
  const disabled = readDisabled(value, Path.root.field('disabled'), report);
  return { disabled, results: report.results.map(({ severity, field }) => ({ severity, ...field })) };
}

test('camelCase and snake_case name one API in the spelling of the server', () => {
  const { disabled, results } = read(['vectorIo', 'tool_runtime', 'safety']);
  expect(results).toEqual([]);
  expect(disabled.map(({ api, written }) => [api, written])).toEqual([
    ['vector_io', 'vectorIo'],
    ['tool_runtime', 'tool_runtime'],
    ['safety', 'safety'],
  ]);
});

test('an API that is named twice is kept once, with a warning', () => {
  const { disabled, results } = read(['vectorIo', 'safety', 'vector_io']);
  expect(disabled.map(({ api }) => api)).toEqual(['vector_io', 'safety']);
  expect(results).toEqual([{ severity: 'warning', path: 'disabled[2]', currentValue: 'vector_io' }]);
});

test.each<[Json, string, Json | undefined]>([
  [['vector-io'], 'disabled[0]', 'vector_io'],
  [['Safety'], 'disabled[0]', 'safety'],
  [[5], 'disabled[0]', undefined],
  [[''], 'disabled[0]', undefined],
  ['safety', 'disabled', ['safety']],
  [{ safety: true }, 'disabled', undefined],
])('%j is an error', (value, path, proposedValue) => {
  const { results } = read(value);
  expect(results).toMatchObject([{ severity: 'error', path }]);
  expect(results[0]?.proposedValue).toEqual(proposedValue);
});
