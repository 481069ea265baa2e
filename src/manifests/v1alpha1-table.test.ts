import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { host } from '../../fn/function.ts';
import type { Json } from '../krm/result.ts';
import { render } from '../run.ts';
import { deploymentRows } from './v1alpha1-table/deployment.fixture.ts';
import { objectRows } from './v1alpha1-table/objects.fixture.ts';
import { HASH } from './v1alpha1-table/row.fixture.ts';

const rows = [...deploymentRows, ...objectRows];

const page = readFileSync('docs/v1alpha1.md', 'utf8');
const [, cr = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
const { manifests } = render([{ path: 'stack.yaml', text: cr }], {}, host);
const objects = parseAllDocuments(manifests).map(
  (document) => document.toJS() as Readonly<Record<string, Json>> & { readonly kind: string },
);

/** The value at a path in an object; `[…]` is an index, a key with dots, or the item of that name. */
function valueAt(object: Readonly<Record<string, Json>> | undefined, path: string): unknown {
  const steps = path.match(/\[[^\]]*\]|[^.[]+/g) ?? [];
  return steps.reduce<unknown>((value, step) => {
    const key = step.replace(/^\[|\]$/g, '');
    if (Array.isArray(value) && !/^[0-9]+$/.test(key))
      return (value as readonly { name?: string }[]).find(({ name }) => name === key);
    return (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  }, object);
}

/** The paths of an object that no row is about; an item with a name is found by it. */
function untold(kind: string, value: unknown, path: string): string[] {
  if (rows.some((row) => (row.kind === kind || row.kind === 'every object') && row.path === path)) return [];
  if (typeof value !== 'object' || value === null) return [path];
  const named = Array.isArray(value) && value.every((item: { name?: unknown }) => typeof item.name === 'string');
  return Object.entries(value as Readonly<Record<string, { name?: string }>>).flatMap(([key, part]) => {
    const isWord = !Array.isArray(value) && !/[./]/.test(key);
    const step = isWord
      ? `.${key}`
      : `[${named && path !== 'spec.template.spec.containers' ? (part.name ?? '') : key}]`;
    return untold(kind, part, `${path}${step}`.replace(/^\./, ''));
  });
}

const shown = (value: Json | undefined): string => (value === undefined ? '–' : `\`${JSON.stringify(value)}\``);

describe('docs/v1alpha1.md', () => {
  test('shows a CR that is rendered', () => {
    expect(parse(cr)).toMatchObject({ apiVersion: 'llamastack.io/v1alpha1' });
    expect(objects.length).toBeGreaterThan(7);
  });

  test.each(rows)('says what stands at $path of $kind', ({ kind, path, operator, llsd }) => {
    const wanted = llsd === 'equal' ? operator : llsd.value;
    const about = objects.filter((object) => kind === 'every object' || object.kind === kind);
    const values = about.length === 0 ? [undefined] : about.map((object) => valueAt(object, path));
    const hash: unknown = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(values).toEqual(values.map(() => (wanted === HASH ? hash : wanted)));
    if (llsd !== 'equal') expect(llsd.value).not.toEqual(operator);
  });

  test('leaves no field of an object untold', () => {
    const known = /^(?:apiVersion|kind)$|\.env\[[A-Z_]+\]\.name$|\.volumes\[ca-bundle\]\.name$/;
    const paths = objects.flatMap((object) => untold(object.kind, object, '').map((path) => `${object.kind} ${path}`));
    expect(paths.filter((path) => !known.test(path.replace(/^\w+ /, '')))).toEqual([]);
  });

  test('has the rows of the table, and every kind of object that is made', () => {
    const lines = rows.map(({ kind, path, operator, llsd }) => {
      const [ours, why] = llsd === 'equal' ? ['equal', ''] : [shown(llsd.value), llsd.why];
      return `| ${kind} | \`${path}\` | ${shown(operator)} | ${ours} | ${why} |`;
    });
    expect(page.slice(page.indexOf('| object |')).trim().split('\n').slice(2)).toEqual(lines);
    const kinds = new Set(rows.map(({ kind }) => kind));
    expect(objects.filter(({ kind }) => !kinds.has(kind))).toEqual([]);
  });
});
