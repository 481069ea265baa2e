import type { Item } from '../../src/krm/item.ts';
import { formatResult } from '../../src/krm/format-result.ts';
import type { Result } from '../../src/krm/result.ts';
import { system } from '../system.ts';
import { locate } from './locate.ts';

/** Red, yellow and cyan, as terminals number them. */
const colours = { error: 31, warning: 33, info: 36 } as const;

/**
 * The results as lines on stderr: `stack.yaml:12: error: LlamaStackDistribution/my-stack: spec.port: must be …`. Infos
 * and colours are for a terminal alone (https://no-color.org).
 */
export function resultLines(results: readonly Result[], items: readonly Item[], terminal: boolean): string {
  const coloured = terminal && (system.environment('NO_COLOR') ?? '') === '';
  return results
    .filter(({ severity }) => terminal || severity !== 'info')
    .map((result) => {
      const place = locate(result, items);
      const { file, severity, ...rest } = result;
      const text = formatResult({ ...rest, severity, ...(place === undefined && file && { file }) });
      const line = coloured
        ? `\u001b[${String(colours[severity])}m${severity}\u001b[39m${text.slice(severity.length)}`
        : text;
      return `${place === undefined ? '' : `${place}: `}${line}\n`;
    })
    .join('');
}
