import { isMapping, type Json, type Report } from '../krm/result.ts';
import type { AskedProvider } from './providers.ts';

/** What the server takes for an IVFFlat index of pgvector where the CR says nothing, 0.5 to 0.8. */
const defaults = { lists: 100, probes: 10 } as const;

/**
 * Reports what the server refuses in `settings.vector_index` of pgvector beyond the types of its fields, 0.5 to 0.8: a
 * search in an IVFFlat index looks through fewer lists than there are, and both numbers must be there.
 */
export function checkVectorIndex(asked: readonly AskedProvider[], report: Report): void {
  for (const { provider, entry } of asked) {
    const index = entry?.settings.vector_index;
    if (!isMapping(index) || index.type !== 'IVFFlat' || !entry?.type.fields.vector_index) continue;
    const at = provider.at.field('settings').field('vector_index');
    for (const name of ['lists', 'probes'] as const) {
      if (index[name] !== null) continue;
      report.error(at.field(name), `\`${name}\` of an IVFFlat index must be a number, or left out`, {
        currentValue: null,
        proposedValue: defaults[name],
      });
    }
    const [lists, probes] = [numberOf(index.lists ?? defaults.lists), numberOf(index.probes ?? defaults.probes)];
    if (index.lists === null || index.probes === null || !(probes >= lists)) continue;
    const [name, proposedValue] = lists > 1 ? ['probes', Math.floor(Math.sqrt(lists))] : ['lists', defaults.lists];
    report.error(
      at.field(name),
      `\`probes\` (${probes}) of an IVFFlat index must be less than its \`lists\` (${lists}): a search looks through so many of them`,
      { currentValue: index[name], proposedValue },
    );
  }
}

/** A number, also as text; NaN where only the server knows it. */
const numberOf = (value: Json): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
