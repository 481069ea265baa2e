import type { Report } from '../krm/result.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import type { Workload } from '../spec/workload.ts';
import type { ResolvedConfig } from './resolved.ts';

/** Reports what would run but hurt: several pods on state that one pod holds, a door that is open or shut, state that goes. */
export function reportWarnings(
  stack: Pick<Stack, 'workload' | 'networking' | 'overrideConfig' | 'operator'>,
  config: Pick<ResolvedConfig, 'storage'> | undefined,
  options: RenderOptions,
  report: Report,
): void {
  warnOfState(stack.workload, config, report);
  warnOfDisruptionBudget(stack.workload, report);
  warnOfExposure(stack, options, report);
  const { caBundle } = stack.networking;
  if (caBundle !== undefined && (stack.overrideConfig ?? stack.operator)) {
    report.info(
      caBundle.at,
      `Beside ${stack.overrideConfig ? '`spec.overrideConfig`' : "the image's own config"} the CA bundle stands in for the image's own roots; it must hold the public CAs too, where the server calls public addresses`,
    );
  }
}

function warnOfState(workload: Workload, config: Pick<ResolvedConfig, 'storage'> | undefined, report: Report): void {
  const several = workload.replicas > 1 || (workload.autoscaling?.maxReplicas ?? 1) > 1;
  const kinds = Object.values(config?.storage.backends ?? {}).map(({ type }) => type);
  const files = kinds.includes('kv_sqlite') || kinds.includes('sql_sqlite');
  const at = workload.replicas > 1 ? workload.at.field('replicas') : workload.at.field('autoscaling');
  if (several && files) {
    report.warning(
      at,
      'Several replicas keep their state in sqlite files of their own, so that each answers differently; set `spec.storage.kv` and `spec.storage.sql`',
    );
  }
  if (several && workload.storage !== undefined) {
    report.warning(
      at,
      'Several replicas share one ReadWriteOnce volume, which only pods of one node can mount; remove `spec.workload.storage` and keep state in databases',
    );
  }
  if (files && workload.storage === undefined) {
    report.info(
      undefined,
      'State in sqlite files is on an emptyDir and goes with the pod; set `spec.workload.storage`, or databases under `spec.storage`, to keep it',
    );
  }
}

/** A node is drained by evictions, which such a budget refuses for ever. */
function warnOfDisruptionBudget({ replicas, autoscaling, podDisruptionBudget, at }: Workload, report: Report): void {
  const { minAvailable, maxUnavailable } = podDisruptionBudget ?? {};
  const pods = autoscaling === undefined ? replicas : Math.max(replicas, autoscaling.minReplicas ?? 1);
  const keepsAll = minAvailable !== undefined && podsOf(minAvailable, pods) >= pods;
  const letsNoneGo = maxUnavailable !== undefined && podsOf(maxUnavailable, pods) === 0;
  const place = at.field('podDisruptionBudget');
  if (pods === 0 || !(keepsAll || letsNoneGo) || report.hasErrorAt(place)) return;
  report.warning(
    place,
    `With ${String(pods)} ${pods === 1 ? 'pod' : 'pods'} this budget lets none be evicted, so that a node with one is never drained; set \`maxUnavailable: 1\``,
  );
}

/** A number, or a percentage, which the API rounds up. */
function podsOf(amount: number | string, pods: number): number {
  return typeof amount === 'number' ? amount : Math.ceil((Number.parseInt(amount, 10) * pods) / 100);
}

function warnOfExposure(
  { networking }: Pick<Stack, 'networking'>,
  { platform, networkPolicy, ingressNamespaces }: RenderOptions,
  report: Report,
): void {
  const { expose, tls, allowedFrom } = networking;
  // A Route ends TLS at the router by itself, and the router's namespace is known by its label.
  if (expose === undefined || platform !== 'kubernetes') return;
  if (tls === undefined) {
    report.warning(
      expose.at,
      'The server is exposed without TLS of its own; set `spec.networking.tls.secretName`, or end TLS at the ingress',
    );
  }
  if (networkPolicy === 'On' && ingressNamespaces.length === 0 && !allowedFrom.namespaces.includes('*')) {
    report.warning(
      expose.at,
      'The NetworkPolicy keeps the ingress controller out, unless it is in a namespace of `allowedFrom`; name its namespace in the option `ingressNamespaces`, such as "ingress-nginx"',
    );
  }
}
