import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../dist/llsd.cjs');
const page = join(import.meta.dirname, '../../docs/llamastackdistribution.schema.json');

function llsd(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { stdout, stderr, status };
}

test('llsd schema prints the schema that the examples name', () => {
  const { stdout, stderr, status } = llsd('schema');
  // To renew it: node dist/llsd.cjs schema > docs/llamastackdistribution.schema.json
  expect(stdout).toBe(readFileSync(page, 'utf8'));
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('llsd crd says on stderr and at the top of what it prints where it must not be applied', () => {
  const { stdout, stderr, status } = llsd('crd');
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^# WARNING: Not for a cluster where .* v1alpha1, .*\napiVersion: apiextensions\.k8s\.io\/v1\n/,
  );
  expect(stderr).toMatch(/^llsd crd: warning: Not for a cluster where .*\n$/);
});

test.each(['schema', 'crd'])('llsd %s takes no arguments, and --help shows an example', (command) => {
  expect(llsd(command, 'x')).toEqual({ stdout: '', stderr: `llsd ${command} takes no arguments\n`, status: 2 });
  expect(llsd(command, '--help').stdout).toMatch(new RegExp(`Example:\n  llsd ${command} `));
});
