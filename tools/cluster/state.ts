import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import type { ApiServer } from './api-server.ts';

/** `Service my-stack-service` → the object, without what the API server counts and dates. */
export type State = ReadonlyMap<string, JsonObject>;

const collections: Readonly<Record<string, string>> = {
  ConfigMap: 'api/v1/NS/configmaps',
  PersistentVolumeClaim: 'api/v1/NS/persistentvolumeclaims',
  ServiceAccount: 'api/v1/NS/serviceaccounts',
  Service: 'api/v1/NS/services',
  Deployment: 'apis/apps/v1/NS/deployments',
  HorizontalPodAutoscaler: 'apis/autoscaling/v2/NS/horizontalpodautoscalers',
  Ingress: 'apis/networking.k8s.io/v1/NS/ingresses',
  NetworkPolicy: 'apis/networking.k8s.io/v1/NS/networkpolicies',
  PodDisruptionBudget: 'apis/policy/v1/NS/poddisruptionbudgets',
  Route: 'apis/route.openshift.io/v1/NS/routes',
};

function collection(kind: string, namespace: string): string {
  const path = collections[kind];
  if (path === undefined) throw new Error(`the kind ${kind} is not generated`);
  return `/${path.replace('NS', `namespaces/${namespace}`)}`;
}

/** An object as it is applied. */
export type Applied = JsonObject & {
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace: string };
};

/** The state of an empty namespace into which these objects would be applied, with all that the API server defaults. */
export async function freshState(server: ApiServer, objects: readonly Applied[]): Promise<State> {
  const stored = objects.map((object) => sendApply(server, object, '&dryRun=All'));
  return new Map((await Promise.all(stored)).map((object) => entryOf(object.kind, object)));
}

/** Applies objects as `kubectl apply --server-side --validate=strict` does, without starting a program. */
export async function applyAll(server: ApiServer, objects: readonly Applied[]): Promise<void> {
  for (const object of objects) await sendApply(server, object, '');
}

async function sendApply(server: ApiServer, object: Applied, query: string): Promise<Applied> {
  const { name, namespace } = object.metadata;
  const path = `${collection(object.kind, namespace)}/${name}?fieldManager=kubectl&fieldValidation=Strict${query}`;
  return (await server.request('PATCH', path, object, 'application/apply-patch+yaml')) as Applied;
}

/** Deletes objects at once. */
export async function deleteAll(server: ApiServer, objects: readonly Applied[]): Promise<void> {
  for (const { kind, metadata } of objects) {
    await server.request('DELETE', `${collection(kind, metadata.namespace)}/${metadata.name}`);
  }
}

/** What of our objects stands in a namespace; the hash in the ConfigMap's name, and wherever it is named, left out. */
export async function stateOf(server: ApiServer, namespace: string): Promise<State> {
  const state = new Map<string, JsonObject>();
  for (const kind of Object.keys(collections)) {
    const ours = '?labelSelector=app.kubernetes.io/managed-by%3Dllsd';
    const list = await server.request('GET', collection(kind, namespace) + ours);
    for (const item of list.items as unknown as Applied[]) state.set(...entryOf(kind, item));
  }
  return state;
}

function entryOf(kind: string, object: Applied): [string, JsonObject] {
  const { name, namespace } = object.metadata;
  return [`${kind} ${withoutHash(name)}`, settled(object, namespace)];
}

function withoutHash(name: string): string {
  return name.replace(/-config-[0-9a-f]{8}$/, '-config');
}

/** What is written of an object, so that those of two namespaces can be compared. */
function settled(object: JsonObject, namespace: string): JsonObject {
  const { metadata, spec, data, immutable, automountServiceAccountToken } = object;
  const { labels, annotations, finalizers } = metadata as JsonObject;
  const written = {
    metadata: { labels, annotations, finalizers },
    spec,
    data,
    immutable,
    automountServiceAccountToken,
  };
  const text = JSON.stringify(written, (key, value: Json) => {
    if (['clusterIP', 'clusterIPs', 'llamastack.io/content-hash', 'llamastack.io/config-hash'].includes(key))
      return undefined;
    return typeof value === 'string' ? withoutHash(value) : value;
  });
  return JSON.parse(text.replaceAll(namespace, 'NAMESPACE')) as JsonObject;
}

/**
 * What is in one state and not in the other, a line each: `+ PodDisruptionBudget demo-pdb`,
 * `- Deployment demo: spec.template.spec.affinity`, `~ Service demo-service: spec.ports[http].port`.
 */
export function differences(before: State, after: State): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [`+ ${name}`];
    if (is === undefined) return [`- ${name}`];
    return compare(was, is, '').map(({ sign, path }) => `${sign} ${name}: ${path}`);
  });
}

interface Difference {
  readonly sign: '+' | '-' | '~';
  readonly path: string;
}

function compare(was: Json, is: Json, path: string): Difference[] {
  const [before, after] = [fieldsOf(was), fieldsOf(is)];
  if (before === undefined || after === undefined) return was === is ? [] : [{ sign: '~', path }];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): Difference[] => {
    const inner = key.startsWith('[') || path === '' ? path + key : `${path}.${key}`;
    const [one, other] = [before.get(key), after.get(key)];
    if (one === undefined) return [{ sign: '+', path: inner }];
    if (other === undefined) return [{ sign: '-', path: inner }];
    return compare(one, other, inner);
  });
}

/** The entries of an object; those of a list by their name or path, as server-side apply merges them. */
function fieldsOf(value: Json): Map<string, Json> | undefined {
  if (isMapping(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return undefined;
  return new Map(value.map((item: Json, index) => [`[${nameOf(item) ?? String(index)}]`, item]));
}

/** By what server-side apply knows an entry of a list; undefined where it goes by its place. */
export function nameOf(item: Json): string | undefined {
  if (!isMapping(item)) return undefined;
  const name = item.mountPath ?? item.name ?? item.topologyKey;
  return typeof name === 'string' ? name : undefined;
}
