import { fieldOfCr } from './field-of-cr.ts';
import type { Owner } from './krm/owners.ts';
import type { Generated, Generation, PlaceOptions } from './krm/placement.ts';
import type { Item } from './krm/item.ts';
import type { JsonObject } from './krm/result.ts';
import type { KubernetesObject } from './manifests/index.ts';
import { annotations, names } from './names.ts';
import { v1alpha1Path } from './spec/v1alpha1-fields.ts';

/** Whether an item is a CR: a LlamaStackDistribution of the canonical group or of the brief's, in any version. */
export function isStack({ kind, apiVersion }: Item): boolean {
  return kind === 'LlamaStackDistribution' && /^llamastack\.(io|ai)\//.test(apiVersion);
}

/** A CR's objects, each with the file that it gets when it is new: `deployment_my-stack.yaml`. */
export function toGeneration(owner: Owner, objects: readonly KubernetesObject[]): Generation {
  return { owner, objects: objects.map((object) => toGenerated(owner.item.name, object)) };
}

/** The config's file is named without the hash, so that a change is a diff; the ConfigMap before it stays beside it. */
function toGenerated(stack: string, object: KubernetesObject): Generated {
  const value = object as unknown as JsonObject;
  const { kind, metadata } = object;
  const isVersion = (name: string): boolean =>
    name.startsWith(names.config(stack, '')) && /^[0-9a-f]{8}$/.test(name.slice(names.config(stack, '').length));
  if (kind !== 'ConfigMap' || !isVersion(metadata.name)) return { value, fileName: fileName(kind, metadata.name) };
  const file = `${stack}-config`;
  const versions = { isVersion, previousFileName: fileName(kind, `${file}-previous`) };
  return { value, fileName: fileName(kind, file), versions };
}

/** As kpt names files: `networkpolicy_my-stack-network-policy.yaml`. */
function fileName(kind: string, name: string): string {
  return `${kind.toLowerCase()}_${name}.yaml`;
}

/** How our objects are placed among the items: what marks them as ours, and what is never removed. */
export function placeOptions(sha256hex: (text: string) => string): PlaceOptions {
  return {
    ownerAnnotation: annotations.generatedFrom,
    hashAnnotation: annotations.contentHash,
    isConfig: ({ kind, apiVersion }) =>
      ['RenderOptions', 'DistributionLock'].includes(kind) && apiVersion.startsWith('fn.llamastack.io/'),
    neverPruned: new Set(['PersistentVolumeClaim']),
    localConfigNote:
      '; where the operator runs one of this name already, scale the operator to 0 and delete it with `--cascade=orphan` first, so that the two do not manage one Deployment',
    sha256hex,
    fieldOfOwner: (kind, path, { apiVersion }) => {
      const field = fieldOfCr(kind, path);
      return field !== undefined && apiVersion.endsWith('/v1alpha1') ? v1alpha1Path(field) : field;
    },
  };
}
