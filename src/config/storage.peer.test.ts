import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/peers/free-port.ts';
import { makeAuthority, makeServerCertificate } from '../../tools/peers/certificates.ts';
import { peer } from '../../tools/peers/env.ts';
import { podOf } from '../../tools/peers/fork-server.ts';
import { mark, Stores, type Used } from '../../tools/peers/stores.ts';

const release = '0.7.1';
const server = peer(`server-${release}`);
const postgres = peer('postgres');
const redis = peer('redis');

/** Every printable ASCII character but letters, and some beyond. */
const nasty = `p@ s/w:o#r%d?&+=%41é"'\\$[x]{y}|;,\`!^*()<>~_-. $(HOME) $$ 密码🔑`;
const digits = '12345678';

/** Secret `s`: key → value. */
type Secrets = Readonly<Record<string, string>>;

interface Case {
  readonly storage: object;
  readonly secrets?: Secrets;
  readonly networking?: object;
  /** What the pod's own settings add: the file of a mounted CA. */
  readonly env?: Secrets;
}

const from = (key: string) => ({ secretKeyRef: { name: 's', key } });

/** Lets the server's own stores write and read with what each case renders to. */
async function use(cases: Readonly<Record<string, Case>>): Promise<Readonly<Record<string, Used>>> {
  const used: Record<string, Used> = {};
  for (const [id, { storage, secrets, networking, env }] of Object.entries(cases)) {
    const pod = podOf({ storage, ...(networking && { networking }) }, release, secrets);
    used[id] = await stores.use({ ...pod, env: { ...pod.env, ...env } });
  }
  return used;
}

function expectAll(used: Readonly<Record<string, Used>>) {
  for (const [id, { kv, sql, log }] of Object.entries(used))
    expect({ id, kv, sql, log }, log).toMatchObject({ id, kv: mark, sql: mark });
}

let folder: string;
let port: number;
let stores: Stores;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-storage-'));
  port = await freePort();
  if (server) stores = new Stores(release, folder);
});

afterAll(() => {
  if (server) stores.end();
  rmSync(folder, { recursive: true });
});

describe.runIf(server)('storage in the server 0.7.1', () => {
  it('is in sqlite files where nothing else is asked for', async () => {
    expectAll(await use({ base: { storage: {} }, sqlite: { storage: { kv: { type: 'sqlite' }, sql: {} } } }));
  });
});

describe.runIf(server)('the start program under opentelemetry-instrument, as the image wraps the server', () => {
  function wrapped(connectionString: string) {
    const bin = dirname(server?.path ?? '');
    return spawnSync(
      join(bin, 'opentelemetry-instrument'),
      ['python', '-c', 'import json, os; print(json.dumps(dict(os.environ)))'],
      {
        encoding: 'utf8',
        env: {
          PATH: bin,
          HOME: folder,
          PYTHONPATH: join(import.meta.dirname, 'start-program'),
          PYTHONDONTWRITEBYTECODE: '1',
          ...Object.fromEntries(['TRACES', 'METRICS', 'LOGS'].map((signal) => [`OTEL_${signal}_EXPORTER`, 'none'])),
          LLSD_STORAGE_SQL_CONNECTION_STRING: connectionString,
        },
      },
    );
  }

  it('prepares the variables once, before it is wrapped', () => {
    const { stdout, stderr } = wrapped('postgresql://app:p%40w@db/llama?connect_timeout=3');
    const env = JSON.parse(stdout) as Secrets;
    expect(env).toMatchObject({ PGHOST: 'db', PGPASSWORD: 'p@w' });
    expect(env).not.toHaveProperty('LLSD_STORAGE_SQL_CONNECTION_STRING');
    expect(stderr.split('connect_timeout has no effect')).toHaveLength(2);
  });

  it('ends it with what is wrong', () => {
    const { status, stderr } = wrapped('postgresql://app@/llama');
    expect({ status, stderr }).toEqual({
      status: 78,
      stderr: 'LLSD_STORAGE_SQL_CONNECTION_STRING: must name a host\n',
    });
  });
});

describe.runIf(server && postgres)('storage in the server 0.7.1 on PostgreSQL', () => {
  /** User → password; each owns a database of its name. */
  const users: Readonly<Record<string, string>> = {
    app: nasty,
    'we?rd:u@er': nasty,
    '0012': digits,
    plain: 'plain',
    pin: digits,
  };
  const enc = encodeURIComponent;
  const url = (user: string, more = '') =>
    `postgresql://${enc(user)}:${enc(users[user] ?? '')}@127.0.0.1:${String(port)}/${enc(user)}${more}`;
  const fields = (user: string) => ({
    host: '127.0.0.1',
    port,
    user,
    database: user,
    password: from('password'),
  });

  beforeAll(() => {
    execFileSync(postgres?.path ?? '', ['start', String(port)]);
    const quote = (text: string, mark: string) => `${mark}${text.replaceAll(mark, mark + mark)}${mark}`;
    sql(
      Object.entries(users).flatMap(([user, password]) => [
        `CREATE ROLE ${quote(user, '"')} LOGIN PASSWORD ${quote(password, "'")}`,
        `CREATE DATABASE ${quote(user, '"')} OWNER ${quote(user, '"')}`,
      ]),
    );
  });

  afterAll(() => {
    execFileSync(postgres?.path ?? '', ['stop', String(port)]);
  });

  /** Statements as the superuser, with the libraries that the server brings. */
  function sql(statements: readonly string[]): void {
    const program = `import json, sys, psycopg2
connection = psycopg2.connect(host="127.0.0.1", port=${String(port)}, user="postgres", password="postgres", dbname="postgres")
connection.autocommit = True
for statement in json.load(sys.stdin): connection.cursor().execute(statement)`;
    const { status, stderr } = spawnSync(server?.path ?? '', ['-c', program], {
      input: JSON.stringify(statements),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  }

  it('takes separate fields, whatever the password, the user and the database hold', async () => {
    const cases = Object.entries(users).map(([user, password]) => [
      user,
      {
        storage: { sql: { type: 'postgres', ...fields(user) }, kv: { type: 'postgres', ...fields(user) } },
        secrets: { password },
      },
    ]);
    expectAll(await use(Object.fromEntries(cases) as Record<string, Case>));
  });

  it('takes all fields from Secrets', async () => {
    const all = {
      host: from('host'),
      port: from('port'),
      user: from('user'),
      database: from('user'),
      password: from('password'),
    };
    const secrets = { host: '127.0.0.1', port: String(port), user: 'app', password: nasty };
    expectAll(
      await use({
        both: { storage: { sql: { type: 'postgres', ...all }, kv: { type: 'postgres', ...all } }, secrets },
        kv: { storage: { kv: { type: 'postgres', ...all } }, secrets },
        sql: { storage: { sql: { type: 'postgres', ...all } }, secrets },
      }),
    );
  });

  it('takes literal passwords as they are, `$(X)` and `$$` included', async () => {
    const literal = { ...fields('app'), password: nasty };
    expectAll(
      await use({
        literal: { storage: { sql: { type: 'postgres', ...literal }, kv: { type: 'postgres', ...literal } } },
      }),
    );
  });

  it('takes a connection string, whatever its parts hold', async () => {
    const sqlOf = (user: string) => ({
      storage: { sql: { type: 'postgres', connectionString: from('url') } },
      secrets: { url: url(user) },
    });
    const both = (user: string, more = '') => ({
      storage: {
        sql: { type: 'postgres', connectionString: from('url') },
        kv: { type: 'postgres', connectionString: from('url') },
      },
      secrets: { url: url(user, more) },
    });
    expectAll(
      await use({
        nasty: both('app'),
        weird: both('we?rd:u@er'),
        digits: sqlOf('0012'),
        pin: both('pin'),
        sslmode: both('app', '?sslmode=disable'),
        kv: {
          storage: { kv: { type: 'postgres', connectionString: from('url') } },
          secrets: { url: `${url('pin')}\n` },
        },
        literal: { storage: { sql: { type: 'postgres', connectionString: url('app') } } },
        words: {
          storage: { sql: { type: 'postgres', connectionString: from('url') } },
          secrets: {
            url: `host=127.0.0.1 port=${String(port)} user=app password='${nasty.replace(/[\\']/g, '\\$&')}'`,
          },
        },
      }),
    );
  });

  it('takes two identities', async () => {
    const kv = { kv: { type: 'postgres', ...fields('app') } };
    const secrets = { password: nasty, url: url('pin'), kv: url('app') };
    expectAll(
      await use({
        'string and fields': { storage: { sql: { type: 'postgres', connectionString: from('url') }, ...kv }, secrets },
        'two strings': {
          storage: {
            sql: { type: 'postgres', connectionString: from('url') },
            kv: { type: 'postgres', connectionString: from('kv') },
          },
          secrets,
        },
        'fields and string': {
          storage: {
            sql: { type: 'postgres', ...fields('app') },
            kv: { type: 'postgres', connectionString: from('kv') },
          },
          secrets: { password: nasty, kv: url('plain') },
        },
      }),
    );
  });

  it('does not start with a connection string that is wrong, and does not show it', async () => {
    const storage = { sql: { type: 'postgres', connectionString: from('url') } };
    const { raw } = await use({
      raw: { storage, secrets: { url: `postgresql://app:aB3@xYz@127.0.0.1:${String(port)}/app` } },
    });
    expect(raw).toMatchObject({
      exit: 78,
      log: "LLSD_STORAGE_SQL_CONNECTION_STRING: '@' in the user or password must be written %40\n",
    });
  });

  it('takes a password of digits in a connection string of kv, which the server alone would read as a number', async () => {
    const storage = {
      sql: { type: 'postgres', connectionString: from('url') },
      kv: { type: 'postgres', connectionString: from('kv') },
    };
    const { kv } = await use({ kv: { storage, secrets: { url: url('app'), kv: url('pin') } } });
    expect(kv).toMatchObject({ exit: 0, kv: 'grüße' });
    expect(kv?.log).not.toContain(digits);
  });

  describe('with TLS', () => {
    let ca: string;
    let other: string;

    beforeAll(() => {
      const authority = makeAuthority(folder, 'ca');
      ca = authority.certificate;
      other = makeAuthority(folder, 'other').certificate;
      const own = makeServerCertificate(folder, 'pg', authority, 'DNS:localhost');
      // the server must own the key; it writes both itself
      const write = (name: string, file: string) =>
        `COPY (SELECT '${readFileSync(file, 'base64')}') TO PROGRAM 'umask 077; base64 -d > ${name}'`;
      sql([
        write('pg.crt', own.certificate),
        write('pg.key', own.key),
        "ALTER SYSTEM SET ssl_cert_file = 'pg.crt'",
        "ALTER SYSTEM SET ssl_key_file = 'pg.key'",
        'ALTER SYSTEM SET ssl = on',
        'SELECT pg_reload_conf()',
      ]);
    });

    const tls = (query: string, place = 'localhost'): Case => ({
      storage: {
        sql: { type: 'postgres', connectionString: from('url') },
        kv: { type: 'postgres', connectionString: from('url') },
      },
      secrets: { url: url('app', query).replace('127.0.0.1', place) },
    });

    it('verifies the database with the file of the connection string or with the CA bundle', async () => {
      expectAll(
        await use({
          require: tls('?sslmode=require'),
          'verify-ca': tls(`?sslmode=verify-ca&sslrootcert=${ca}`, '127.0.0.1'),
          'verify-full': tls(`?sslmode=verify-full&sslrootcert=${ca}`),
          'CA bundle': {
            ...tls('?sslmode=verify-full'),
            networking: { tls: { caBundle: { configMapName: 'ca' } } },
            env: { LLSD_CA_BUNDLE: ca },
          },
          'fields, by the variables of the pod': {
            storage: {
              sql: { type: 'postgres', ...fields('app'), host: 'localhost' },
              kv: { type: 'postgres', ...fields('app'), host: 'localhost' },
            },
            secrets: { password: nasty },
            env: { PGSSLMODE: 'verify-full', PGSSLROOTCERT: ca },
          },
        }),
      );
    });

    it('refuses a database that it cannot verify', async () => {
      const used = await use({
        'another CA': tls(`?sslmode=verify-full&sslrootcert=${other}`),
        'another name': tls(`?sslmode=verify-full&sslrootcert=${ca}`, '127.0.0.1'),
        'no CA': tls('?sslmode=verify-full'),
      });
      expect(used['another CA']).toMatchObject({ kv: null, sql: null, exit: 0 });
      expect(used['another CA']?.log).toMatch(/sql: .*CERTIFICATE_VERIFY_FAILED/);
      expect(used['another name']).toMatchObject({ kv: null, sql: null, exit: 0 });
      expect(used['another name']?.log).toMatch(/sql: .*(mismatch|not valid for)/);
      expect(used['no CA']).toMatchObject({ exit: 78 });
      for (const { log } of Object.values(used)) expect(log).not.toContain(enc(nasty));
    });
  });
});

describe.runIf(server && redis)('storage in the server 0.7.1 on Redis', () => {
  let open: number;
  const secrets = { password: nasty };

  beforeAll(async () => {
    open = await freePort();
    execFileSync(redis?.path ?? '', ['start', String(port), nasty]);
    execFileSync(redis?.path ?? '', ['start', String(open)]);
    // an ACL user and a default user whose passwords are nasty and digits
    execFileSync('redis-cli', [
      '-p',
      String(open),
      'ACL',
      'SETUSER',
      'al:i@ce',
      'on',
      `>${nasty}`,
      '~*',
      '&*',
      '+@all',
    ]);
    execFileSync('redis-cli', ['-p', String(open), 'ACL', 'SETUSER', 'pin', 'on', `>${digits}`, '~*', '&*', '+@all']);
  });

  afterAll(() => {
    for (const each of [port, open]) execFileSync(redis?.path ?? '', ['stop', String(each)]);
  });

  it('takes an endpoint as it is where there are no credentials', async () => {
    const at = (endpoint: string): Case => ({ storage: { kv: { type: 'redis', endpoint } } });
    expectAll(
      await use({ plain: at(`127.0.0.1:${String(open)}`), database: at(`redis://127.0.0.1:${String(open)}/3`) }),
    );
    const found = execFileSync('redis-cli', ['-p', String(open), 'INFO', 'commandstats'], { encoding: 'utf8' });
    expect(found).toMatch(/cmdstat_select:/);
  });

  it('takes any password and user', async () => {
    const named = (user: string) => `redis://${encodeURIComponent(user)}@127.0.0.1:${String(open)}/2`;
    expectAll(
      await use({
        'for all': {
          storage: { kv: { type: 'redis', endpoint: `127.0.0.1:${String(port)}`, password: from('password') } },
          secrets,
        },
        'of a user': {
          storage: { kv: { type: 'redis', endpoint: named('al:i@ce'), password: from('password') } },
          secrets,
        },
        digits: {
          storage: { kv: { type: 'redis', endpoint: named('pin'), password: from('password') } },
          secrets: { password: digits },
        },
        'all in one Secret': {
          storage: { kv: { type: 'redis', endpoint: from('url') } },
          secrets: { url: `redis://:${encodeURIComponent(nasty)}@127.0.0.1:${String(port)}/5` },
        },
        literal: { storage: { kv: { type: 'redis', endpoint: `127.0.0.1:${String(port)}`, password: nasty } } },
      }),
    );
  });

  it('shows no password when it is the wrong one', async () => {
    const { wrong } = await use({
      wrong: {
        storage: { kv: { type: 'redis', endpoint: `127.0.0.1:${String(port)}`, password: from('password') } },
        secrets: { password: 'aB3xYz' },
      },
    });
    expect(wrong).toMatchObject({ kv: null, exit: 0 });
    expect(wrong?.log).toMatch(/WRONGPASS|invalid username-password/);
    expect(wrong?.log).not.toContain('aB3xYz');
  });
});
