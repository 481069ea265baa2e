import type { Report } from '../krm/result.ts';
import type { Release } from '../releases/release.ts';
import { reservedVariables } from '../secret-env.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import { resolveCaBundle } from './ca-bundle.ts';
import { resolveConfig } from './config.ts';
import { resolveDistribution } from './distribution.ts';
import { checkExpose } from './expose.ts';
import { reportExternalsBesideOverride } from './external-providers.ts';
import { reportOperatorDifferences } from './operator.ts';
import { resolveOverrideConfig } from './override-config.ts';
import { checkOverrides } from './overrides.ts';
import { checkReferences, type Package } from './references.ts';
import type { Resolved } from './resolved.ts';
import { reportDoubledVariables } from './variables.ts';
import { reportWarnings } from './warnings.ts';

export { imageOf } from './distribution.ts';
export type { Package } from './references.ts';
export type { Resolved } from './resolved.ts';

/**
 * Answers every question that needs base config and release together, and reports every fault that is left: after it the
 * builders only write. Holes that the readers left are passed over, so that all errors come at once; undefined after any.
 */
export function resolve(stack: Stack, options: RenderOptions, objects: Package, report: Report): Resolved | undefined {
  reportExternalsBesideOverride(stack, objects, report);
  const caBundle = resolveCaBundle(stack, objects, report);
  const overrideData = resolveOverrideConfig(stack, objects, report);
  const chosen = resolveDistribution(stack, options, objects, report);
  const config = chosen?.base && resolveConfig(stack, options, chosen, chosen.base, objects, report);
  const variables = config ? [...config.secrets, ...config.storage.variables, ...config.telemetry] : [];
  checkReferences(stack, variables, caBundle, objects, options, report);
  if (chosen) checkOverrides(stack, chosen.release, options, report);
  if (chosen && !config) reportDoubledVariables(stack, ownVariables(stack, chosen.release), [], [], report);
  checkExpose(stack, options, report);
  if (chosen) reportWarnings(stack, config, options, report);
  reportOperatorDifferences(stack, options, report);
  if (report.failed || chosen === undefined) return undefined;
  return {
    stack,
    options,
    release: chosen.release,
    distribution: chosen.distribution,
    ...(config && { config }),
    ...(overrideData && { overrideData }),
    ...(caBundle && { caBundle }),
  };
}

/** For a v1alpha1 CR as under the operator, where the user's variables win: all but those that probes and `userConfig` rely on. */
function ownVariables(
  { networking, operator, overrideConfig, workload }: Stack,
  release: Release,
): ReadonlySet<string> {
  if (operator === undefined) return new Set(reservedVariables(release, networking.caBundle !== undefined));
  const { port } = release.variables;
  const agrees = workload.overrides.env.some(({ name, value }) => name === port && value === String(networking.port));
  return new Set([...(overrideConfig ? ['RUN_CONFIG_PATH'] : []), ...(agrees ? [] : [port])]);
}
