import type { Json, Report } from '../krm/result.ts';
import type { Variable } from '../secret-env.ts';
import type { Provider } from '../spec/providers.ts';
import type { Stack } from '../spec/stack.ts';
import { requiredVariables } from './expression.ts';
import type { AskedProvider } from './providers.ts';

/**
 * Reports two origins of one environment variable, over all variables of the pod: ours (`own`), the providers', the rest
 * of the config's (`others`) and the CR's `workload.overrides.env`.
 */
export function reportDoubledVariables(
  stack: Stack,
  own: ReadonlySet<string>,
  asked: readonly AskedProvider[],
  others: readonly Variable[],
  report: Report,
): void {
  const needed: readonly { readonly variable: Variable; readonly provider?: Provider }[] = [
    ...asked.flatMap(({ provider, variables }) => variables.map((variable) => ({ variable, provider }))),
    ...others.map((variable) => ({ variable })),
  ];
  const seen = new Map<string, Provider | undefined>();
  for (const { variable, provider } of needed) {
    const { name } = variable;
    const twin = seen.get(name);
    const at = 'secret' in variable ? variable.secret.at : provider?.at;
    // Where the ids alone make the names equal, the reader of the providers has said so.
    if (seen.has(name) && !(provider && report.hasErrorAt(provider.at.field('id')))) {
      report.error(
        at,
        `This needs the variable ${name}, as another part of the CR does${twin ? ` (\`${twin.at.toString()}\`)` : ''}; give one of the providers another \`id\``,
      );
    }
    seen.set(name, provider);
  }
  stack.workload.overrides.env.forEach((variable, index) => {
    if (!own.has(variable.name) && !seen.has(variable.name)) return;
    report.error(
      stack.workload.overrides.at.field('env').item(index).field('name'),
      `The variable ${variable.name} is set from other fields of the CR, and the pod can have it only once; remove it here`,
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
      `The config refers to the variable ${name}, and the server does not start without it; add it to \`spec.workload.overrides.env\`, with a value or from a Secret`,
    );
  }
}
