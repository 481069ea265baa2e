import type { Judged } from './oracle.ts';

/** What came of one kind of cases on one release. */
export interface Row {
  readonly release: string;
  readonly kind: string;
  readonly judged: readonly Judged[];
  readonly seconds: number;
}

const columns = ['release', 'cases', 'count', 'boots', 'loads only', 'mended', 'agrees', 'fails', 'seconds'];

/** `release × kind of cases` with the counts of what came of them; cases without a pod of the release are not counted. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ release, kind, judged, seconds }) => {
    const counted = judged.filter(({ verdicts }) => verdicts.length > 0);
    const count = (fits: (one: Judged) => boolean) => String(counted.filter(fits).length);
    return [
      release,
      kind,
      String(counted.length),
      count(({ verdicts }) => verdicts.every(({ boots }) => boots)),
      count(({ verdicts }) => verdicts.some(({ loadsOnly }) => loadsOnly !== undefined)),
      count(({ mended }) => mended),
      count((one) => faultsOf(one).length === 0),
      count((one) => faultsOf(one).length > 0),
      String(Math.round(seconds)),
    ];
  });
  const all = [columns, ...lines];
  const widths = columns.map((_, index) => Math.max(...all.map((line) => line[index]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The reasons why cases were only loaded, or booted without a part, each with its count. */
export function reasons(rows: readonly Row[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { release, judged } of rows) {
    for (const { loadsOnly, without } of judged.flatMap(({ verdicts }) => verdicts)) {
      const why = loadsOnly === undefined ? without && `boots without ${without}` : `loads only: ${loadsOnly}`;
      const line = `${release} ${why ?? ''}`;
      if (why !== undefined) counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  return [...counts].map(([line, count]) => `${line} (${count})`);
}

/** Everything that is wrong with a case. */
export function faultsOf({ verdicts }: Judged): readonly string[] {
  return verdicts.flatMap(({ faults }) => faults);
}
