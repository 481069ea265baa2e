import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differences, type Judge } from './differences.fixture.ts';

const names: Readonly<Record<Judge, string>> = { reader: 'llsd', schema: 'JSON Schema', crd: 'API server' };

const listed = (judges: readonly Judge[]): string => judges.map((judge) => names[judge]).join(', ');

test('docs/schema.md shows every difference between the judges', () => {
  const judges = Object.keys(names) as Judge[];
  const rows = differences.map(({ what, refusedBy, reason }) => {
    const takenBy = judges.filter((judge) => !refusedBy.includes(judge));
    return `| ${what} | ${listed(refusedBy)} | ${listed(takenBy)} | ${reason} |`;
  });
  const page = readFileSync('docs/schema.md', 'utf8');
  expect(page.slice(page.indexOf('| what |')).trim().split('\n').slice(2)).toEqual(rows);
});
