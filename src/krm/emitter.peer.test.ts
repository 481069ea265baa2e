import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer, requirePeer } from '../../tools/peers/env.ts';
import { emitYaml } from './emitter.ts';
import { readResourceList, Unreadable } from './resource-list.ts';
import type { Json, JsonObject } from './result.ts';
import { trickyStrings } from './tricky-strings.ts';
import { readDocument } from './yaml-value.ts';
import { parseYaml } from './yaml.ts';

/** Each text as a value, as an item of a list and, where the Kubernetes data model has room for it, as a key. */
const object: JsonObject = {
  apiVersion: 'toys.example/v1',
  kind: 'Toy',
  metadata: { name: 'texts' },
  values: Object.fromEntries(trickyStrings.map((text, index) => [`v${index}`, text])),
  items: [...trickyStrings],
  nested: trickyStrings.map((text) => ({ a: { b: [text, [text]] } })),
  // kustomize itself fails on longer keys, and drops a key that is called like the merge key.
  keys: Object.fromEntries(
    trickyStrings.filter((text) => text.length < 1000 && text !== '<<').map((text, index) => [text, index]),
  ),
  numbers: [0, 1, -1, 0.5, 1e21, 1e-7, 1.1, 9007199254740991, 493],
  others: [true, false, null, {}, []],
};

const plain = (value: Json | undefined): unknown => JSON.parse(JSON.stringify(value));

/** The one object of a YAML text; its annotations, which orchestrators add, left out. */
function only(text: string): unknown {
  const [document] = parseYaml(text);
  const { value, problems } = readDocument(document ?? { root: undefined, problems: [] });
  expect(problems).toEqual([]);
  return withoutAnnotations(value);
}

function withoutAnnotations(value: Json): unknown {
  const { metadata, ...rest } = plain(value) as { metadata: { annotations?: unknown } };
  delete metadata.annotations;
  return { ...rest, metadata };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-'));
  writeFileSync(join(folder, 'texts.yaml'), emitYaml(object));
  writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [texts.yaml]\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['kustomize-5.8.1', 'kustomize-5.4.3'])('%s', (name) => {
  test.runIf(peer(name))('reads every text, key and number that we write as what it is', () => {
    const built = execFileSync(requirePeer(name).path, ['build', folder], { encoding: 'utf8' });
    // U+2028 is a line break in YAML 1.1: kustomize indents what follows it, and Go's readers skip that again.
    expect(only(built.replace(/([\u2028\u2029]) +/g, '$1'))).toEqual(plain(object));
  });
});

describe.runIf(peer('kpt'))('kpt', () => {
  test('hands every text, key and number that we write to a function as what it is', () => {
    const list = readResourceList(
      execFileSync(requirePeer('kpt').path, ['fn', 'source', folder], { encoding: 'utf8' }),
    );
    if (list instanceof Unreadable) throw new Error(list.result.message);
    expect(withoutAnnotations(list.find('Toy', 'texts')?.value() ?? null)).toEqual(plain(object));
  });

  test('writes every text, key and number that it got from us as what it is', () => {
    const sunk = join(folder, 'sunk');
    const annotations = {
      'internal.config.kubernetes.io/path': 'texts.yaml',
      'internal.config.kubernetes.io/index': '0',
    };
    const item = { ...object, metadata: { name: 'texts', annotations } };
    const input = emitYaml({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [item] });
    execFileSync(requirePeer('kpt').path, ['fn', 'sink', sunk], { input });
    expect(only(readFileSync(join(sunk, 'texts.yaml'), 'utf8'))).toEqual(plain(object));
  });
});
