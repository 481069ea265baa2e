import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';
import type { Path, Report } from '../krm/result.ts';
import type { Holed } from './shape.ts';

/** Reports fields of `workload.topologySpreadConstraints[]` that the API server refuses beside each other. */
export function checkTopologySpread(
  { whenUnsatisfiable, minDomains, matchLabelKeys = [], labelSelector }: Holed<TopologySpreadConstraint>,
  at: Path,
  report: Report,
): void {
  if (minDomains !== undefined && whenUnsatisfiable === 'ScheduleAnyway') {
    report.error(
      at.field('minDomains'),
      '`minDomains` must stand beside `whenUnsatisfiable: DoNotSchedule` only: remove it',
    );
  }
  const { matchLabels = {}, matchExpressions = [] } = labelSelector ?? {};
  if (matchLabelKeys.length > 0 && labelSelector === undefined) {
    report.error(at.field('matchLabelKeys'), '`matchLabelKeys` needs a `labelSelector`, which it narrows: add one');
  }
  const selected = new Set([...Object.keys(matchLabels), ...matchExpressions.map((one) => one?.key)]);
  for (const [index, key] of matchLabelKeys.entries()) {
    if (key === undefined || !selected.has(key)) continue;
    report.error(at.field('matchLabelKeys').item(index), `"${key}" is in \`labelSelector\` already: remove one`, {
      currentValue: key,
    });
  }
  for (const [index, { operator, values = [] } = {}] of matchExpressions.entries()) {
    if (operator === undefined) continue;
    const place = at.field('labelSelector').field('matchExpressions').item(index).field('values');
    const compares = operator === 'In' || operator === 'NotIn';
    if (compares && values.length === 0) report.error(place, `\`${operator}\` needs at least one of \`values\``);
    if (!compares && values.length > 0) report.error(place, `\`${operator}\` takes no \`values\`: remove them`);
  }
}
