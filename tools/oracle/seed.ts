import { spawnSync } from 'node:child_process';

/** A seed that changes with the commit: the first 28 bits of its hash; 0 outside a repository. */
export function seedOfCommit(): number {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout.slice(0, 7), 16) : 0;
}
