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

function messages(kind: 'kv' | 'sql', text: string): readonly string[] {
  const report = new Report();
  checkConnectionString(kind, { value: text, at }, report);
  return report.results.map((result) => `${result.severity}: ${result.message}`);
}

describe.each(['sql', 'kv'] as const)('a literal connection string of %s is judged as at start', (kind) => {
  it.each(forms)('$what', ({ text, fault }) => {
    expect(messages(kind, text)).toEqual(fault === undefined ? [] : [`error: \`connectionString\`: ${fault}`]);
  });
});

describe('a literal connection string', () => {
  it.each(['12345', 'true', '1e5', 'nan', '1_000', '~x'])('of kv must not name the user or database %s', (name) => {
    const fault =
      'error: `connectionString`: user and database must not be a number, true or false, nor begin with ' +
      "'~': the server would convert it";
    expect(messages('kv', `postgresql://${name}:pw@db/llama`)).toEqual([fault]);
    expect(messages('kv', `postgresql://app:pw@db/${name}`)).toEqual([fault]);
    expect(messages('sql', `postgresql://${name}:pw@db/${name}`)).toEqual([]);
  });

  it('never shows its value', () => {
    const report = new Report();
    checkConnectionString('sql', { value: 'postgresql://app:aB3@xYz@db/llama', at }, report);
    expect(JSON.stringify(report.results)).not.toMatch(/aB3|xYz/);
    expect(report.results[0]?.field).toEqual({ path: 'spec.storage.sql.connectionString' });
  });

  it('from a Secret is left to the start program', () => {
    const report = new Report();
    checkConnectionString('sql', { secret: { name: 'pg', key: 'url', at }, at }, report);
    expect(report.results).toEqual([]);
  });
});
