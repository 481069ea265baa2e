import { createHash } from 'node:crypto';
import { refuseBytes, run } from '../src/run.ts';
import type { Host, Output } from '../src/run.ts';
import { isTerminal, readStdin, write } from './standard-streams.ts';
import { firstNotUtf8 } from './utf8.ts';

/** What Node lends to the path from input to output, which is plain ECMAScript. */
export const host: Host = {
  sha256hex: (text) => createHash('sha256').update(text).digest('hex'),
};

const terminal = `llsd: stdin is a terminal, and as a KRM function llsd reads a ResourceList from it.
Run it through kustomize or kpt, give it a file (llsd < resource-list.yaml), or print the objects
for the CRs in a folder or file with: llsd render DIR|FILE
`;

/** What the program is without arguments: a ResourceList on stdin, a ResourceList on stdout; resolves to the exit code. */
export async function runFunction(): Promise<number> {
  if (await isTerminal(0)) {
    await write(2, terminal);
    return 2;
  }
  const { out, err, code } = respond(await readStdin(), await isTerminal(2));
  await write(2, err);
  await write(1, out);
  return code;
}

/** The function's answer to the bytes on stdin; `infos` shows infos on stderr too. */
export function respond(bytes: Buffer, infos = false): Output {
  const offset = firstNotUtf8(bytes);
  return offset === undefined ? run(bytes.toString(), { ...host, infos }) : refuseBytes(offset);
}
