import type { ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
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

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a Kubernetes quantity means: `500m` → 0.5, `1Gi` → 1073741824, `2e3` → 2000. */
function quantityValue(quantity: string): number {
  const [, digits = '', suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(digits) * (suffixes[suffix] ?? Number.NaN);
}
