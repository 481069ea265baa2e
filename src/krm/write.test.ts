import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Edit } from './edits.ts';
import { resourceListText } from './resource-list.fixture.ts';
import { readResourceList, type ResourceList, Unreadable } from './resource-list.ts';
import type { Json, Result } from './result.ts';
import { writeResourceList } from './write.ts';

function read(text: string): ResourceList {
  const list = readResourceList(text);
  if (list instanceof Unreadable) throw new Error(list.result.message);
  return list;
}
const values = (text: string): Json[] =>
  read(text).items.map((item) => JSON.parse(JSON.stringify(item.value())) as Json);
const info: Result = {
  message: 'done',
  severity: 'info',
  resourceRef: { apiVersion: 'v1', kind: 'A', name: 'x' },
  field: { path: 'a.b', proposedValue: [1] },
  tags: { reason: 'R' },
};
const local = new Map([['config.kubernetes.io/local-config', 'true']]);
const added = { apiVersion: 'v1', kind: 'New', data: { text: 'a\nb\n' } };
const addTo = (list: ResourceList, after = list.items[0]): Edit => ({ change: 'add', after, value: added });

describe('block lists', () => {
  test('take new items in the column of their own dashes', () => {
    const list = read('kind: ResourceList\nitems:\n  - kind: A\n    # c\n  # between\n  - kind: B\n');
    expect(writeResourceList(list, [addTo(list)], [])).toBe(
      'kind: ResourceList\nitems:\n  - kind: A\n    # c\n  - apiVersion: v1\n    kind: New\n    data:\n      text: |\n        a\n        b\n  # between\n  - kind: B\n',
    );
  });

  test.each(['items: []\n', 'items:\n', 'items: null # none\n', ''])('%j is filled, and results follow', (items) => {
    const text = `kind: ResourceList\n${items}functionConfig:\n  kind: C\n`;
    const list = read(text);
    const written = writeResourceList(list, [{ change: 'add', after: undefined, value: added }], [info]);
    expect(values(written)).toEqual([added]);
    expect(written).toContain('functionConfig:\n  kind: C\n');
    expect(written).toMatch(/results:\n- message: done\n {2}severity: info\n {2}resourceRef:\n/);
  });

  test('results are replaced, wherever they stand', () => {
    const text = 'results:\n- message: old\nkind: ResourceList\nitems:\n- kind: A\n';
    expect(writeResourceList(read(text), [], [{ message: 'new', severity: 'error' }])).toBe(
      'results:\n- message: new\n  severity: error\nkind: ResourceList\nitems:\n- kind: A\n',
    );
    expect(writeResourceList(read(text), [], [])).toBe('kind: ResourceList\nitems:\n- kind: A\n');
  });

  test('a last line without line break gets one before anything follows it', () => {
    const list = read('kind: ResourceList\nitems:\n- kind: A');
    expect(writeResourceList(list, [addTo(list)], [])).toContain('- kind: A\n- apiVersion: v1\n');
  });

  test('CRLF stays CRLF, and new lines follow it', () => {
    const list = read('kind: ResourceList\r\nitems:\r\n- kind: A\r\n  metadata:\r\n    name: x\r\n');
    const [item] = list.items;
    if (!item) throw new Error('no item');
    const written = writeResourceList(list, [{ change: 'annotate', item, annotations: local }, addTo(list)], [info]);
    expect(written.replaceAll('\r\n', '')).not.toContain('\n');
    expect(values(written)[1]).toEqual(added);
  });

  test('a byte-order mark is read over and not written', () => {
    const list = read('\ufeffkind: ResourceList\nitems:\n- kind: A\n');
    expect(writeResourceList(list, [], [])).toBe('kind: ResourceList\nitems:\n- kind: A\n');
  });
});

describe('JSON and flow lists', () => {
  test('JSON in gives JSON out, numbers of other items as they were written', () => {
    const text =
      '{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{"kind": "A", "n": 1.0}, {"kind":"B"}]}';
    const list = read(text);
    const written = writeResourceList(list, [addTo(list), { change: 'remove', item: list.items[1] as never }], [info]);
    expect(JSON.parse(written)).toEqual({
      apiVersion: 'config.kubernetes.io/v1',
      kind: 'ResourceList',
      items: [{ kind: 'A', n: 1 }, added],
      results: [info],
    });
    expect(written).toContain('{"kind": "A", "n": 1.0}');
  });

  test('over several lines if it came so', () => {
    const text = JSON.stringify({ kind: 'ResourceList', items: [{ kind: 'A', metadata: { name: 'x' } }] }, null, 2);
    const list = read(text);
    const [item] = list.items;
    if (!item) throw new Error('no item');
    const written = writeResourceList(list, [{ change: 'annotate', item, annotations: local }, addTo(list)], [info]);
    expect(JSON.parse(written)).toEqual({
      kind: 'ResourceList',
      items: [{ kind: 'A', metadata: { name: 'x', annotations: Object.fromEntries(local) } }, added],
      results: [info],
    });
    expect(written).toContain('\n    {\n      "apiVersion": "v1",\n');
  });

  test.each([
    '{"kind":"ResourceList"}',
    '{"kind":"ResourceList","items":[]}',
    '{"kind":"ResourceList","items":null}',
    '{"kind":"ResourceList","results":[{"message":"old"}]}',
    '{\n  "kind": "ResourceList"\n}\n',
  ])('%s is filled', (text) => {
    const written = writeResourceList(read(text), [{ change: 'add', after: undefined, value: added }], [info]);
    expect(JSON.parse(written)).toEqual({ kind: 'ResourceList', items: [added], results: [info] });
  });

  test('items in brackets within a block list', () => {
    const list = read('kind: ResourceList\nitems: [{kind: A}, {kind: B}] # two\n');
    expect(values(writeResourceList(list, [addTo(list)], [info]))).toEqual([{ kind: 'A' }, added, { kind: 'B' }]);
  });
});

describe('an annotation is added', () => {
  test.each([
    [
      'after the others',
      'metadata:\n    name: x\n    annotations: # why\n      # a\n      a: b # b\n    labels: {}\n',
      'metadata:\n    name: x\n    annotations: # why\n      # a\n      a: b # b\n      config.kubernetes.io/local-config: "true"\n    labels: {}\n',
    ],
    [
      'after block text',
      'metadata:\n    annotations:\n      a: |\n        b\n    name: x\n',
      'metadata:\n    annotations:\n      a: |\n        b\n      config.kubernetes.io/local-config: "true"\n    name: x\n',
    ],
    [
      'where there are none',
      'metadata:\n    name: x # c\n',
      'metadata:\n    name: x # c\n    annotations:\n      config.kubernetes.io/local-config: "true"\n',
    ],
    [
      'where they are nothing',
      'metadata:\n    annotations: # c\n    name: x\n',
      'metadata:\n    annotations: # c\n      config.kubernetes.io/local-config: "true"\n    name: x\n',
    ],
    [
      'where they are null',
      'metadata:\n    annotations: null\n    name: x\n',
      'metadata:\n    annotations:\n      config.kubernetes.io/local-config: "true"\n    name: x\n',
    ],
    [
      'where they are empty',
      'metadata:\n    annotations: {}\n',
      'metadata:\n    annotations: {"config.kubernetes.io/local-config": "true"}\n',
    ],
    [
      'in braces',
      'metadata: {name: x, annotations: {a: b}}\n',
      'metadata: {name: x, annotations: {"config.kubernetes.io/local-config": "true", a: b}}\n',
    ],
    [
      'in braces without any',
      'metadata: {name: x}\n',
      'metadata: {"annotations": {"config.kubernetes.io/local-config": "true"}, name: x}\n',
    ],
    [
      'in place of another value',
      'metadata:\n    annotations:\n      config.kubernetes.io/local-config: "" # c\n      a: b\n',
      'metadata:\n    annotations:\n      config.kubernetes.io/local-config: "true" # c\n      a: b\n',
    ],
  ])('%s', (_, before, after) => {
    const text = (metadata: string): string =>
      `kind: ResourceList\nitems:\n- kind: A # k\n  ${metadata}  spec: {}\n# end\n`;
    const list = read(text(before));
    const [item] = list.items;
    if (!item) throw new Error('no item');
    const written = writeResourceList(list, [{ change: 'annotate', item, annotations: local }], []);
    expect(written).toBe(text(after));
    expect(read(written).items[0]?.annotations.get('config.kubernetes.io/local-config')).toBe('true');
  });

  test('to any object, changing nothing else in its value', () => {
    fc.assert(
      fc.property(resourceListText, (text) => {
        const list = readResourceList(text);
        if (list instanceof Unreadable) return;
        const edits = list.items.map((item): Edit => ({ change: 'annotate', item, annotations: local }));
        const written = writeResourceList(list, edits, []);
        const expected = values(text).map((value) => {
          const object = value as { metadata: { annotations?: object } };
          return {
            ...object,
            metadata: {
              ...object.metadata,
              annotations: { ...object.metadata.annotations, ...Object.fromEntries(local) },
            },
          };
        });
        expect(values(written)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
