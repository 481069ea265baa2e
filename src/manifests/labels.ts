import type { Resolved } from '../resolve/resolved.ts';

/**
 * The labels by which Deployment, Service and policies find the pods. Exactly the operator's two: a Deployment's selector
 * cannot change, and a cluster must be able to move over.
 */
export function selectorLabels(resolved: Resolved): Record<string, string> {
  return { app: 'llama-stack', 'app.kubernetes.io/instance': resolved.stack.name };
}

/** The labels of every object that we make: those of the pods, and what the object is part of. */
export function objectLabels(resolved: Resolved): Record<string, string> {
  return {
    ...selectorLabels(resolved),
    'app.kubernetes.io/name': 'llama-stack',
    'app.kubernetes.io/version': toLabelValue(resolved.distribution.release),
    'app.kubernetes.io/part-of': 'llama-stack',
    'app.kubernetes.io/managed-by': 'llsd',
  };
}

/** `0.7.1+rhai0` → `0.7.1-rhai0`: a label takes 63 letters, digits, `-`, `_` and `.`, the outer ones no punctuation. */
function toLabelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 63)
    .replace(/^[._-]+|[._-]+$/g, '');
}
