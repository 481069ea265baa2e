import type { Report } from '../krm/result.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';

/** Reports what of a v1alpha1 CR does something else here than under the operator, where that can surprise. */
export function reportOperatorDifferences(
  {
    operator,
    workload,
    networking,
    overrideConfig,
  }: Pick<Stack, 'operator' | 'workload' | 'networking' | 'overrideConfig'>,
  { platform, podSecurity }: RenderOptions,
  report: Report,
): void {
  if (operator === undefined) return;
  const { workers, overrides } = workload;
  if (operator.imageConfig && workers !== undefined && workers > 1) {
    report.warning(
      workload.at.field('workers'),
      "The server has the workers of the image's own config, and this decides the CPU request and LLS_WORKERS alone; bring a config with `server.workers` in `spec.overrideConfig`",
      { currentValue: workers },
    );
  }
  if (overrideConfig && overrides.args !== undefined && overrides.args.length > 0 && overrides.command === undefined) {
    report.warning(
      overrides.at.field('args'),
      'These arguments reach the server, while the operator drops them beside `spec.overrideConfig`; remove them unless the server is to have them',
    );
  }
  if (operator.networkPolicy && platform === 'openshift' && networking.expose === undefined) {
    report.info(
      networking.at.field('allowedFrom'),
      'The router of OpenShift is kept out unless `spec.networking.expose` is true; the operator lets it in with any `network`',
    );
  }
  if (podSecurity === 'restricted') {
    report.info(
      undefined,
      'The server runs without root and on a read-only root file system, unlike under the operator; set the option `podSecurity: baseline` where the image needs more',
    );
  }
}
