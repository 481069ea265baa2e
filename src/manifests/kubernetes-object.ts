import type { ObjectMeta } from 'kubernetes-types/meta/v1.d.ts';

/** An object of the Kubernetes API, its keys in the order in which they are written. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { readonly name: string };
}

/** A kind of `kubernetes-types`, whose types leave open what every written object has. */
export type Written<Kind> = Kind & KubernetesObject;
