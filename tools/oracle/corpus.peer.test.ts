import { describe, expect, test } from 'vitest';
import { knownReleases } from '../../src/releases/index.ts';
import { peer } from '../peers/env.ts';
import { corpusCases } from './cases.ts';
import { testCases } from './judged-cases.ts';
import { seedOfCommit } from './seed.ts';

/** How many CRs are drawn for each release. */
const count = 60;

/** Other CRs with each commit; a failing test says how to run its one alone. */
const seed = seedOfCommit();

for (const version of knownReleases()) {
  describe.runIf(peer(`server-${version}`))(`the server ${version} does what any valid CR says`, () => {
    const cases = corpusCases(version, seed, count);
    const judged = testCases(version, { corpus: cases }, ` --seed ${seed} --count ${count}`);

    test('most of what is drawn boots here, and not only loads', () => {
      const verdicts = [...judged.values()].flatMap((one) => one.verdicts);
      expect(verdicts.filter(({ boots }) => boots).length).toBeGreaterThan(count * 0.8);
    });
  });
}
