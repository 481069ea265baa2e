import { isMapping, type Json, type Path, type Report } from '../krm/result.ts';
import type { Variable } from '../secret-env.ts';
import type { Provider } from '../spec/providers.ts';
import type { Stack } from '../spec/stack.ts';
import { hasUnreadableExpression, requiredVariables } from './expression.ts';
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

/**
 * Reports every `\${env.X}` without a default in the config for which the pod carries no variable, or an empty one: the
 * server would not start.
 */
export function reportUnsetVariables(config: Json, set: ReadonlySet<string>, stack: Stack, report: Report): void {
  const { env, at } = stack.workload.overrides;
  for (const name of requiredVariables(config)) {
    const index = env.findIndex((variable) => variable.name === name);
    if (env[index]?.value === '') {
      report.error(
        at.field('env').item(index).field('value'),
        `The config refers to the variable ${name}, and the server does not start while it is empty; give it a value`,
      );
    }
    if (set.has(name)) continue;
    report.error(
      at.field('env'),
      `The config refers to the variable ${name}, and the server does not start without it; add it to \`spec.workload.overrides.env\`, with a value or from a Secret`,
    );
  }
}

/** Reports expressions in the providers' `settings` and `config` and the models' `metadata` that the server would take as they stand. */
export function reportUnreadableExpressions(stack: Stack, report: Report): void {
  for (const { settings, at } of stack.providers) visit(settings, at.field('settings'), report);
  for (const { config, at } of stack.externalProviders) visit(config, at.field('config'), report);
  for (const { metadata, at } of stack.resources.models) visit(metadata, at.field('metadata'), report);
}

function visit(value: Json | undefined, at: Path, report: Report): void {
  if (Array.isArray(value))
    (value as readonly Json[]).forEach((entry, index) => {
      visit(entry, at.item(index), report);
    });
  else if (isMapping(value)) for (const [key, entry] of Object.entries(value)) visit(entry, at.field(key), report);
  else if (typeof value === 'string' && hasUnreadableExpression(value)) {
    report.error(
      at,
      'This must hold variables as `${env.NAME}`, `${env.NAME:=default}` or `${env.NAME:+value}`, with a NAME of upper-case ' +
        'letters, digits and "_", and none within another: the server would take others as they stand. Rename the ' +
        'variable, in `spec.workload.overrides.env` too',
    );
  }
}
