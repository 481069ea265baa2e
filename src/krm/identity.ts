import type { Item } from './item.ts';
import { isMapping, type Json, type JsonObject } from './result.ts';

/** What makes two objects one in a cluster: API group, kind, namespace and name; a missing namespace is "default", as kustomize takes it. */
export interface Identity {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The identity of an item. */
export function identityOf({ apiVersion, kind, namespace, name }: Item): Identity {
  return { group: groupOf(apiVersion), kind, namespace: effectiveNamespace(namespace), name };
}

/** The identity of an object that was made by the function; to lack a kind or name is a bug of its maker. */
export function identityOfValue(value: JsonObject): Identity {
  const metadata = isMapping(value.metadata) ? value.metadata : {};
  const namespace = metadata.namespace === undefined ? undefined : textOf(metadata.namespace);
  return {
    group: groupOf(textOf(value.apiVersion)),
    kind: textOf(value.kind),
    namespace: effectiveNamespace(namespace),
    name: textOf(metadata.name),
  };
}

/** An identity as a key of maps. */
export function keyOf({ group, kind, namespace, name }: Identity): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** The namespace that an object without one is in, as far as anyone can tell before it is applied. */
export function effectiveNamespace(namespace: string | undefined): string {
  return namespace === undefined || namespace === '' ? 'default' : namespace;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string' || value === '')
    throw new Error('A generated object lacks its apiVersion, kind or name');
  return value;
}
