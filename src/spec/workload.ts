import type {
  EnvVar,
  ResourceRequirements,
  TopologySpreadConstraint,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1.d.ts';
import type { Path } from '../krm/result.ts';

/** `spec.workload.overrides`: what is added to the pod; fields of the Kubernetes API, passed on as written. */
export interface Overrides {
  readonly serviceAccountName?: string;
  readonly env: readonly EnvVar[];
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly terminationGracePeriodSeconds?: number;
  readonly at: Path;
}

/** `spec.workload.autoscaling`; percentages of the requested amount. */
export interface Autoscaling {
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  readonly targetCPUUtilizationPercentage?: number;
  readonly targetMemoryUtilizationPercentage?: number;
  readonly at: Path;
}

/** `spec.workload`: how the pods run. */
export interface Workload {
  /** Default 1. */
  readonly replicas: number;
  /** Processes of the server in one container; undefined is the server's own default of 1. */
  readonly workers?: number;
  /** As written; the Deployment's builder fills requests as the operator does. */
  readonly resources: ResourceRequirements;
  readonly autoscaling?: Autoscaling;
  /** A PersistentVolumeClaim, default `10Gi` at `/.llama`; undefined is an emptyDir. */
  readonly storage?: { readonly size: string; readonly mountPath: string; readonly at: Path };
  readonly podDisruptionBudget?: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string };
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly overrides: Overrides;
  readonly at: Path;
}
