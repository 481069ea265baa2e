import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownReleases } from '../../src/releases/index.ts';
import { peer } from '../peers/env.ts';
import { baseCases, goldenCases, render, type OracleCase } from './cases.ts';
import { Oracle, type Judged } from './oracle.ts';
import { faultsOf } from './table.ts';

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
    const oracle = new Oracle();
    const judged = new Map<string, Judged>();
    const kinds = { base: baseCases(version), golden: goldenOf(version) };

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
        const command = `npm run oracle -- --release ${version} --cases ${kind} --only '${name}'`;
        expect(one && faultsOf(one), command).toEqual([]);
      });
    }
  });
}
