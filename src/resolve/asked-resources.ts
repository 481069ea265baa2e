import type { Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';
import { modelEntry, resolveModels, type AskedModel } from './models.ts';
import type { AskedProvider } from './providers.ts';
import type { RegisteredResources } from './resources.ts';
import { resolveShields, shieldEntry, type AskedShield } from './shields.ts';
import { resolveTools, toolGroupEntry } from './tools.ts';

/** What `spec.resources` comes to: its models and shields, their entries in config.yaml, and the providers they need. */
export interface AskedResources {
  readonly models: readonly AskedModel[];
  readonly shields: readonly AskedShield[];
  readonly entries: RegisteredResources;
  /** `<api>/<id>` of a provider → the field of the CR that needs it. */
  readonly needs: ReadonlyMap<string, string>;
}

/** Resolves models, tools and shields; those of a disabled API were reported with it, and are passed over. */
export function resolveResources(
  stack: Stack,
  asked: readonly AskedProvider[],
  base: BaseConfig,
  disabled: ReadonlySet<string>,
  release: Release,
  report: Report,
): AskedResources {
  const { resources, workload } = stack;
  const variables = new Set(workload.overrides.env.map(({ name }) => name));
  const wanted = <T>(api: string, all: readonly T[]): readonly T[] => (disabled.has(api) ? [] : all);
  const models = resolveModels(wanted('inference', resources.models), asked, base, variables, release, report);
  const toolsAt = resources.at.field('tools');
  const tools = resolveTools(wanted('tool_runtime', resources.tools), toolsAt, asked, base, release, report);
  const shieldsAt = resources.at.field('shields');
  const shields = resolveShields(wanted('safety', resources.shields), shieldsAt, asked, base, models, release, report);
  const groups = [
    ...(release.toolGroups === 'registered' ? tools.map(toolGroupEntry) : []),
    ...asked.flatMap(({ toolGroup }) => (toolGroup ? [toolGroup] : [])),
  ];
  const entries = {
    ...(models.length > 0 && { models: models.map(modelEntry) }),
    ...(shields.length > 0 && { shields: shields.map(shieldEntry) }),
    ...(groups.length > 0 && { tool_groups: groups }),
  };
  const needs = new Map([
    ...models.map(({ model, providerId }) => [`inference/${providerId}`, `\`${model.at.toString()}\``] as const),
    ...shields.map(({ shield, providerId }) => [`safety/${providerId}`, `\`${shield.at.toString()}\``] as const),
    ...tools.map(({ tool, providerId }) => [`tool_runtime/${providerId}`, `\`${tool.at.toString()}\``] as const),
  ]);
  return { models, shields, entries, needs };
}
