import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** A folder of `testdata`: an example, a test and a page of documentation in one. */
export interface Case {
  readonly name: string;
  /** Exactly stdin: `input.yaml`, or what `input.mjs` prints where the input is too large or too odd to look at. */
  readonly input: Buffer;
  /** `README.md`: 3–12 lines of prose. */
  readonly readme: string;
  /** `expected.yaml`: exactly stdout; empty where the input is not a readable ResourceList. */
  readonly expected: Expected;
  /** `expected.stderr`: exactly stderr, in the cases that show it. */
  readonly stderr: Expected;
}

/** A file that a case is compared with. */
export interface Expected {
  readonly path: string;
  /** Undefined where there is no such file. */
  readonly text: string | undefined;
}

/** All cases, by name. */
export function readCases(): Case[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      name,
      input: readInput(join(folder, name)),
      readme: readExpected(join(folder, name, 'README.md')).text ?? '',
      expected: readExpected(join(folder, name, 'expected.yaml')),
      stderr: readExpected(join(folder, name, 'expected.stderr')),
    }));
}

function readInput(path: string): Buffer {
  const script = join(path, 'input.mjs');
  if (!existsSync(script)) return readFileSync(join(path, 'input.yaml'));
  return execFileSync(process.execPath, [script], { maxBuffer: 256 * 1024 * 1024 });
}

function readExpected(path: string): Expected {
  return { path, text: existsSync(path) ? readFileSync(path, 'utf8') : undefined };
}
