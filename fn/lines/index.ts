import type { Told } from '../../src/run.ts';
import type { Disk } from './bounded-disk.ts';
import { placedLine } from './placed-line.ts';
import { Places } from './places.ts';

/** What was told, each error and warning behind its file and line where these are certain; `err` is the same without them. */
export function linesOf({ results, list }: Told, err: string, disk: Disk): string {
  try {
    const places = new Places(list, disk);
    return results
      .map((result) => placedLine(result, result.severity === 'info' ? undefined : places.of(result)))
      .join('');
  } catch {
    // Where a mistake stands is a help: that it was not found must not keep the mistake from being told.
    return err;
  }
}
