import { describe } from 'vitest';
import { knownReleases } from '../../src/releases/index.ts';
import { peer } from '../peers/env.ts';
import { baseCases, goldenCases, render, type OracleCase } from './cases.ts';
import { testCases } from './judged-cases.ts';

/** The cases of `testdata` that describe a pod of a release with a config.yaml; one that lies elsewhere is not judged. */
function goldenOf(version: string): readonly OracleCase[] {
  return goldenCases().filter((one) => {
    const rendered = render(one);
    return (
      'pods' in rendered &&
      rendered.pods.some(({ release, config }) => release.version === version && config !== undefined)
    );
  });
}

for (const version of knownReleases()) {
  describe.runIf(peer(`server-${version}`))(`the server ${version} does what the CR says`, () => {
    testCases(version, { base: baseCases(version), golden: goldenOf(version) });
  });
}
