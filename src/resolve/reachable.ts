import type { Report } from '../krm/result.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';
import type { AskedProvider } from './providers.ts';
import type { CrProvider } from './resolved.ts';

/** Tells in one info result what must be reachable for the server of this release to start. */
export function reportReachable(
  stack: Stack,
  asked: readonly AskedProvider[],
  used: ReadonlySet<string>,
  release: Release,
  report: Report,
): void {
  const needed = asked
    .filter(({ api, id, entry }) => {
      const registered = used.has(`${api}/${id}`);
      const reaches = entry?.type.reachesAtStart;
      const checked = api === 'inference' && release.checksModelsAtStart && entry && checksModels(entry);
      return reaches === 'always' || (registered && (reaches === 'with-resources' || checked === true));
    })
    .map(({ id, provider }) =>
      provider.endpoint === undefined ? `the provider "${id}"` : `the provider "${id}" at "${provider.endpoint}"`,
    );
  const kv = stack.storage.kv?.type;
  if (kv === 'redis') needed.push('Redis of `spec.storage.kv`');
  if (kv === 'postgres') needed.push('PostgreSQL of `spec.storage.kv`');
  if (needed.length > 0)
    report.info(undefined, `The server ${release.version} starts only while it can reach ${needed.join(', ')}`);
}

/** Whether the server asks the provider for a model that it is told to register. */
function checksModels({ type, settings, secrets, base }: CrProvider): boolean {
  const { credential, skipsModelCheck } = type;
  if (!type.type.startsWith('remote::') || skipsModelCheck === 'always') return false;
  return (
    skipsModelCheck === undefined || credential === undefined || !(credential in { ...base, ...settings, ...secrets })
  );
}
