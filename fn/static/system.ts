import type { System } from '../system.ts';
import type { Read } from '../utf8.ts';

/** What `src/main.rs` lends. */
declare const host: {
  readonly args: readonly string[];
  environment(name: string): string | undefined;
  isTerminal(descriptor: number): boolean;
  readStdin(): Read;
  readFile(path: string): Read;
  isFolder(path: string): boolean;
  isFile(path: string): boolean;
  entries(path: string): readonly (readonly [name: string, isFolder: boolean])[];
  write(descriptor: number, text: string): void;
  writeFile(path: string, text: string): void;
  sha256hex(text: string): string;
  text(name: string): string;
};

/** Text that UTF-8 can hold: half a surrogate pair becomes U+FFFD, as in Node. The engine has it, Node 20's types do not. */
const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();

/** The system as the static program shows it; stands in for `../system.ts` there. */
export const system: System = {
  args: host.args,
  environment: (name) => host.environment(name),
  isTerminal: (descriptor) => Promise.resolve(host.isTerminal(descriptor)),
  readStdin: () => Promise.resolve().then(() => host.readStdin()),
  readFile: (path) => host.readFile(path),
  isFolder: (path) => host.isFolder(path),
  isFile: (path) => host.isFile(path),
  entries: (path) => host.entries(path).map(([name, isFolder]) => ({ name, isFolder })),
  write: (descriptor, text) =>
    Promise.resolve().then(() => {
      host.write(descriptor, wellFormed(text));
    }),
  writeFile: (path, text) => {
    host.writeFile(path, wellFormed(text));
  },
  sha256hex: (text) => host.sha256hex(wellFormed(text)),
  setExitCode: (code) => {
    Object.assign(globalThis, { exitCode: code });
  },
};

/** The texts of `src/releases/data`, as the static program holds them; stands in for `../../src/releases/texts.ts` there. */
export const textOf = (name: string): string => host.text(name);
