import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isTerminal, readStdin, write } from './standard-streams.ts';
import { textOf, type Read } from './utf8.ts';

/**
 * All that the program asks of the system; where the system refuses, an Error has its name of the fault as `code`
 * (`ENOENT`) and what was asked as `syscall`. The static program has one of its own (`static/system.ts`).
 */
export interface System {
  /** What stood on the command line. */
  readonly args: readonly string[];
  environment(name: string): string | undefined;
  isTerminal(descriptor: 0 | 1 | 2): Promise<boolean>;
  readStdin(): Promise<Read>;
  readFile(path: string): Read;
  /** Links are followed. */
  isFolder(path: string): boolean;
  /** Links are followed. */
  isFile(path: string): boolean;
  /** What is in a folder, in no order; a link is no folder here. */
  entries(path: string): readonly { readonly name: string; readonly isFolder: boolean }[];
  write(descriptor: 1 | 2, text: string): Promise<void>;
  /** Replaces what a file holds. */
  writeFile(path: string, text: string): void;
  /** SHA-256 of the text in UTF-8, in lower-case hexadecimal digits. */
  sha256hex(text: string): string;
  setExitCode(code: number): void;
}

/** The system as Node shows it. */
export const system: System = {
  args: process.argv.slice(2),
  environment: (name) => process.env[name],
  isTerminal,
  readStdin: async () => textOf(await readStdin()),
  readFile: (path) => textOf(readFileSync(path)),
  isFolder: (path) => statSync(path).isDirectory(),
  isFile: (path) => statSync(path).isFile(),
  entries: (path) =>
    readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() })),
  write,
  writeFile: (path, text) => {
    writeFileSync(path, text);
  },
  sha256hex: (text) => createHash('sha256').update(text).digest('hex'),
  setExitCode: (code) => {
    process.exitCode = code;
  },
};
