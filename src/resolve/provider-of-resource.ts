import type { Path, Report } from '../krm/result.ts';
import { didYouMean, nearest } from '../nearest.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import { idOf } from './expression.ts';
import type { AskedProvider } from './providers.ts';

/** Reports the `provider` of a model or shield that is no provider of its API, with the ids that are: `ids`. */
export function reportNoSuchProvider(
  at: Path,
  id: string,
  api: 'inference' | 'safety',
  ids: readonly string[],
  asked: readonly AskedProvider[],
  base: BaseConfig,
  report: Report,
): void {
  const other = apiOf(id, asked, base);
  const near = other === undefined ? nearest(id, ids) : undefined;
  report.error(
    at,
    `No ${api} provider has the id "${id}"` +
      (other === undefined ? '' : `, which is a provider of \`${other}\``) +
      didYouMean(near) +
      (ids.length === 0 ? `; add one under \`spec.providers.${api}\`` : `; must be one of: ${ids.join(', ')}`),
    { currentValue: id, proposedValue: near, reason: 'MissingProviderForResource' },
  );
}

/** The API of the provider with an id, the CR's before the base config's. */
function apiOf(id: string, asked: readonly AskedProvider[], base: BaseConfig): string | undefined {
  const own = asked.find((provider) => provider.id === id)?.api;
  const theirs = Object.entries(base.providers).find(([, entries]) =>
    entries.some((entry) => idOf(entry.provider_id) === id),
  );
  return own ?? theirs?.[0];
}
