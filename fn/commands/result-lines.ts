import { styleText } from 'node:util';
import type { Item } from '../../src/krm/item.ts';
import { formatResult } from '../../src/krm/format-result.ts';
import type { Result } from '../../src/krm/result.ts';
import { locate } from './locate.ts';

const colours = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/**
 * The results as lines on stderr: `stack.yaml:12: error: LlamaStackDistribution/my-stack: spec.port: must be …`. Infos
 * and colours are for a terminal alone (https://no-color.org).
 */
export function resultLines(results: readonly Result[], items: readonly Item[], terminal: boolean): string {
  const coloured = terminal && (process.env.NO_COLOR ?? '') === '';
  return results
    .filter(({ severity }) => terminal || severity !== 'info')
    .map((result) => {
      const place = locate(result, items);
      const { file, severity, ...rest } = result;
      const text = formatResult({ ...rest, severity, ...(place === undefined && file && { file }) });
      const line = coloured ? styleText(colours[severity], severity) + text.slice(severity.length) : text;
      return `${place === undefined ? '' : `${place}: `}${line}\n`;
    })
    .join('');
}
