import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emitYaml } from '../krm/emitter.ts';
import { resourceListFromFiles } from '../krm/resource-list-from-files.ts';
import { isMapping, Report, type JsonObject } from '../krm/result.ts';
import { readStack } from '../spec/stack.ts';
import type { Version } from '../spec/version.ts';
import { convertFile } from './convert.ts';
import { refusedValues, type RefusedValue } from './refused-values.fixture.ts';

const path = 'stack.yaml';
const other = (version: Version): Version => (version === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1');
const crOf = ({ from, spec, annotations }: RefusedValue): JsonObject => ({
  apiVersion: `llamastack.io/${from}`,
  kind: 'LlamaStackDistribution',
  metadata: { name: 'my-stack', namespace: 'llama', ...(annotations && { annotations }) },
  spec,
});

function valueOf(text: string): JsonObject {
  const value = resourceListFromFiles([{ path, text }]).list.items[0]?.value();
  return isMapping(value) ? value : {};
}

function isTaken(cr: JsonObject): boolean {
  const report = new Report();
  readStack(cr, report);
  return !report.failed;
}

/** The text after a conversion; undefined where that is refused. */
function converted(text: string, to: Version): string | undefined {
  const { text: after, results } = convertFile({ path, text }, { to, providersFromEnv: false });
  return results.some(({ severity }) => severity === 'error') ? undefined : after;
}

test.each(refusedValues.map((value) => [value.what, value] as const))('%s', (_, value) => {
  const { from, takenBy, conversion } = value;
  const cr = crOf(value);
  const there = converted(emitYaml(cr), other(from));
  const back = there === undefined ? undefined : converted(there, from);
  expect(back === undefined ? 'refused' : 'goes round').toBe(conversion);
  if (back !== undefined) expect(valueOf(back)).toEqual(cr);
  const taken = [isTaken(cr) && from, there !== undefined && isTaken(valueOf(there)) && other(from)];
  expect(taken.filter((version) => version !== false)).toEqual(takenBy);
});

test('docs/migration.md shows each of them', () => {
  const rows = refusedValues.map(({ what, from, takenBy, conversion }) => {
    const verdict = (version: Version): string => {
      if (conversion === 'refused' && version !== from) return '–';
      return takenBy.includes(version) ? 'taken' : 'refused';
    };
    const round = conversion === 'refused' ? 'refused' : 'comes back as it was';
    return `| ${[what, from, verdict('v1alpha1'), verdict('v1alpha2'), round].join(' | ')} |`;
  });
  const page = readFileSync('docs/migration.md', 'utf8');
  const table = page.slice(page.indexOf('| value |')).split('\n\n')[0] ?? '';
  expect(table.split('\n').slice(2)).toEqual(rows);
});
