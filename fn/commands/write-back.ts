import type { Result } from '../../src/krm/result.ts';
import { codeOf } from '../system-error.ts';
import { system } from '../system.ts';

/** A file of which all is known: what it holds, and what it is to hold. */
export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Writes all files or, where the system refuses one, none; the results name each that was refused. */
export function writeBack(changes: readonly Change[]): readonly Result[] {
  const refused = changes.flatMap(({ path, after }) => write(path, after) ?? []);
  if (refused.length === 0) return [];
  return [...refused, ...changes.flatMap(putBack)];
}

function write(path: string, text: string): Result | undefined {
  try {
    system.writeFile(path, text);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const message = `The file must be one that can be written (${code}); no file was changed. Make it writable, or convert it to stdout: llsd convert --to VERSION - < "${path}"`;
    return { message, severity: 'error', file: { path } };
  }
}

/** A disk that is full has cut the file off; what it held before fits again in most cases. */
function putBack({ path, before }: Change): Result[] {
  if (system.readFile(path) === before || write(path, before) === undefined) return [];
  const message = 'The file could not be given back what it held: take it from version control';
  return [{ message, severity: 'error', file: { path } }];
}
