import type { Json, Report } from '../krm/result.ts';
import type { Variable } from '../secret-env.ts';
import type { Stack } from '../spec/stack.ts';
import { requiredVariables } from './expression.ts';

/**
 * Reports two origins of one environment variable, over all variables of the pod: ours (`own`), the config's (`needed`)
 * and the CR's `workload.overrides.env`.
 */
export function reportDoubledVariables(
  stack: Stack,
  own: ReadonlySet<string>,
  needed: readonly Variable[],
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { name } of needed) {
    if (seen.has(name))
      report.error(
        stack.networking.at,
        `two parts of the CR need the variable ${name} for different values; give one of the providers another \`id\``,
      );
    seen.add(name);
  }
  stack.workload.overrides.env.forEach((variable, index) => {
    if (!own.has(variable.name) && !seen.has(variable.name)) return;
    report.error(
      stack.workload.overrides.at.field('env').item(index).field('name'),
      `the variable ${variable.name} is set from other fields of the CR, and the pod can have it only once; remove it here`,
      { currentValue: variable.name },
    );
  });
}

/** Reports every `\${env.X}` without a default in the config for which the pod carries no variable: the server would not start. */
export function reportUnsetVariables(config: Json, set: ReadonlySet<string>, stack: Stack, report: Report): void {
  for (const name of requiredVariables(config)) {
    if (set.has(name)) continue;
    report.error(
      stack.workload.overrides.at.field('env'),
      `the config refers to the variable ${name}, and the server does not start without it; add it to \`spec.workload.overrides.env\`, with a value or from a Secret`,
    );
  }
}
