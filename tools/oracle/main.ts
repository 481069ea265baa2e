// npm run oracle -- [--release all|0.7.1] [--cases base|golden|corpus] [--only NAME] [--seed N] [--count N]
// npm run soak -- [--release all|0.7.1] [--minutes N]
// Boots what the program renders on the real servers, and compares what they are with what the CRs say.

import { parseArgs } from 'node:util';
import { knownReleases } from '../../src/releases/index.ts';
import { baseCases, corpusCases, goldenCases, type OracleCase } from './cases.ts';
import { Oracle } from './oracle.ts';
import { seedOfCommit } from './seed.ts';
import { faultsOf, reasons, table, type Row } from './table.ts';

const { values } = parseArgs({
  options: {
    release: { type: 'string', default: 'all' },
    cases: { type: 'string', default: 'base,golden,corpus' },
    only: { type: 'string', default: '' },
    seed: { type: 'string' },
    count: { type: 'string', default: '60' },
    minutes: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});

/** How many cases of a round of `soak` are of one release. */
const round = 30;

const releases = values.release === 'all' ? knownReleases() : [values.release];
const seed = values.seed === undefined ? seedOfCommit() : Number(values.seed);
const oracle = new Oracle();
const rows: Row[] = [];

async function run(release: string, kind: string, cases: readonly OracleCase[]): Promise<void> {
  const wanted = cases.filter(({ name }) => name.includes(values.only));
  if (values.show) for (const { input } of wanted) process.stdout.write(`${input.toString()}\n`);
  const begun = performance.now();
  const judged = await oracle.judge(wanted, release);
  rows.push({ release, kind, judged, seconds: (performance.now() - begun) / 1000 });
  for (const one of judged) {
    for (const fault of faultsOf(one)) process.stdout.write(`${release} ${kind} ${one.name}: ${fault}\n`);
  }
}

async function runOnce(): Promise<void> {
  for (const release of releases) {
    const kinds = {
      base: () => baseCases(release),
      golden: () => goldenCases(),
      corpus: () => corpusCases(release, seed, Number(values.count)),
    };
    for (const [kind, cases] of Object.entries(kinds)) {
      if (values.cases.split(',').includes(kind)) await run(release, kind, cases());
    }
  }
}

/** Corpora of ever new seeds, in turn for each release, until the time is over. */
async function soak(minutes: number): Promise<void> {
  const end = Date.now() + minutes * 60_000;
  for (let turn = 0; Date.now() < end; turn += 1) {
    for (const release of releases) {
      process.stdout.write(`${release}: seed ${seed + turn}\n`);
      await run(release, 'corpus', corpusCases(release, seed + turn, round));
    }
  }
}

await oracle.start();
try {
  if (values.cases.includes('corpus')) process.stdout.write(`seed ${seed}\n`);
  await (values.minutes === undefined ? runOnce() : soak(Number(values.minutes)));
} finally {
  await oracle.stop();
}
process.stdout.write(`${[table(rows), ...reasons(rows)].join('\n')}\n`);
if (rows.some(({ judged }) => judged.some((one) => faultsOf(one).length > 0))) process.exitCode = 1;
