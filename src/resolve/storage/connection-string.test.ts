import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Path, Report } from '../../krm/result.ts';
import { checkConnectionString } from './connection-string.ts';

interface Form {
  readonly what: string;
  readonly text: string;
  readonly fault?: string;
}

// The start program's own table: what it takes and what it refuses.
const forms = JSON.parse(readFileSync('tools/start-program-test/connection-strings.json', 'utf8')) as Form[];

const at = Path.root.field('spec').field('storage').field('sql').field('connectionString');

function messages(text: string): readonly string[] {
  const report = new Report();
  checkConnectionString({ value: text, at }, report);
  return report.results.map((result) => `${result.severity}: ${result.message}`);
}

describe('a literal connection string', () => {
  it.each(forms)('is judged as at start: $what', ({ text, fault }) => {
    expect(messages(text)).toEqual(fault === undefined ? [] : [`error: \`connectionString\`: ${fault}`]);
  });

  it('never shows its value', () => {
    const report = new Report();
    checkConnectionString({ value: 'postgresql://app:aB3@xYz@db/llama', at }, report);
    expect(JSON.stringify(report.results)).not.toMatch(/aB3|xYz/);
    expect(report.results[0]?.field).toEqual({ path: 'spec.storage.sql.connectionString' });
  });

  it('from a Secret is left to the start program', () => {
    const report = new Report();
    checkConnectionString({ secret: { name: 'pg', key: 'url', at }, at }, report);
    expect(report.results).toEqual([]);
  });
});
