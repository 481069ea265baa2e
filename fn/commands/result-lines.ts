import type { Item } from '../../src/krm/item.ts';
import type { Result } from '../../src/krm/result.ts';
import { locate } from '../lines/locate.ts';
import { placedLine } from '../lines/placed-line.ts';
import { system } from '../system.ts';

/** Red, yellow and cyan, as terminals number them. */
const colours = { error: 31, warning: 33, info: 36 } as const;

/** The results as lines on stderr, each behind its file and line; infos and colours are for a terminal alone (https://no-color.org). */
export function resultLines(results: readonly Result[], items: readonly Item[], terminal: boolean): string {
  const coloured = terminal && (system.environment('NO_COLOR') ?? '') === '';
  return results
    .filter(({ severity }) => terminal || severity !== 'info')
    .map((result) => {
      const { severity } = result;
      const paint = (text: string): string =>
        coloured ? `\u001b[${String(colours[severity])}m${severity}\u001b[39m${text.slice(severity.length)}` : text;
      return placedLine(result, locate(result, items), paint);
    })
    .join('');
}
