import { type Item, pathAnnotations } from './item.ts';
import type { ResourceList } from './item-list.ts';

/**
 * Who runs the function: kustomize with the function's config as a generator or as a transformer, kpt (and whatever else
 * hands over a whole package), or `render`, which reads files itself.
 */
export type Caller = 'generator' | 'transformer' | 'kpt' | 'render';

/** What kustomize puts on every item that it hands to a transformer. */
export const kustomizeId = 'kustomize.config.k8s.io/id';

/**
 * The prefixes and suffixes that kustomize has given a name. Where several overlays each have an object of one former name,
 * a reference means the one with the same prefixes and suffixes as the object that holds it.
 */
const nameContext = ['internal.config.kubernetes.io/prefixes', 'internal.config.kubernetes.io/suffixes'] as const;

/** The annotations by which kustomize takes a generated object for one of its owner's overlay. */
export function nameContextOf({ annotations }: Item): ReadonlyMap<string, string> {
  return new Map(nameContext.flatMap((key) => (annotations.has(key) ? [[key, annotations.get(key) ?? '']] : [])));
}

/** What makes an object the config of a kustomize plugin; the second is the older spelling. */
export const functionAnnotations = ['config.kubernetes.io/function', 'config.k8s.io/function'] as const;

/** Tells the caller by the annotations that each leaves. */
export function detectCaller(list: ResourceList): Caller {
  if (!list.layout) return 'render';
  const { items, functionConfig } = list;
  if (items.some(({ annotations }) => annotations.has(kustomizeId))) return 'transformer';
  const isPlugin = functionAnnotations.some((key) => functionConfig?.annotations.has(key) === true);
  const hasFiles = items.some(({ annotations }) => pathAnnotations.some((key) => annotations.has(key)));
  return isPlugin && !hasFiles ? 'generator' : 'kpt';
}
