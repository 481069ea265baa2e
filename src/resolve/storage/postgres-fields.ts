import type { Report } from '../../krm/result.ts';
import type { Postgres, Text } from '../../spec/storage.ts';
import { hasExpression } from '../expression.ts';

/** The separate fields of a PostgreSQL database, in the order in which their variables stand on the pod. */
export const postgresFields = ['host', 'port', 'user', 'password', 'database'] as const;

/** What is given of the separate fields. */
export type PostgresFields = Readonly<Partial<Record<(typeof postgresFields)[number], Text>>>;

/**
 * The separate fields as the server's libraries need them: `port` and `database` filled as PostgreSQL does (5432, the
 * user's name), and IPv6 addresses in brackets for `sql` (`[::1]`), without for `kv` (`::1`).
 */
export function readPostgresFields(kind: 'kv' | 'sql', given: Postgres, report: Report): PostgresFields {
  for (const field of postgresFields) checkLiteral(field, given[field], report);
  // Without a host there is a fault already: a connection string that could not be read, or nothing at all.
  if (given.host && given.user === undefined) {
    report.error(given.at.field('user'), '`user` is required with `host`: the server knows no default user');
  }
  if (given.host && given.database === undefined) {
    report.info(
      given.at.field('database'),
      '`database` is not given: the one that has the name of `user` is used, as PostgreSQL does',
    );
  }
  const { password, user } = given;
  const database = given.database ?? user;
  return {
    ...(given.host && { host: toHosts(kind, given.host) }),
    port: given.port ?? { value: '5432', at: given.at.field('port') },
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
  };
}

/** The variables carry texts that the server does not substitute; a password may look like anything. */
function checkLiteral(field: (typeof postgresFields)[number], text: Text | undefined, report: Report): void {
  if (text === undefined || 'secret' in text || field === 'password' || !hasExpression(text.value)) return;
  report.error(
    text.at,
    `\`${field}\` must not hold \`\${env.…}\`, which is not substituted here: write it out, or take it from a Secret ` +
      `with \`${field}: {secretKeyRef: {name: <Secret>, key: <key>}}\``,
  );
}

function toHosts(kind: 'kv' | 'sql', text: Text): Text {
  if ('secret' in text) return text;
  const hosts = text.value.split(',').map((host) => {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    return kind === 'sql' && bare.includes(':') ? `[${bare}]` : bare;
  });
  return { ...text, value: hosts.join(',') };
}
