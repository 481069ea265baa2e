import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer } from '../peers/env.ts';

const root = join(import.meta.dirname, '../..');
const podman = peer('podman');

/** What podman knows of an image. */
export interface Image {
  readonly Id: string;
  readonly Digest: string;
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Labels: Record<string, string>;
  };
}

/** Whether the image can be built and run here; under CI it must. */
export const canRunImage = Boolean(podman && peer('static'));

/** Runs podman to its end, and gives what it printed. */
export function runPodman(args: readonly string[], input: string | Buffer = ''): string {
  const env = { ...process.env, ...podman?.env };
  return execFileSync('podman', args, { cwd: root, env, input, encoding: 'utf8', stdio: 'pipe' });
}

/** Builds the image as `npm run build:image` does, from the executable that is in `dist`, without network. */
export function buildImage(tag: string): Image {
  execFileSync(process.execPath, ['tools/licences.mjs'], { cwd: root });
  const reproducible = ['--timestamp', '0', '--build-arg', 'SOURCE=https://example.com/llsd'];
  runPodman(['build', '--quiet', '--network', 'none', '--no-cache', ...reproducible, '--tag', tag, '.']);
  const [found] = JSON.parse(runPodman(['image', 'inspect', tag])) as Image[];
  if (!found) throw new Error(`podman has no image ${tag}`);
  return found;
}

/** What kustomize and kpt run containers with: podman, also by the name of docker. */
export interface ContainerRuntime {
  /** The environment variables for kustomize and kpt, beside a PATH that begins with the runtime's folder. */
  readonly env: Readonly<Record<string, string>>;
  /** The arguments of each call of `run` until now, a line each. */
  calls(): readonly string[];
}

/** Makes the runtime's programs in a folder that is there. */
export function containerRuntime(folder: string): ContainerRuntime {
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const path = execFileSync('sh', ['-c', 'command -v podman'], { encoding: 'utf8' }).trim();
  for (const name of ['docker', 'podman'])
    writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" >>"${log}"\nexec ${path} "$@"\n`, { mode: 0o755 });
  return {
    env: { ...podman?.env, KPT_FN_RUNTIME: 'podman' },
    calls: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('run ')),
  };
}
