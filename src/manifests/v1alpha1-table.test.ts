import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { host } from '../../fn/function.ts';
import type { Json } from '../krm/result.ts';
import { render } from '../run.ts';
import { rows } from './v1alpha1-table.fixture.ts';

const page = readFileSync('docs/v1alpha1.md', 'utf8');
const [, cr = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
const { manifests } = render([{ path: 'stack.yaml', text: cr }], {}, host);
const objects = parseAllDocuments(manifests).map((document) => document.toJS() as Readonly<Record<string, Json>>);

/** The value at a path; `[…]` is an index, a key with dots, or the item of that name. */
function valueAt(kind: string, path: string): unknown {
  const steps = path.match(/\[[^\]]*\]|[^.[]+/g) ?? [];
  return steps.reduce<unknown>(
    (value, step) => {
      const key = step.replace(/^\[|\]$/g, '');
      if (Array.isArray(value) && !/^[0-9]+$/.test(key))
        return value.find((item: { name?: string }) => item.name === key);
      return (value as Readonly<Record<string, unknown>> | undefined)?.[key];
    },
    objects.find((object) => object.kind === kind),
  );
}

const shown = (value: Json | undefined): string => (value === undefined ? '–' : `\`${JSON.stringify(value)}\``);

describe('docs/v1alpha1.md', () => {
  test('shows a CR that is rendered', () => {
    expect(parse(cr)).toMatchObject({ apiVersion: 'llamastack.io/v1alpha1' });
    expect(objects.length).toBeGreaterThan(7);
  });

  test.each(rows)('says what stands at $path of $kind', ({ kind, path, operator, llsd }) => {
    expect(valueAt(kind, path)).toEqual(llsd === 'equal' ? operator : llsd.value);
    if (llsd !== 'equal') expect(llsd.value).not.toEqual(operator);
  });

  test('has the rows of the table, and every kind of object that is made', () => {
    const lines = rows.map(({ kind, path, operator, llsd }) => {
      const [ours, why] = llsd === 'equal' ? ['equal', ''] : [shown(llsd.value), llsd.why];
      return `| ${kind} | \`${path}\` | ${shown(operator)} | ${ours} | ${why} |`;
    });
    expect(page.slice(page.indexOf('| object |')).trim().split('\n').slice(2)).toEqual(lines);
    const kinds = new Set(rows.map(({ kind }) => kind));
    expect(objects.filter(({ kind }) => !kinds.has(kind as string))).toEqual([]);
  });
});
