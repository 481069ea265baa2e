import { createHash } from 'node:crypto';
import { detectCaller } from './caller.ts';
import { findOwners } from './owners.ts';
import { place } from './place.ts';
import type { Generated, PlaceOptions } from './placement.ts';
import { readResourceList, Unreadable } from './resource-list.ts';
import { isMapping, type Json, type JsonObject, type Result } from './result.ts';
import { writeResourceList } from './write.ts';
import { readDocument } from './yaml-value.ts';
import { parseYaml } from './yaml.ts';

export const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A function that makes of `kind: Toy` what its `spec.objects` lists, and a ConfigMap whose name holds a hash of `spec.text`. */
const options: PlaceOptions = {
  ownerAnnotation: 'toys.example/from',
  hashAnnotation: 'toys.example/hash',
  isConfig: ({ kind }) => kind === 'ToyOptions',
  neverPruned: new Set(['PersistentVolumeClaim']),
  sha256hex,
  fieldOfOwner: (kind, path) => (kind === 'Deployment' && path === 'spec.replicas' ? 'spec.replicas' : undefined),
};

function objectsOf(toy: JsonObject): Generated[] {
  const { metadata, spec } = toy;
  if (!isMapping(metadata) || !isMapping(spec)) throw new Error('a toy has metadata and spec');
  const name = metadata.name as string;
  const own = (made: string): JsonObject => ({
    name: made,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    labels: { toy: name },
  });
  const config = `${name}-config-${sha256hex(spec.text as string).slice(0, 8)}`;
  const isVersion = (other: string): boolean => other.startsWith(`${name}-config-`);
  const made: Generated[] = [
    {
      value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: own(config), data: { text: spec.text as string } },
      fileName: `configmap_${name}-config.yaml`,
      versions: { isVersion, previousFileName: `configmap_${name}-config-previous.yaml` },
    },
    {
      value: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: own(name),
        spec: {
          replicas: spec.replicas ?? 1,
          template: { metadata: { labels: { toy: name } }, volumes: [{ configMap: { name: config } }] },
        },
      },
      fileName: `deployment_${name}.yaml`,
    },
  ];
  for (const kind of (spec.more ?? []) as string[]) {
    made.push({
      value: { apiVersion: 'v1', kind, metadata: own(`${name}-${kind.toLowerCase()}`) },
      fileName: `${kind.toLowerCase()}_${name}.yaml`,
    });
  }
  return made;
}

/** What the toy function writes for a list, and its results. */
export function toyFunction(text: string): { readonly out: string; readonly results: readonly Result[] } {
  const list = readResourceList(text);
  if (list instanceof Unreadable) throw new Error(list.result.message);
  const caller = detectCaller(list);
  const { owners, results } = findOwners(list, caller, ({ kind }) => kind === 'Toy');
  const generations = owners.map((owner) => ({ owner, objects: objectsOf(owner.item.value() as JsonObject) }));
  const placement = place(list, caller, generations, options);
  const all = [...results, ...placement.results];
  const failed = all.some(({ severity }) => severity === 'error');
  return { out: writeResourceList(list, failed ? [] : placement.edits, []), results: all };
}

/** The items of a list that was written, as values. */
export function itemsIn(text: string): readonly JsonObject[] {
  const [document] = parseYaml(text);
  const value: Json = document ? readDocument(document).value : null;
  return JSON.parse(JSON.stringify(isMapping(value) ? value.items : [])) as JsonObject[];
}

/** A list of these items, each given as its lines. */
export function listOf(...items: readonly string[]): string {
  const entries = items.map((item) => `- ${item.trim().replace(/\n(?!\n)/g, '\n  ')}\n`);
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:${entries.length === 0 ? ' []' : ''}\n${entries.join('')}`;
}

/** A toy as kpt hands it over. */
export function toy(name: string, spec: string, path = `${name}.yaml`, namespace?: string): string {
  return `apiVersion: toys.example/v1
kind: Toy
metadata: # of the toy
  name: ${name}${namespace === undefined ? '' : `\n  namespace: ${namespace}`}
  annotations:
    internal.config.kubernetes.io/path: '${path}'
    internal.config.kubernetes.io/index: '0'
    internal.config.kubernetes.io/package-path: '/pkg'
spec: {${spec}}`;
}
