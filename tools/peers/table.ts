import type { Reporter, TestModule } from 'vitest/node';

interface Row {
  readonly passed: number;
  readonly failed: number;
  readonly left: number;
}

/**
 * Prints what ran of the tests against real tools: a line for each tool, version, mode and example, as their names tell:
 * `kustomize 5.8.1, exec Node` > `kustomize-options: …`.
 */
export default class PeerTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = new Map<string, Row>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const [suite = '', ...names] = test.fullName.split(' > ');
        const tool = /^(.+?) '?(\d\S*?)'?, '?(.+?)'?$/.exec(suite);
        const [example = '', rule] = (names.at(-1) ?? '').split(': ');
        if (!tool || rule === undefined) continue;
        const key = [...tool.slice(1), example].join(' | ');
        const { passed, failed, left } = rows.get(key) ?? { passed: 0, failed: 0, left: 0 };
        const { state } = test.result();
        rows.set(key, {
          passed: passed + Number(state === 'passed'),
          failed: failed + Number(state === 'failed'),
          left: left + Number(state === 'skipped' || state === 'pending'),
        });
      }
    }
    const lines = [...rows].map(
      ([key, { passed, failed, left }]) =>
        `| ${key} | ${String(passed)} passed, ${String(failed)} failed, ${String(left)} not run |`,
    );
    process.stdout.write(
      ['| tool | version | mode | example | tests |', '|---|---|---|---|---|', ...lines, ''].join('\n'),
    );
  }
}
