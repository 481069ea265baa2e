import type { ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import { quantityValue } from '../quantity.ts';
import type { Workload } from '../spec/workload.ts';

/**
 * `workload.resources` with the operator's defaults: a missing or zero request is one core for each worker and 1Gi, and
 * with `workers` a missing limit equals its request. A lone limit below the default lowers the request to it, since the
 * API refuses a request above its limit.
 */
export function buildResources(workload: Workload): ResourceRequirements {
  const { requests = {}, limits = {}, ...rest } = workload.resources;
  const cpu = buildRequest(requests.cpu, limits.cpu, String(workload.workers ?? 1));
  const memory = buildRequest(requests.memory, limits.memory, '1Gi');
  const filled = { cpu, memory };
  const allLimits = workload.workers === undefined ? limits : { ...filled, ...limits };
  return {
    ...(Object.keys(allLimits).length > 0 && { limits: { ...allLimits } }),
    requests: { ...filled, ...requests, ...filled },
    ...rest,
  };
}

function buildRequest(request: string | undefined, limit: string | undefined, fallback: string): string {
  if (request !== undefined && quantityValue(request) > 0) return request;
  return limit !== undefined && quantityValue(limit) < quantityValue(fallback) ? limit : fallback;
}
