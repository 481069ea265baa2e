import type { JsonObject, Path, Report } from '../krm/result.ts';
import { didYouMean, nearest } from '../nearest.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { Tool } from '../spec/resources.ts';
import { idOf } from './expression.ts';
import type { AskedProvider } from './providers.ts';

/** A tool of the CR with the tool group that it is at the server and the provider that serves it. */
export interface AskedTool {
  readonly tool: Tool;
  /** `builtin::websearch` */
  readonly toolGroup: string;
  readonly providerId: string;
  /** Whether the base config's provider must stay for it. */
  readonly fromBase: boolean;
}

/**
 * Finds for every entry of `resources.tools` (`websearch`, `rag`, or a full name of the server) the tool runtime provider
 * that serves it: the CR's first of a type that can, else the base config's. Reports a tool that no provider serves.
 */
export function resolveTools(
  tools: readonly Tool[],
  at: Path,
  asked: readonly AskedProvider[],
  base: BaseConfig,
  release: Release,
  report: Report,
): readonly AskedTool[] {
  if (tools.length === 0) return [];
  const own = asked.filter((provider) => provider.api === 'tool_runtime');
  const fromBase = base.providers.tool_runtime ?? [];
  if (own.length === 0 && fromBase.length === 0) {
    report.error(at, 'resources.tools requires at least one toolRuntime provider to be configured', {
      reason: 'MissingProviderForResource',
    });
    return [];
  }
  const resolved: AskedTool[] = [];
  for (const tool of tools) {
    const known = release.tools[tool.name];
    if (known === undefined) {
      const names = Object.keys(release.tools).sort();
      const near = nearest(tool.name, names);
      report.error(
        tool.at,
        `The server ${release.version} has no tool "${tool.name}"` +
          didYouMean(near) +
          `; must be one of: ${names.join(', ')}`,
        { currentValue: tool.name, proposedValue: near },
      );
      continue;
    }
    const mine = own.find((provider) => provider.entry !== undefined && known.types.includes(provider.entry.type.type));
    const theirs = known.types
      .map((type) => fromBase.find((entry) => entry.provider_type === type))
      .find((entry) => entry !== undefined);
    const providerId = mine?.id ?? (theirs && idOf(theirs.provider_id));
    if (providerId === undefined) {
      report.error(
        tool.at,
        `The tool "${tool.name}" needs a toolRuntime provider of one of the types ${known.types.join(', ')}; add it under \`spec.providers.toolRuntime\``,
        { currentValue: tool.name, reason: 'MissingProviderForResource' },
      );
      continue;
    }
    resolved.push({ tool, toolGroup: known.toolGroup, providerId, fromBase: mine === undefined });
  }
  return resolved;
}

/** An entry of `registered_resources.tool_groups`, for releases that read them. */
export function toolGroupEntry({ toolGroup, providerId }: AskedTool): JsonObject {
  return { toolgroup_id: toolGroup, provider_id: providerId };
}
