import type { Json } from '../../krm/result.ts';

/** A field of an object of the v1alpha1 CR in `docs/v1alpha1.md`: what the operator writes there, and what `llsd` does. */
export interface Row {
  /** A kind, or `every object`. */
  readonly kind: string;
  /** `spec.template.spec.containers[0].ports` */
  readonly path: string;
  /** Undefined where it is left out. */
  readonly operator: Json | undefined;
  /** `equal`, or what `llsd` writes, and why it does. */
  readonly llsd: 'equal' | { readonly value: Json | undefined; readonly why: string };
}

/** The labels by which Service, policy and budget find the pods. */
export const selector = { app: 'llama-stack', 'app.kubernetes.io/instance': 'my-stack' };

/** Stands for a hash, which is another for each object. */
export const HASH = 'HASH';

/** Makes the rows of one kind. */
export function rowsOf(kind: string) {
  return {
    equal: (path: string, operator: Json | undefined): Row => ({ kind, path, operator, llsd: 'equal' }),
    other: (path: string, operator: Json | undefined, value: Json | undefined, why: string): Row => ({
      kind,
      path,
      operator,
      llsd: { value, why },
    }),
  };
}
