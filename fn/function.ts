import { refuseBytes, run } from '../src/run.ts';
import type { Host, Output } from '../src/run.ts';
import { system } from './system.ts';
import type { Read } from './utf8.ts';

/** What the path from input to output, which is plain ECMAScript, has of the system. */
export const host: Host = { sha256hex: (text) => system.sha256hex(text) };

const terminal = `llsd: stdin is a terminal, and as a KRM function llsd reads a ResourceList from it.
Run it through kustomize or kpt, give it a file (llsd < resource-list.yaml), or print the objects
for the CRs in a folder or file with: llsd render DIR|FILE
`;

/** What the program is without arguments: a ResourceList on stdin, a ResourceList on stdout; resolves to the exit code. */
export async function runFunction(): Promise<number> {
  if (await system.isTerminal(0)) {
    await system.write(2, terminal);
    return 2;
  }
  const answer = respond(await system.readStdin(), await system.isTerminal(2));
  await system.write(2, await withLines(answer));
  await system.write(1, answer.out);
  return answer.code;
}

/** stderr with the lines of the files that the list was made of; a run without fault evaluates none of the code for it. */
async function withLines({ err, told }: Output): Promise<string> {
  if (told?.results.some(({ severity }) => severity !== 'info') !== true) return err;
  return (await import('./lines/index.ts')).linesOf(told, err, system);
}

/** The function's answer to what is on stdin; `infos` shows infos on stderr too. */
export function respond(read: Read, infos = false): Output {
  return typeof read === 'string' ? run(read, { ...host, infos }) : refuseBytes(read);
}
