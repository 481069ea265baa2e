import type { Report } from '../krm/result.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { adviceFor, releaseWithType } from '../releases/index.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import type { Provider } from '../spec/providers.ts';
import type { ResolvedDistribution } from './resolved.ts';

/** The id of a provider: its `id`, else its `provider` without the prefix: `remote::vllm` → `vllm`. */
export function providerId(provider: Provider): string | undefined {
  return provider.id ?? provider.provider?.split('::').at(-1);
}

/**
 * The provider type that `provider` names at this release: one with `::` as it is, else `remote::X`, else `inline::X`.
 * Reports a type that the release does not have or cannot load, with what can be used instead; undefined then.
 */
export function resolveProviderType(
  provider: Provider,
  api: string,
  distribution: ResolvedDistribution,
  release: Release,
  report: Report,
): ProviderType | undefined {
  const written = provider.provider;
  if (written === undefined) return undefined;
  const types = release.providers[api] ?? {};
  const at = provider.at.field('provider');
  const candidates = /^(remote|inline)::/.test(written) ? [written] : [`remote::${written}`, `inline::${written}`];
  const found = (written.includes('::') ? [written] : candidates).find((type) => Object.hasOwn(types, type));
  const type = found === undefined ? undefined : types[found];
  if (type === undefined) {
    const detail = { currentValue: written, proposedValue: instead(written, candidates, api, release) };
    report.error(at, unknownType(written, candidates, api, release, detail.proposedValue), detail);
    return undefined;
  }
  reportMissingPackages(provider, type, api, distribution, release, report);
  if (type.unloadable !== undefined) {
    const other = releaseWithType(api, type.type, release);
    const advice = adviceFor(api, type.type);
    report.error(
      at,
      `The server ${release.version} cannot load the provider type "${type.type}" of \`${api}\`: ${type.unloadable}` +
        (other === undefined ? '' : `; release ${other} can`) +
        (advice === undefined ? '' : `; ${advice}`),
      { currentValue: written },
    );
    return undefined;
  }
  return type;
}

/** Images hold the packages of their own distribution's providers; other images of the user's may hold more. */
function reportMissingPackages(
  provider: Provider,
  type: ProviderType,
  api: string,
  { name, image }: ResolvedDistribution,
  release: Release,
  report: Report,
): void {
  const missing = release.missingPackages[name]?.[api]?.[type.type];
  if (missing === undefined || !image.startsWith(`${release.imagePrefix}${name}:`)) return;
  const packages = missing.map((name) => `"${name}"`).join(', ');
  report.warning(
    provider.at.field('provider'),
    `The image "${image}" is built without the Python packages that the provider type "${type.type}" needs (${packages}); ` +
      `use an image that has them, by \`spec.distribution.image\` or the option \`imageOverrides\``,
    { currentValue: provider.provider },
  );
}

function unknownType(
  written: string,
  candidates: readonly string[],
  api: string,
  release: Release,
  proposed: string | undefined,
): string {
  const types = Object.keys(release.providers[api] ?? {}).sort();
  const elsewhere = Object.keys(release.providers).filter(
    (other) => other !== api && candidates.some((type) => Object.hasOwn(release.providers[other] ?? {}, type)),
  );
  const other = candidates.map((type) => releaseWithType(api, type, release)).find((version) => version !== undefined);
  const retired = candidates.map((type) => release.retiredTypes[api]?.[type]).find((type) => type !== undefined);
  return [
    `The server ${release.version} has no provider type "${written}" for \`${api}\``,
    didYouMean(proposed),
    other === undefined ? '' : `; release ${other} has it`,
    retired === undefined ? '' : `; ${retired.advice}`,
    elsewhere.length === 0 ? '' : `; it is a type of ${elsewhere.map((name) => `\`${name}\``).join(', ')}`,
    `; must be one of: ${types.join(', ')}`,
  ].join('');
}

function instead(written: string, candidates: readonly string[], api: string, release: Release): string | undefined {
  const renamed = candidates.map((type) => release.renamedTypes[api]?.[type]).find((type) => type !== undefined);
  if (renamed !== undefined) return renamed;
  const types = Object.keys(release.providers[api] ?? {});
  const short = types.map((type) => type.replace(/^(remote|inline)::/, ''));
  const near = nearest(written.replace(/^(remote|inline)::/, ''), short);
  const full = near === undefined ? undefined : types[short.indexOf(near)];
  return written.includes('::') ? full : near;
}
