import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { codeOf } from './system-error.ts';

/** Whether a descriptor is a person's terminal. `node:tty` loads the network too, so it is asked about devices only. */
export async function isTerminal(descriptor: 0 | 1 | 2): Promise<boolean> {
  return fstatSync(descriptor).isCharacterDevice() && (await import('node:tty')).isatty(descriptor);
}

/** All of stdin. A terminal must be refused before: reading it would wait for a person who does not know. */
export async function readStdin(): Promise<Buffer> {
  try {
    return readFileSync(0);
  } catch (error) {
    // Another process may have made our end of the pipe non-blocking, which only Node's own stream can wait for.
    if (codeOf(error) !== 'EAGAIN') throw error;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** How much of a text is turned into bytes at a time. */
const pieceLength = 1 << 20;

/**
 * Writes all of `text` before it resolves. A reader that has gone away (`| head`) is no fault: the rest is dropped.
 * Writes to the descriptor, since making `process.stdout` costs every start-up some milliseconds.
 */
export async function write(descriptor: 1 | 2, text: string): Promise<void> {
  let start = 0;
  while (start < text.length) {
    let end = start + pieceLength;
    // The halves of a surrogate pair are one character in UTF-8.
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end++;
    if (!(await writePiece(descriptor, Buffer.from(text.slice(start, end))))) return;
    start = end;
  }
}

/** Writes one piece; false where nobody reads any more. */
async function writePiece(descriptor: 1 | 2, bytes: Buffer): Promise<boolean> {
  for (let rest = bytes; rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (codeOf(error) === 'EPIPE') return false;
      if (codeOf(error) !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return true;
}
