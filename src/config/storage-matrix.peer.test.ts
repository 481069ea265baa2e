import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Databases } from '../../tools/oracle/databases.ts';
import { peer } from '../../tools/peers/env.ts';
import { podOf } from '../../tools/peers/fork-server.ts';
import { startPostgres, type Postgres } from '../../tools/peers/postgres.ts';
import { mark, Stores } from '../../tools/peers/stores.ts';
import { knownReleases } from '../releases/index.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((ones) => ones?.some(({ address }) => address === '::1'));
const releases = knownReleases().filter((release) => peer(`server-${release}`));

/** Class of passwords, and the name of the user who has it → the password. */
const passwords: Readonly<Record<string, string>> = {
  plain: 'made-up',
  ascii: String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index)),
  unicode: 'grüße пароль 密码 🔑',
  digits: '12345678',
  float: '1e5',
  boolean: 'true',
  home: '~root',
  expression: '${env.HOME}$(HOME)$$',
  empty: '',
};
const encryptions = ['off', 'require', 'verify-full'] as const;
type Encryption = (typeof encryptions)[number];

/** Where the stores are, who logs in there, and how the connection is encrypted. */
interface Cell {
  readonly user: string;
  readonly password: string;
  readonly encryption: Encryption;
  readonly release: string;
}

type Given = readonly [spec: object, secrets: Readonly<Record<string, string>>];

let folder: string;
let postgres: Postgres;
const databases = new Databases();
/** Redis with all users, and one that needs no password. */
const redis = { closed: 0, open: 0 };

const from = (key: string) => ({ secretKeyRef: { name: 's', key } });
const encoded = encodeURIComponent;
const databaseOf = ({ release, encryption }: Cell) => `${encryption === 'off' ? 'plain' : 'tls'}-${release}`;
const fieldsOf = (cell: Cell) => ({
  type: 'postgres',
  host: 'localhost',
  port: postgres.port,
  user: cell.user,
  database: databaseOf(cell),
  password: from('password'),
});

function urlOf(cell: Cell): string {
  const { user, password, encryption } = cell;
  const login = password === '' ? user : `${user}:${encoded(password)}`;
  const query = { off: '', require: '?sslmode=require', 'verify-full': verified() }[encryption];
  return `postgresql://${login}@localhost:${String(postgres.port)}/${databaseOf(cell)}${query}`;
}

const verified = () => `?sslmode=verify-full&sslrootcert=${encoded(postgres.authority)}`;

/** With separate fields the variables of the pod say how to encrypt. */
function encryptedBy(encryption: Encryption): object {
  const mode = { name: 'PGSSLMODE', value: encryption };
  const root = { name: 'PGSSLROOTCERT', value: postgres.authority };
  const env = { off: [], require: [mode], 'verify-full': [mode, root] }[encryption];
  return { workload: { overrides: { env } } };
}

const address = ({ encryption }: Cell, login: string, port: number, database: string) =>
  `${encryption === 'off' ? 'redis' : 'rediss'}://${login}127.0.0.1:${String(port)}/${database}`;

/** Form of `spec.storage` → the CR's `spec` for one cell, and the values of its Secret. */
const postgresForms: Readonly<Record<string, (cell: Cell) => Given>> = {
  'PostgreSQL for sql and kv by fields': (cell) => [
    { storage: { sql: fieldsOf(cell), kv: fieldsOf(cell) }, ...encryptedBy(cell.encryption) },
    { password: cell.password },
  ],
  'PostgreSQL for sql and kv by a connection string': (cell) => {
    const string = { type: 'postgres', connectionString: from('url') };
    return [{ storage: { sql: string, kv: string } }, { url: urlOf(cell) }];
  },
  'PostgreSQL for kv alone by fields': (cell) => [
    { storage: { kv: fieldsOf(cell) }, ...encryptedBy(cell.encryption) },
    { password: cell.password },
  ],
  'PostgreSQL for kv by a connection string, beside another user of sql': (cell) => {
    const string = (key: string) => ({ type: 'postgres', connectionString: from(key) });
    const other = urlOf({ ...cell, user: 'other', password: 'of-the-other' });
    return [{ storage: { sql: string('sql'), kv: string('kv') } }, { sql: other, kv: urlOf(cell) }];
  },
};

const redisForms: Readonly<Record<string, (cell: Cell) => Given>> = {
  'Redis by endpoint and password': (cell) => [
    { storage: { kv: { type: 'redis', endpoint: address(cell, '', redis.closed, ''), password: from('password') } } },
    { password: cell.password },
  ],
  'Redis by endpoint with user and database, and password': (cell) => {
    const endpoint = address(cell, `${cell.user}@`, redis.closed, '3');
    return [{ storage: { kv: { type: 'redis', endpoint, password: from('password') } } }, { password: cell.password }];
  },
  'Redis by one URL in a Secret': (cell) => {
    const login = cell.password === '' ? '' : `${cell.user}:${encoded(cell.password)}@`;
    const url = address(cell, login, cell.password === '' ? redis.open : redis.closed, '5');
    return [{ storage: { kv: { type: 'redis', endpoint: from('url') } } }, { url }];
  },
};

const forms = { ...(peer('postgres') ? postgresForms : {}), ...(peer('redis') ? redisForms : {}) };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-storage-'));
  if (peer('postgres')) {
    const named = (kind: string) => releases.map((release) => `${kind}-${release}`);
    const roles = { ...passwords, other: 'of-the-other' };
    postgres = await startPostgres(folder, { roles, plain: named('plain'), tls: named('tls') });
  }
  if (!peer('redis')) return;
  redis.open = await databases.redis();
  redis.closed = await databases.redis('made-up');
  const ask = (...words: readonly string[]) =>
    execFileSync('redis-cli', ['-p', String(redis.closed), '--no-auth-warning', '-a', 'made-up', ...words]);
  const given = Object.entries(passwords).filter(([, password]) => password !== '');
  ask('ACL', 'SETUSER', 'default', ...given.map(([, password]) => `>${password}`));
  for (const [user, password] of given) ask('ACL', 'SETUSER', user, 'on', `>${password}`, '~*', '&*', '+@all');
});

afterAll(async () => {
  if (peer('postgres')) postgres.stop();
  await databases.stop();
  rmSync(folder, { recursive: true });
});

/** Ways to say where a database is, beside one name or IPv4 address → the CR's `spec.storage`, and the values of its Secret. */
const places: Readonly<Record<string, (release: string) => readonly [object, Readonly<Record<string, string>>]>> = {
  'PostgreSQL at an IPv6 address, by fields': (release) => {
    const cell = { user: 'ascii', password: passwords.ascii ?? '', encryption: 'off', release } as const;
    const fields = { ...fieldsOf(cell), host: '::1' };
    return [{ sql: fields, kv: fields }, { password: cell.password }];
  },
  'PostgreSQL at an IPv6 address, by connection strings': (release) =>
    stringsAt(`[::1]:${String(postgres.port)}`, release),
  'the one of several hosts of PostgreSQL that answers': (release) =>
    stringsAt(`127.0.0.1:9,[::1]:${String(postgres.port)},localhost:9`, release),
  'Redis at an IPv6 address': () => {
    const endpoint = `redis://digits@[::1]:${String(redis.closed)}/2`;
    return [{ kv: { type: 'redis', endpoint, password: from('password') } }, { password: passwords.digits ?? '' }];
  },
};

function stringsAt(hosts: string, release: string): readonly [object, Readonly<Record<string, string>>] {
  const string = { type: 'postgres', connectionString: from('url') };
  return [{ sql: string, kv: string }, { url: `postgresql://plain:made-up@${hosts}/plain-${release}` }];
}

/** What becomes of a cell: the stores work; it is refused by llsd, or by the start program; or what went wrong. */
async function outcomeOf(form: string, cell: Cell, stores: Stores): Promise<string> {
  const [spec, secrets] = forms[form]?.(cell) ?? [{}, {}];
  let pod;
  try {
    pod = podOf(spec, cell.release, secrets);
  } catch (error) {
    return String(error).includes('speaks TLS to Redis') ? 'refused by llsd' : String(error);
  }
  const { kv, sql, exit, log } = await stores.use(pod);
  if (exit === 78 && /^LLSD_STORAGE_KV_\w+: (?:is empty|the server cannot speak TLS to Redis)/.test(log)) {
    return 'refused at start';
  }
  const shown = cell.password.length > 4 && log.includes(cell.password);
  return kv === mark && sql === mark && !shown ? 'works' : `kv ${String(kv)}, sql ${String(sql)}: ${log}`;
}

/** No release speaks TLS to Redis, and a password that is asked for must not be empty there. */
function expected(form: string, { password, encryption }: Cell): string {
  if (!(form in redisForms)) return 'works';
  const url = form === 'Redis by one URL in a Secret';
  if (encryption !== 'off') return url ? 'refused at start' : 'refused by llsd';
  return password === '' && !url ? 'refused at start' : 'works';
}

/** Form and encryption → outcome → how many cells came to it. */
const counts = new Map<string, Map<string, number>>();

function count(form: string, encryption: Encryption, outcome: string): void {
  const column = counts.get(`${form} ${encryption}`) ?? new Map<string, number>();
  counts.set(`${form} ${encryption}`, column.set(outcome, (column.get(outcome) ?? 0) + 1));
}

describe('the stores of the server', () => {
  it.concurrent.each(releases)(
    'work by every form, with every password and encryption, or the CR is refused before they see it: %s',
    async (release) => {
      const stores = new Stores(release, folder);
      const wrong: object[] = [];
      for (const form of Object.keys(forms)) {
        for (const [user, password] of Object.entries(passwords)) {
          for (const encryption of encryptions) {
            const cell = { user, password, encryption, release };
            const outcome = await outcomeOf(form, cell, stores);
            count(form, encryption, outcome);
            if (outcome !== expected(form, cell)) wrong.push({ form, user, encryption, outcome });
          }
        }
      }
      stores.end();
      expect(wrong).toEqual([]);
    },
    600_000,
  );

  it.runIf(peer('postgres') && peer('redis') && hasIpv6).each(releases)(
    'are found at IPv6 addresses, and among several hosts: %s',
    async (release) => {
      const stores = new Stores(release, folder);
      for (const [what, place] of Object.entries(places)) {
        const [storage, secrets] = place(release);
        const { kv, sql, exit, log } = await stores.use(podOf({ storage }, release, secrets));
        expect({ what, kv, sql, exit }, log).toEqual({ what, kv: mark, sql: mark, exit: 0 });
      }
      stores.end();
    },
    120_000,
  );
});

afterAll(() => {
  const lines = Object.keys(forms).map((form) => {
    const cells = encryptions.map((encryption) => {
      const outcomes = [...(counts.get(`${form} ${encryption}`) ?? [])];
      return `    ${encryption.padEnd(11)}  ${outcomes.map(([outcome, cells]) => `${String(cells)} ${outcome}`).join(', ')}`;
    });
    return `  ${form}\n${cells.join('\n')}\n`;
  });
  const size = `${String(Object.keys(passwords).length)} passwords × ${String(releases.length)} releases`;
  process.stdout.write(`Storage, form × TLS, each of ${size}:\n${lines.join('')}`);
});
