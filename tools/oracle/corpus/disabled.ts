import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/krm/result.ts';
import type { BaseConfig, Release } from '../../../src/releases/index.ts';
import { sometimes, type Draw } from './draw.ts';
import { ownerOf, type GeneratedProvider } from './providers.ts';

/**
 * One or two APIs that neither a provider nor a resource of the CR needs; what else must go with them, the program's error
 * says.
 */
export function disabledOf(
  release: Release,
  base: BaseConfig,
  providers: readonly GeneratedProvider[],
  resources: JsonObject,
): Draw<readonly string[]> {
  const used = usedApis(release, base, providers, resources);
  const free = release.apis.filter((api) => Object.hasOwn(release.providers, api) && !used.has(api));
  return sometimes<readonly string[], readonly string[]>(
    30,
    fc.subarray(free, { maxLength: Math.min(2, free.length) }),
    [],
  );
}

/** The APIs of the CR and of what each of them requires in turn. */
function usedApis(
  release: Release,
  base: BaseConfig,
  providers: readonly GeneratedProvider[],
  resources: JsonObject,
): ReadonlySet<string> {
  const needed = (api: string): readonly string[] =>
    [
      ...providers.filter((provider) => provider.api === api).map(({ type }) => type?.requires ?? []),
      ...(base.providers[api] ?? []).map(
        ({ provider_type }) => release.providers[api]?.[provider_type]?.requires ?? [],
      ),
    ].flat();
  const kept = (key: string) => ((resources[key] ?? []) as readonly Json[]).length > 0;
  const used = new Set(providers.map(({ api }) => api));
  if (kept('models') || kept('shields')) used.add('inference');
  if (kept('shields')) used.add('safety');
  if (kept('tools')) used.add('tool_runtime');
  for (const api of used) for (const other of needed(api)) used.add(ownerOf(other, release));
  return used;
}
