import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { host } from '../../fn/function.ts';
import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import { render } from '../../src/run.ts';
import { specSchema } from '../../src/spec/stack.ts';
import { unusedParts } from '../../testdata/schema-parts.ts';
import { peer } from '../peers/env.ts';
import { ApiServer } from './api-server.ts';
import { changes, type Cr } from './changes.ts';
import { applyAll, deleteAll, differences, freshState, stateOf, type Applied } from './state.ts';

const stacks = join(import.meta.dirname, 'stacks');
const crs = new Map(
  readdirSync(stacks).map((file) => [file, parse(readFileSync(join(stacks, file), 'utf8')) as Cr] as const),
);

/** The objects of a CR in a namespace, as YAML; empty where the CR is refused. */
function manifestsOf(cr: Cr, namespace: string): string {
  const moved = { ...cr, metadata: { ...cr.metadata, namespace } };
  const text = JSON.stringify(moved).replaceAll('"stacks"', JSON.stringify(namespace));
  return render([{ path: 'stack.yaml', text }], {}, host).manifests;
}

function objectsOf(cr: Cr, namespace: string): Applied[] {
  return parseAllDocuments(manifestsOf(cr, namespace)).map((document) => document.toJS() as Applied);
}

/** What of the first list the second has not, by kind and name; never a claim, which is not deleted with what it was for. */
function vanished(before: readonly Applied[], after: readonly Applied[]): Applied[] {
  const nameOf = ({ kind, metadata }: Applied): string => `${kind}/${metadata.name}`;
  const kept = new Set(after.map(nameOf));
  return before.filter((object) => object.kind !== 'PersistentVolumeClaim' && !kept.has(nameOf(object)));
}

/** A CR → the CRs that it becomes when one field is left out, each with the field's name. */
function leaveOneOut(cr: Cr): { field: string; without: Cr }[] {
  const fields = Object.entries(cr.spec).flatMap(([key, value]) => [[key], ...below(value, [key])]);
  return fields.map((path) => ({ field: path.join('.'), without: { ...cr, spec: without(cr.spec, path) } }));
}

function below(value: Json, path: readonly string[]): string[][] {
  if (!isMapping(value) || path.length > 2) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...below(inner, [...path, key])]);
}

function without(object: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject {
  const { [key]: value, ...others } = object;
  return rest.length === 0 || !isMapping(value) ? others : { ...others, [key]: without(value, rest) };
}

test('the CRs of `stacks` together write every field of `spec`', () => {
  const unused = unusedParts(
    specSchema,
    [...crs.values()].map(({ spec }) => spec),
  );
  // Other spellings of a field, and the two forms of a reference to a Secret, are no fields of their own.
  const fields = unused.filter((place) => !/ \(\w+\)$|\(object\)\.(secretKeyRef|name|key)\b/.test(place));
  // The first needs a lock beside the CR, and Kubernetes 1.33 refuses the second.
  expect(fields.filter((place) => !/^\.externalProviders|\.fileKeyRef/.test(place))).toEqual([]);
});

describe.runIf(peer('api-server'))('server-side apply', () => {
  let server: ApiServer;
  let made = 0;

  beforeAll(async () => {
    server = await ApiServer.start();
  });

  afterAll(async () => {
    await server.stop();
  });

  async function emptyNamespace(): Promise<string> {
    const name = `llama-${(made += 1)}`;
    await server.makeNamespace(name);
    return name;
  }

  /** Applies what a CR gives, and deletes what the CR before it gave and it does not. */
  async function apply(cr: Cr, namespace: string, before?: Cr): Promise<void> {
    await server.succeed(['apply', '--server-side', '--validate=strict', '-f', '-'], manifestsOf(cr, namespace));
    const gone = before ? vanished(objectsOf(before, namespace), objectsOf(cr, namespace)) : [];
    const names = gone.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    if (names.length > 0) await server.succeed(['delete', '--wait=false', '-n', namespace, ...names]);
  }

  test.each([...crs.keys()])('%s: applied a second time, nothing changes', async (file) => {
    const cr = crs.get(file)!;
    const namespace = await emptyNamespace();
    await apply(cr, namespace);
    const kinds = 'deployment,service,ingress,route,networkpolicy,hpa,pdb,pvc,configmap,serviceaccount';
    const get = ['get', kinds, '-n', namespace, '-o', 'json'];
    // A claim gets a new resourceVersion with every apply, whatever it says.
    const stored = async (): Promise<string> => (await server.succeed(get)).replace(/"resourceVersion": "\d+"/g, '');
    const before = await stored();
    await apply(cr, namespace);
    expect(await stored()).toBe(before);
  });

  test.each([...crs.keys()])('%s: whichever field is left out and put back, nothing stays behind', async (file) => {
    const cr = crs.get(file)!;
    const [namespace, empty] = [await emptyNamespace(), await emptyNamespace()];
    let before = objectsOf(cr, namespace);
    await applyAll(server, before);
    let tried = 0;
    for (const { field, without: changed } of leaveOneOut(cr)) {
      const objects = objectsOf(changed, namespace);
      if (objects.length === 0) continue;
      await applyAll(server, objects);
      await deleteAll(server, vanished(before, objects));
      const fresh = await freshState(server, objectsOf(changed, empty));
      const left = differences(fresh, await stateOf(server, namespace));
      expect(
        left.filter((line) => !line.startsWith('+ PersistentVolumeClaim')),
        field,
      ).toEqual([]);
      before = objects;
      tried += 1;
    }
    expect(tried).toBeGreaterThan(file === 'kubernetes.yaml' ? 40 : 0);
  });

  test.each(changes)('$name', async ({ before, after, expected, left = [] }) => {
    const [namespace, empty] = [await emptyNamespace(), await emptyNamespace()];
    await apply(before, namespace);
    const was = await stateOf(server, namespace);
    await apply(after, namespace, before);
    const is = await stateOf(server, namespace);
    expect(differences(was, is)).toEqual(expected);
    const fresh = await freshState(server, objectsOf(after, empty));
    expect(differences(fresh, is)).toEqual(left);
  });
});
