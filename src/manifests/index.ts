import type { ServerConfig } from '../config/server-config.ts';
import type { Resolved } from '../resolve/resolved.ts';
import { caBundle } from './ca-bundle.ts';
import { configMap } from './config-map.ts';
import { deployment } from './deployment.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { ingress } from './ingress.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { networkPolicy } from './network-policy.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { route } from './route.ts';
import { serviceAccount } from './service-account.ts';
import { service } from './service.ts';

export type { KubernetesObject } from './kubernetes-object.ts';

/** Every kind that a CR can ask for, what others refer to first; undefined from a builder: not asked for. */
const builders: readonly ((resolved: Resolved, config: ServerConfig) => KubernetesObject | undefined)[] = [
  serviceAccount,
  configMap,
  caBundle,
  persistentVolumeClaim,
  deployment,
  service,
  networkPolicy,
  ingress,
  route,
  horizontalPodAutoscaler,
  podDisruptionBudget,
];

/** All Kubernetes objects of one CR, in the order in which they can be applied. */
export function buildManifests(resolved: Resolved, config: ServerConfig): KubernetesObject[] {
  return builders.map((build) => build(resolved, config)).filter((object) => object !== undefined);
}
