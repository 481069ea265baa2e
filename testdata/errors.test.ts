import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { forced } from '../tools/oracle/forced.ts';
import { readCases } from './cases.ts';

/** A line of docs/errors.md: an error, and the heading of who would fail without it. */
interface Row {
  readonly error: string;
  readonly reason: string;
  readonly fits: RegExp;
}

const rows = readFileSync('docs/errors.md', 'utf8')
  .split('\n## ')
  .slice(1)
  .flatMap((section): readonly Row[] => {
    const [reason = '', ...lines] = section.split('\n');
    return lines.flatMap((line) => {
      const error = /^\| (?!error |-)(.*?) +\| /.exec(line)?.[1];
      return error === undefined ? [] : [{ error, reason, fits: patternOf(error) }];
    });
  });

function patternOf(error: string): RegExp {
  const parts = error.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

interface Shown {
  readonly severity: string;
  readonly message: string;
}

/** Every error that a golden case shows, with the case. */
const errors = readCases().flatMap(({ name, expected }) => {
  const { text = '' } = expected;
  if (!text.includes('severity: error')) return [];
  // the items may hold what no parser should expand
  const results = text.slice(text.lastIndexOf('\nresults:\n') + 1);
  const { results: shown } = parse(results) as { readonly results: readonly Shown[] };
  return shown.filter(({ severity }) => severity === 'error').map(({ message }) => ({ name, message }));
});

const rowOf = (message: string) => rows.find(({ fits }) => fits.test(message));

test('every error that a case shows has a line in docs/errors.md', () => {
  expect(errors.length).toBeGreaterThan(200);
  expect(errors.filter(({ message }) => rowOf(message) === undefined)).toEqual([]);
});

test('every line of docs/errors.md is the first one for an error that a case shows', () => {
  const used = new Set(errors.map(({ message }) => rowOf(message)));
  expect(rows.filter((row) => !used.has(row)).map(({ error }) => error)).toEqual([]);
});

test('every error that is forced on the real server is said to be the server’s', () => {
  const reasons = forced.flatMap(({ says }) =>
    errors.filter(({ message }) => says.test(message)).map(({ message }) => rowOf(message)?.reason),
  );
  expect(new Set(reasons)).toEqual(new Set(['The server']));
});
