import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freePort } from './free-port.ts';
import { makeAuthority, makeServerCertificate } from './certificates.ts';
import { requirePeer } from './env.ts';

/** Who may log in, and where: role → password, empty for one who needs none; databases by how they are reached. */
export interface Access {
  readonly roles: Readonly<Record<string, string>>;
  /** Databases that take only connections without TLS. */
  readonly plain: readonly string[];
  /** Databases that take only connections with TLS. */
  readonly tls: readonly string[];
}

/** A throw-away PostgreSQL of 127.0.0.1 and `localhost`, which alone its certificate names. */
export interface Postgres {
  readonly port: number;
  /** The file of the authority of its certificate. */
  readonly authority: string;
  stop(): void;
}

const quote = (text: string, mark: string): string => `${mark}${text.replaceAll(mark, mark + mark)}${mark}`;

/** Starts one whose certificates lie in the folder. */
export async function startPostgres(folder: string, { roles, plain, tls }: Access): Promise<Postgres> {
  const script = requirePeer('postgres').path;
  const port = await freePort();
  execFileSync(script, ['start', String(port)]);
  const authority = makeAuthority(folder, 'database-authority');
  const own = makeServerCertificate(folder, 'database', authority, 'DNS:localhost');
  const rules = (connection: string, databases: readonly string[]) => {
    const names = databases.map((name) => quote(name, '"')).join(',');
    const open = Object.keys(roles).filter((role) => roles[role] === '');
    return [
      ...open.map((role) => `${connection} ${names} ${quote(role, '"')} all trust`),
      `${connection} ${names} all all scram-sha-256`,
    ];
  };
  const access = [
    'host all postgres all scram-sha-256',
    ...(plain.length > 0 ? rules('hostnossl', plain) : []),
    ...(tls.length > 0 ? rules('hostssl', tls) : []),
  ];
  const statements = [
    ...Object.entries(roles).map(([role, password]) => {
      const secret = password === '' ? '' : ` PASSWORD ${quote(password, "'")}`;
      return `CREATE ROLE ${quote(role, '"')} LOGIN SUPERUSER${secret}`;
    }),
    ...[...plain, ...tls].map((name) => `CREATE DATABASE ${quote(name, '"')}`),
    writeFile('server.crt', readFileSync(own.certificate)),
    writeFile('server.key', readFileSync(own.key)),
    writeFile('pg_hba.conf', Buffer.from(`${access.join('\n')}\n`)),
    'ALTER SYSTEM SET ssl = on',
    'SELECT pg_reload_conf()',
  ];
  const login = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', 'llamastack'];
  execFileSync('psql', [...login, '-q', '-v', 'ON_ERROR_STOP=1'], {
    input: statements.map((statement) => `${statement};\n`).join(''),
    env: { ...process.env, PGPASSWORD: 'postgres' },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const stop = (): void => void execFileSync(script, ['stop', String(port)]);
  return { port, authority: authority.certificate, stop };
}

/** A statement that writes a file beside the data: the database must own its key. */
function writeFile(name: string, content: Buffer): string {
  return `COPY (SELECT '${content.toString('base64')}') TO PROGRAM 'umask 077; base64 -d > ${name}'`;
}
