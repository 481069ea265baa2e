import type { ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import { names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { buildMetadata } from './metadata.ts';

/** The pods' own identity; none where `workload.overrides.serviceAccountName` names another. */
export function serviceAccount(resolved: Resolved): Written<ServiceAccount> | undefined {
  const { stack } = resolved;
  if (stack.workload.overrides.serviceAccountName !== undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: buildMetadata(resolved, names.serviceAccount(stack.name)),
    // The server never asks the Kubernetes API.
    automountServiceAccountToken: false,
  };
}
