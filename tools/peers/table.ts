import type { Reporter, TestModule } from 'vitest/node';

interface Row {
  readonly passed: number;
  readonly failed: number;
  readonly left: number;
}

/** The cells of a test's row: tool, version, mode and example; of a suite that no pipeline runs, its name and what it is about. */
function cellsOf(suite: string, name: string): readonly string[] {
  const pipeline = /^(.+?) '?(\d\S*?)'?, '?(.+?)'?$/.exec(suite);
  const [example = '', rule] = name.split(': ');
  return pipeline ? [...pipeline.slice(1), rule === undefined ? '' : example] : [suite, '', '', ''];
}

/**
 * Prints what ran of the tests against real tools: a line for each tool, version, mode and example, as their names tell
 * (`kustomize 5.8.1, exec Node` > `kustomize-options: …`), and one for each other suite. Under CI a test that did not run fails.
 */
export default class PeerTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = new Map<string, Row>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const [suite = '', ...names] = test.fullName.split(' > ');
        const key = cellsOf(suite, names.at(-1) ?? '').join(' | ');
        const { passed, failed, left } = rows.get(key) ?? { passed: 0, failed: 0, left: 0 };
        const { state } = test.result();
        rows.set(key, {
          passed: passed + Number(state === 'passed'),
          failed: failed + Number(state === 'failed'),
          left: left + Number(state === 'skipped' || state === 'pending'),
        });
      }
    }
    const counts = ({ passed, failed, left }: Row): string =>
      `${String(passed)} passed, ${String(failed)} failed, ${String(left)} not run`;
    const sum = (of: (row: Row) => number): number => [...rows.values()].reduce((total, row) => total + of(row), 0);
    const all = {
      passed: sum(({ passed }) => passed),
      failed: sum(({ failed }) => failed),
      left: sum(({ left }) => left),
    };
    process.stdout.write(
      [
        '| tool | version | mode | example | tests |',
        '|---|---|---|---|---|',
        ...[...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, row]) => `| ${key} | ${counts(row)} |`),
        `| all | | | | ${counts(all)} |`,
        '',
      ].join('\n'),
    );
    if (all.left > 0 && process.env.CI) process.exitCode = 1;
  }
}
