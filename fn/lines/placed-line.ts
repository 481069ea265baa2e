import { formatResult, oneLine } from '../../src/krm/format-result.ts';
import type { Result } from '../../src/krm/result.ts';

/**
 * A result as a line behind its place: `stack.yaml:12: error: LlamaStackDistribution/my-stack: spec.port: must be …`;
 * without a place, with its file at the end where that is known. `paint` may colour all but the place.
 */
export function placedLine(result: Result, place: string | undefined, paint = (text: string): string => text): string {
  const { file, ...rest } = result;
  const text = paint(formatResult({ ...rest, ...(place === undefined && file && { file }) }));
  return `${place === undefined ? '' : `${oneLine(place)}: `}${text}\n`;
}
