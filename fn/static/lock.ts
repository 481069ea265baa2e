import { UsageError } from '../usage-error.ts';

/** `llsd lock` where there is no network: what it says instead of running. Stands in for `../commands/lock.ts`. */
export function run(): Promise<number> {
  throw new UsageError(
    'llsd lock: this is the static program, which has no network; run `llsd lock` with the Node program, and use the lock that it writes here',
  );
}
