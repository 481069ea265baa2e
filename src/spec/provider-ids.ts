import type { Report } from '../krm/result.ts';
import type { Provider } from './providers.ts';

/** `remote::vllm` → `vllm`: the id of a provider that is given none. */
const defaultId = (provider: string): string => provider.split('::').at(-1) ?? provider;

/** `vllm-1` → `VLLM_1`: the part of an environment variable's name that an id gives. */
const variablePart = (id: string): string => id.toUpperCase().replace(/[^A-Z0-9]/g, '_');

/**
 * Reports providers of one API without `id` (FR-071), ids that two providers share, whatever their APIs and whether
 * written or defaulted (FR-072), and ids whose environment variables would have one name.
 */
export function checkProviderIds(providers: readonly Provider[], report: Report): void {
  const byId = new Map<string, Provider>();
  const byVariable = new Map<string, { id: string; provider: Provider }>();
  for (const provider of providers) {
    if (provider.id !== undefined) continue;
    if (!provider.alone) reportMissingId(provider, providers, report);
  }
  for (const provider of providers) {
    const id =
      provider.id ?? (provider.alone && provider.provider !== undefined ? defaultId(provider.provider) : undefined);
    if (id === undefined) continue;
    const sameId = byId.get(id);
    const sameVariable = byVariable.get(variablePart(id));
    const detail = { currentValue: provider.id, proposedValue: freeId(id, provider, providers) };
    const paths = (other: Provider): string => `\`${other.at.toString()}\` and \`${provider.at.toString()}\``;
    if (sameId !== undefined) {
      report.error(
        provider.at.field('id'),
        `The provider id "${id}" stands at ${paths(sameId)}: ids must be unique across all APIs. Give one of them another \`id\`, such as "${detail.proposedValue}"`,
        detail,
      );
    } else if (sameVariable !== undefined) {
      report.error(
        provider.at.field('id'),
        `The provider ids "${sameVariable.id}" and "${id}" at ${paths(sameVariable.provider)} give the same environment variables, LLSD_${variablePart(id)}_…: they must differ in letters or digits`,
        detail,
      );
    } else {
      byId.set(id, provider);
      byVariable.set(variablePart(id), { id, provider });
    }
  }
}

function reportMissingId(provider: Provider, providers: readonly Provider[], report: Report): void {
  const proposed = provider.provider === undefined ? undefined : defaultId(provider.provider);
  report.error(
    provider.at.field('id'),
    `\`id\` is required: each of several providers of an API must have its own, here of "${provider.api}"`,
    {
      proposedValue:
        proposed === undefined
          ? undefined
          : isFree(proposed, providers)
            ? proposed
            : freeId(proposed, provider, providers),
    },
  );
}

/** `<id>-<api>`, or with a number behind where that is taken too. */
function freeId(id: string, provider: Provider, providers: readonly Provider[]): string {
  const wanted = `${id}-${provider.api.replaceAll('_', '-')}`;
  let free = wanted;
  for (let number = 2; !isFree(free, providers); number += 1) free = `${wanted}-${number}`;
  return free;
}

const isFree = (id: string, providers: readonly Provider[]): boolean =>
  providers.every((other) => {
    const taken = other.id ?? (other.alone && other.provider !== undefined ? defaultId(other.provider) : undefined);
    return taken === undefined || variablePart(taken) !== variablePart(id);
  });
