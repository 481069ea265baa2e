import type { Report } from '../krm/result.ts';
import type { Provider } from './providers.ts';

/** The id of a provider at the server: its own, or `remote::vllm` → `vllm` where it needs none; else undefined. */
function idOf({ id, alone, provider }: Provider): string | undefined {
  return id ?? (alone ? provider?.split('::').at(-1) : undefined);
}

/** `vllm-1` → `VLLM_1`: the part of an environment variable's name that an id gives. */
const variablePart = (id: string): string => id.toUpperCase().replace(/[^A-Z0-9]/g, '_');

/**
 * Reports providers of one API without `id` (FR-071), ids that two providers share, whatever their APIs and whether
 * written or defaulted (FR-072), and ids whose environment variables would have one name.
 */
export function checkProviderIds(providers: readonly Provider[], report: Report): void {
  const taken = new Set(providers.map(idOf).flatMap((id) => (id === undefined ? [] : [variablePart(id)])));
  const first = new Map<string, { id: string; provider: Provider }>();
  for (const provider of providers) {
    const id = idOf(provider);
    if (id === undefined) {
      if (!provider.alone) reportMissingId(provider, taken, report);
      continue;
    }
    const earlier = first.get(variablePart(id));
    if (earlier === undefined) first.set(variablePart(id), { id, provider });
    else reportClash(earlier, { id, provider }, taken, report);
  }
}

function reportMissingId(provider: Provider, taken: Set<string>, report: Report): void {
  const id = provider.provider?.split('::').at(-1);
  report.error(
    provider.at.field('id'),
    `\`id\` is required: each of several providers of an API must have its own, here of \`${provider.api}\``,
    { proposedValue: id === undefined ? undefined : freeId([id, `${id}-${apiPart(provider)}`], taken) },
  );
}

function reportClash(
  earlier: { readonly id: string; readonly provider: Provider },
  { id, provider }: { readonly id: string; readonly provider: Provider },
  taken: Set<string>,
  report: Report,
): void {
  const places = `\`${earlier.provider.at.toString()}\` and \`${provider.at.toString()}\``;
  const proposed = freeId([`${id}-${apiPart(provider)}`], taken);
  const fault =
    earlier.id === id
      ? `The provider id "${id}" stands at ${places}: ids must be unique across all APIs.`
      : `The provider ids "${earlier.id}" and "${id}" at ${places} give the same environment variables, LLSD_${variablePart(id)}_…: ids must differ in letters or digits.`;
  report.error(provider.at.field('id'), `${fault} Give one of them another \`id\`, such as "${proposed}"`, {
    currentValue: provider.id,
    proposedValue: proposed,
  });
}

const apiPart = ({ api }: Provider): string => api.replaceAll('_', '-');

/** The first of the wanted ids that no provider has, else the last of them with a number behind; it is taken then. */
function freeId(wanted: readonly string[], taken: Set<string>): string {
  const isFree = (id: string): boolean => !taken.has(variablePart(id));
  let free = wanted.find(isFree);
  for (let number = 2; free === undefined; number += 1) {
    const numbered = `${wanted.at(-1) ?? ''}-${number}`;
    if (isFree(numbered)) free = numbered;
  }
  taken.add(variablePart(free));
  return free;
}
