import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Databases } from '../../tools/oracle/databases.ts';
import { peer } from '../../tools/peers/env.ts';
import { podOf } from '../../tools/peers/fork-server.ts';
import { mark, Stores } from '../../tools/peers/stores.ts';
import { knownReleases } from '../releases/index.ts';

const releases = knownReleases().filter((release) => peer(`server-${release}`));
const databases = new Databases();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-at-once-'));
});

afterAll(async () => {
  await databases.stop();
  rmSync(folder, { recursive: true });
});

async function postgres(): Promise<object> {
  const { port, name: database } = await databases.postgres();
  return { type: 'postgres', host: '127.0.0.1', port, database, user: 'postgres', password: 'postgres' };
}

// workers of one pod share its files, pods share a database; four processes met a table that was just made in nine of ten tries
describe.runIf(peer('postgres')).each(releases)('processes of the server %s that start at once', (release) => {
  let stores: Stores;
  beforeAll(() => {
    stores = new Stores(release, folder);
  });
  afterAll(() => {
    stores.end();
  });

  it.each(['sqlite', 'PostgreSQL'])('all use the tables in %s that one of them makes', async (database) => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const storage = database === 'sqlite' ? {} : { sql: await postgres(), kv: await postgres() };
      const used = await stores.use(podOf({ storage }, release), { atOnce: 4 });
      expect(used, used.log).toMatchObject({ kv: mark, sql: mark, exit: 0 });
    }
  });

  it('wait for the one that gives a new sqlite file its journal', async () => {
    const used = await stores.use(podOf({}, release), { written: true });
    expect(used, used.log).toMatchObject({ sql: mark, exit: 0 });
  });
});
