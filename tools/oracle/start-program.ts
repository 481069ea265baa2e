import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requirePeer } from '../peers/env.ts';
import type { Started } from './cluster.ts';
import type { Pod } from './pod.ts';

const print = 'import json, os; print(json.dumps(dict(os.environ)))';

/** The environment in which the server reads its config: what the start program makes of the pod's. */
export async function afterStartProgram(
  { program, release }: Pod,
  { state, env, ownEnv }: Started,
): Promise<Readonly<Record<string, string>>> {
  if (Object.keys(program).length === 0) return ownEnv;
  const folder = join(state, 'start-program-alone');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(program)) writeFileSync(join(folder, name), text);
  const python = requirePeer(`server-${release.version}`).path;
  // What the start program reads files for lies in the folders of the pod on this machine.
  const given = { ...ownEnv, ...Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('LLSD_'))) };
  const { stdout } = await promisify(execFile)(python, ['-c', print], {
    env: {
      ...given,
      PATH: process.env.PATH ?? '',
      PYTHONPATH: folder,
      SQLITE_STORE_DIR: join(state, 'nowhere'),
      HOME: state,
    },
  });
  return { ...(JSON.parse(stdout) as Record<string, string>), ...secretsOf(ownEnv) };
}

/** The Secrets' values as the pod itself has them, so that they can be found again. */
function secretsOf(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value.startsWith('made-up')));
}
