import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The two programs made of one source: by Node, and static, that for arm64 where `LLSD_ARM64` is set. */
export const programs = {
  node: join(root, 'dist/llsd.cjs'),
  static: join(root, process.env.LLSD_ARM64 ? 'tools/static/arm64' : 'dist/llsd'),
} as const;

/** What a run of a program shows to whoever started it. */
export interface Shown {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly status: number | null;
}

/** Where and on what a program runs. */
export interface Setting {
  readonly input?: string | Buffer;
  readonly cwd?: string;
}

/** Runs `command` to its end. One that stops reading its input is not a fault. */
export function run(command: readonly string[], { input = '', cwd }: Setting = {}): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { cwd, stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), status });
    });
    child.stdin.end(input);
  });
}

/** What both programs show on the same arguments. */
export async function runBoth(args: readonly string[], setting?: Setting): Promise<{ node: Shown; static: Shown }> {
  const [node, other] = await Promise.all([
    run([process.execPath, programs.node, ...args], setting),
    run([programs.static, ...args], setting),
  ]);
  return { node, static: other };
}
