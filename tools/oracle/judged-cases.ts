import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OracleCase } from './cases.ts';
import { Oracle, type Judged } from './oracle.ts';
import { faultsOf } from './table.ts';

/**
 * Registers a test for each case: the server of the release boots it and does what its CR says. A failing one says the
 * command that runs it alone, with `options` at its end. What was judged is in the value once the tests run, by name.
 */
export function testCases(
  version: string,
  kinds: Readonly<Record<string, readonly OracleCase[]>>,
  options = '',
): ReadonlyMap<string, Judged> {
  const oracle = new Oracle();
  const judged = new Map<string, Judged>();

  beforeAll(async () => {
    await oracle.start();
    for (const [kind, cases] of Object.entries(kinds)) {
      for (const one of await oracle.judge(cases, version)) judged.set(`${kind} ${one.name}`, one);
    }
  }, 900_000);

  afterAll(async () => {
    await oracle.stop();
  });

  for (const [kind, cases] of Object.entries(kinds)) {
    test.each(cases.map(({ name }) => name))(`${kind} %s`, (name) => {
      const one = judged.get(`${kind} ${name}`);
      expect(one?.verdicts).not.toEqual([]);
      const command = `npm run oracle -- --release ${version} --cases ${kind} --only '${name}'${options}`;
      expect(one && faultsOf(one), command).toEqual([]);
    });
  }
  return judged;
}
