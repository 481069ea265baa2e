import { describe, expect, test } from 'vitest';
import { detectCaller } from './caller.ts';
import { placedItems } from './edits.ts';
import { resourceListFromFiles, toManifests } from './resource-list-from-files.ts';

const two =
  '# first\nkind: A\nmetadata:\n  name: a # why\n---\n# nothing\n--- # second\nkind: B\nmetadata: {name: b}\n...\n';

describe('the documents of files', () => {
  const { list, results } = resourceListFromFiles([
    { path: 'x/two.yaml', text: two },
    { path: 'crlf.yaml', text: '\ufeffkind: C\r\nmetadata:\r\n  name: c\r\n' },
    { path: 'j.json', text: '{"kind": "J", "metadata": {"name": "j"}}' },
  ]);

  test('are items with their file and index', () => {
    expect(results).toEqual([]);
    expect(list.items.map(({ kind, name, file }) => [kind, name, file])).toEqual([
      ['A', 'a', { path: 'x/two.yaml', index: 0 }],
      ['B', 'b', { path: 'x/two.yaml', index: 1 }],
      ['C', 'c', { path: 'crlf.yaml', index: 0 }],
      ['J', 'j', { path: 'j.json', index: 0 }],
    ]);
    expect(detectCaller(list)).toBe('render');
  });

  test('are written as they were, but for local ones', () => {
    const [, b] = list.items;
    if (!b) throw new Error('no item');
    const local = new Map([['config.kubernetes.io/local-config', 'true']]);
    const added = { apiVersion: 'v1', kind: 'New' };
    const manifests = toManifests(
      placedItems(list.items, [
        { change: 'annotate', item: b, annotations: local },
        { change: 'add', after: b, value: added },
      ]),
    );
    expect(manifests).toBe(
      '# first\nkind: A\nmetadata:\n  name: a # why\n---\napiVersion: v1\nkind: New\n---\nkind: C\r\nmetadata:\r\n  name: c\r\n---\n{"kind": "J", "metadata": {"name": "j"}}\n',
    );
  });
});

test('what is no YAML or no object is told with its file and line; the rest is read', () => {
  const { list, results } = resourceListFromFiles([
    { path: 'broken.yaml', text: 'kind: A\n---\nkind: "B\n---\nkind: C\n' },
    { path: 'nul.yaml', text: 'kind: A\nb: \0\n' },
    { path: 'values.yaml', text: 'port: 1\n' },
    { path: 'empty.yaml', text: '# nothing\n' },
    { path: 'app/kustomization.yaml', text: 'resources: [a.yaml]\n' }, // whose kind may be left out
  ]);
  expect(list.items.map(({ kind }) => kind)).toEqual(['A', 'C']);
  expect(results.map(({ severity, message, file }) => [severity, message, file?.path])).toEqual([
    ['error', 'Line 4, column 1: a `:`, comma, quote, bracket or brace is missing', 'broken.yaml'],
    ['error', 'Line 2, column 4: the text must not hold the control character U+0000', 'nul.yaml'],
    ['warning', 'This document is no Kubernetes object (it has no `kind`); it is left out', 'values.yaml'],
  ]);
});

test('what is wrong inside an item is told with its line in the file', () => {
  const { list } = resourceListFromFiles([{ path: 'a.yaml', text: 'kind: Z\n---\nkind: A\nspec:\n  b: 1\n  b: 2\n' }]);
  list.items[1]?.value();
  expect(list.results().map(({ message, file }) => [message, file])).toEqual([
    ['Line 6, column 3: key "b" is given twice in one mapping', { path: 'a.yaml', index: 1 }],
  ]);
});
