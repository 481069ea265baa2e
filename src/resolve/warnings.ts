import type { Report } from '../krm/result.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import type { ResolvedConfig } from './resolved.ts';

/** Reports what would run but hurt: several pods on state that one pod holds, an open door without TLS, state that goes. */
export function reportWarnings(
  stack: Stack,
  config: ResolvedConfig | undefined,
  options: RenderOptions,
  report: Report,
): void {
  const { workload, networking } = stack;
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
  // A Route ends TLS at the router by itself.
  if (networking.expose !== undefined && networking.tls === undefined && options.platform === 'kubernetes') {
    report.warning(
      networking.expose.at,
      'The server is exposed without TLS of its own; set `spec.networking.tls.secretName`, or end TLS at the ingress',
    );
  }
}
