import type { ResourceRequirements, TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';
import type * as z from 'zod/v4/core';
import type { Json, Path, Report } from '../krm/result.ts';
import { absolutePath, positiveQuantity } from './formats.ts';
import { complete, resourceRequirements, topologySpreadConstraint } from './kubernetes-fields.ts';
import { readShape } from './read-shape.ts';
import { overridesSchema, readOverrides, type Overrides } from './overrides.ts';
import { exactlyOneOf } from './rules.ts';
import { checkAmounts } from './resource-amounts.ts';
import {
  type Holed,
  either,
  fallback,
  integer,
  integerWithin,
  isObject,
  list,
  object,
  optional,
  required,
  text,
} from './shape.ts';
import { checkTopologySpread } from './topology-spread.ts';

export type { Overrides } from './overrides.ts';

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

const REPLICAS = 1;
const SIZE = '10Gi';
const MOUNT_PATH = '/.llama';

const percentage = () => integer(1, 100);

const autoscalingSchema = object(
  () => ({
    minReplicas: optional('The fewest pods.', integer(1)),
    maxReplicas: required('The most pods.', integer(1)),
    targetCPUUtilizationPercentage: optional('CPU, in percent of the request.', percentage()),
    targetMemoryUtilizationPercentage: optional('Memory, in percent of the request.', percentage()),
  }),
  {
    must: 'must be an object with `maxReplicas`',
    rules: () => [
      {
        message: '`maxReplicas` must be at least `minReplicas`',
        cel: '!has(self.minReplicas) || self.maxReplicas >= self.minReplicas',
      },
    ],
  },
);

const podCount = () => {
  const must = 'must be a number of pods, or a percentage such as "50%"';
  return either(
    { must, examples: [1, '50%'] },
    integerWithin(0, 2_147_483_647, { must }),
    text(must, /^0*(?:100|[1-9]?[0-9])%$/),
  );
};

/** `spec.workload` as written. */
export const workloadSchema = object(
  () => ({
    replicas: fallback('The number of pods.', integer(0), REPLICAS),
    workers: optional('The number of processes of the server in a pod.', integer(1)),
    resources: optional('What the container requests and may use.', resourceRequirements()),
    autoscaling: optional('The bounds of a HorizontalPodAutoscaler.', autoscalingSchema),
    storage: optional(
      'A PersistentVolumeClaim for the state of the server.',
      object(() => ({
        size: fallback('How much it requests.', positiveQuantity(), SIZE),
        mountPath: fallback('Where it is mounted.', absolutePath(), MOUNT_PATH),
      })),
    ),
    podDisruptionBudget: optional(
      'How many pods an eviction leaves or takes.',
      object(
        () => ({
          minAvailable: optional('How many pods stay.', podCount()),
          maxUnavailable: optional('How many pods may go.', podCount()),
        }),
        { rules: () => [exactlyOneOf('minAvailable', 'maxUnavailable')] },
      ),
    ),
    topologySpreadConstraints: optional('How the pods are spread.', list(topologySpreadConstraint())),
    overrides: optional('What is added to the pod.', overridesSchema),
  }),
  {
    rules: () => [
      {
        message: '`autoscaling.maxReplicas` must be at least `replicas`',
        cel: '!has(self.autoscaling) || !has(self.replicas) || self.autoscaling.maxReplicas >= self.replicas',
      },
    ],
  },
);

type Given = Holed<z.infer<typeof workloadSchema>>;

/** Reads `spec.workload`. */
export function readWorkload(value: Json | undefined, at: Path, report: Report): Workload {
  const given = readShape(workloadSchema, value, at, report) ?? {};
  const { workers, resources, storage, podDisruptionBudget, topologySpreadConstraints } = given;
  const autoscaling = readAutoscaling(given, at, report);
  if (isObject(value)) checkDisruptionBudget(value.podDisruptionBudget, at.field('podDisruptionBudget'), report);
  const size = storage?.size ?? SIZE;
  const amounts = readResources(resources);
  checkAmounts(amounts, at.field('resources'), report);
  const spreadAt = at.field('topologySpreadConstraints');
  for (const [index, constraint] of (topologySpreadConstraints ?? []).entries()) {
    if (constraint) checkTopologySpread(constraint, spreadAt.item(index), report);
  }
  return {
    replicas: given.replicas ?? REPLICAS,
    ...(workers !== undefined && { workers }),
    resources: amounts,
    ...(autoscaling && { autoscaling }),
    ...(storage && {
      storage: { size: String(size), mountPath: storage.mountPath ?? MOUNT_PATH, at: at.field('storage') },
    }),
    ...(podDisruptionBudget && { podDisruptionBudget }),
    ...(topologySpreadConstraints && {
      topologySpreadConstraints: complete<TopologySpreadConstraint>(topologySpreadConstraints, [
        'maxSkew',
        'topologyKey',
        'whenUnsatisfiable',
      ]),
    }),
    overrides: readOverrides(
      given.overrides ?? {},
      isObject(value) ? value.overrides : undefined,
      at.field('overrides'),
      report,
    ),
    at,
  };
}

/** Quantities as strings, which is how the Kubernetes API gives them back. */
function readResources(given: Given['resources']): ResourceRequirements {
  if (given === undefined) return {};
  const { limits, requests } = given;
  const strings = (amounts: Readonly<Record<string, string | number | undefined>>): Record<string, string> =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
  return {
    ...(limits && { limits: strings(limits) }),
    ...(requests && { requests: strings(requests) }),
  };
}

/** `replicas` counts as a floor of the autoscaler too, as under the operator. */
function readAutoscaling(
  { replicas = REPLICAS, autoscaling }: Given,
  workload: Path,
  report: Report,
): Autoscaling | undefined {
  if (autoscaling?.maxReplicas === undefined) return undefined;
  const { maxReplicas, minReplicas, ...targets } = autoscaling;
  const at = workload.field('autoscaling');
  const [floor, named] = replicas > (minReplicas ?? 1) ? [replicas, 'replicas'] : [minReplicas ?? 1, 'minReplicas'];
  if (maxReplicas < floor) {
    report.error(
      at.field('maxReplicas'),
      `\`maxReplicas\` must be at least \`${named}\`, which is ${floor}, not ${maxReplicas}`,
      { currentValue: maxReplicas, proposedValue: floor },
    );
  } else if (minReplicas !== undefined && floor > minReplicas) {
    report.info(
      at.field('minReplicas'),
      `The autoscaler keeps at least ${floor} pods, since \`spec.workload.replicas\` is more than \`minReplicas\``,
      { currentValue: minReplicas, proposedValue: floor },
    );
  }
  return { ...targets, ...(minReplicas !== undefined && { minReplicas }), maxReplicas, at };
}

function checkDisruptionBudget(written: Json | undefined, at: Path, report: Report): void {
  if (!isObject(written)) return;
  const given = ['minAvailable', 'maxUnavailable'].filter((field) => Object.hasOwn(written, field));
  if (given.length === 2)
    report.error(
      at,
      'Only one of `minAvailable` or `maxUnavailable` can be specified in `podDisruptionBudget`: remove one',
    );
  if (given.length === 0) {
    report.error(at, '`podDisruptionBudget` must have `minAvailable` or `maxUnavailable`', {
      proposedValue: { maxUnavailable: 1 },
    });
  }
}
