import type { Report } from '../krm/result.ts';
import { entryId, entryType } from './merge.ts';
import type { AskedProvider } from './providers.ts';
import type { ResolvedProvider } from './resolved.ts';

/**
 * Reports a provider of `scoring` that is the second of its type: a type registers its functions under its own name
 * (`basic::equality`), and the server does not start when two providers bring the same ones.
 */
export function checkScoring(
  entries: readonly ResolvedProvider[],
  asked: readonly AskedProvider[],
  report: Report,
): void {
  const first = new Map<string, ResolvedProvider>();
  for (const entry of [...entries].sort(byOrigin)) {
    const earlier = first.get(entryType(entry));
    if (earlier === undefined) {
      first.set(entryType(entry), entry);
      continue;
    }
    const provider = asked.find((one) => one.entry?.id === entryId(entry) && one.api === 'scoring');
    report.error(
      provider?.provider.at.field(provider.additive ? 'providerId' : 'id'),
      `The server takes one provider of the type "${entryType(entry)}" for \`scoring\`, and "${entryId(earlier)}"` +
        `${earlier.from === 'base' ? ' of the base config' : ''} is one already; ` +
        (earlier.from === 'base'
          ? `give this one the id "${entryId(earlier)}", so that it takes its place`
          : 'remove one'),
      { currentValue: entryId(entry), ...(earlier.from === 'base' && { proposedValue: entryId(earlier) }) },
    );
  }
}

/** The base config's first, since the CR's is the one that can be changed. */
function byOrigin(a: ResolvedProvider, b: ResolvedProvider): number {
  return Number(a.from === 'cr') - Number(b.from === 'cr');
}
