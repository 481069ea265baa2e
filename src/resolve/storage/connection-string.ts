import type { Report } from '../../krm/result.ts';
import type { Text } from '../../spec/storage.ts';

/** What a connection string may say after `?`; the start program knows the same. */
const parameters: readonly string[] = [
  ...['host', 'port', 'user', 'password', 'dbname'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslcrl', 'target_session_attrs'],
  ...['application_name', 'fallback_application_name', 'connect_timeout', 'client_encoding', 'gssencmode'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout', 'sslcompression'],
];

const sslModes: readonly string[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'true',
  'false',
];

const hostForm = /^(?:[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?\]?|\/.*)$/;

/** Reports a literal `connectionString` that the start program would refuse; one from a Secret is only seen there. */
export function checkConnectionString(text: Text, report: Report): void {
  if ('secret' in text) return;
  try {
    checkParts(text.value);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    report.error(text.at, `\`connectionString\`: ${fault.message}`);
  }
}

/** Whether a literal `connectionString` asks for verified TLS and names no file of root certificates. */
export function lacksRootCertificates(text: Text): boolean {
  return 'value' in text && /[?&]ssl(?:mode)?=verify-/.test(text.value) && !/[?&]sslrootcert=/.test(text.value);
}

/** What is wrong with a connection string, never with a piece of it. */
class Fault extends Error {}

function checkParts(url: string): void {
  const match = /^postgres(?:ql)?(?:\+[a-z0-9]+)?:\/\/(.*)$/s.exec(url);
  const rest = match?.[1];
  if (rest === undefined) throw new Fault('must begin with postgresql://');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f]/.test(rest)) throw new Fault('blanks and control characters must be percent-encoded');
  const [authority, database, query] = split(rest);
  const at = authority.lastIndexOf('@');
  const login = at < 0 ? '' : authority.slice(0, at);
  if (login.includes('@')) throw new Fault("'@' in the user or password must be written %40");
  const colon = login.indexOf(':');
  const given = new Map<string, string>();
  set(given, 'user', decode(colon < 0 ? login : login.slice(0, colon)));
  set(given, 'password', colon < 0 ? '' : decode(login.slice(colon + 1)));
  set(given, 'dbname', decode(database));
  readHosts(given, authority.slice(at + 1));
  for (const pair of query === '' ? [] : query.split('&')) readParameter(given, pair);
  checkValues(given);
}

/** Authority, database and query; what is left of a raw `/`, `?` or `#` in a password is recognised by the `@` behind it. */
function split(rest: string): [string, string, string] {
  const encode = "'@', '/', '?' and '#' in the user or password must be written %40, %2F, %3F and %23";
  if (rest.includes('#')) throw new Fault(encode);
  const match = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest);
  const [, authority = '', database = '', query = ''] = match ?? [];
  if (database.includes('@') || (!authority.includes('@') && query.includes('@'))) throw new Fault(encode);
  if (database.includes('/')) throw new Fault("'/' in the name of the database must be written %2F");
  return [authority, database, query];
}

function readHosts(given: Map<string, string>, text: string): void {
  if (text === '') return;
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const entry of text.split(',')) {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(entry);
    hosts.push(decode(match?.[1] ?? entry));
    ports.push(match?.[2] ?? '');
  }
  if (hosts.some((host) => host !== '')) given.set('host', hosts.join(','));
  if (ports.some((port) => port !== '')) given.set('port', ports.map((port) => port || '5432').join(','));
}

function readParameter(given: Map<string, string>, pair: string): void {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  if (name === undefined || value === undefined) throw new Fault("parameters after '?' must be written name=value");
  const plain = { database: 'dbname', ssl: 'sslmode' }[name] ?? name;
  if (!parameters.includes(plain)) {
    throw new Fault(`parameters must be among ${parameters.slice(0, 11).join(', ')}: remove others`);
  }
  if (given.has(plain)) throw new Fault(`${plain} must be given once`);
  given.set(plain, decode(value));
}

function checkValues(given: ReadonlyMap<string, string>): void {
  const hosts = (given.get('host') ?? '').split(',');
  const ports = (given.get('port') ?? '5432').split(',');
  if (!given.get('host')) throw new Fault('must name a host');
  if (!given.get('user')) throw new Fault('must name a user');
  if (!hosts.every((host) => hostForm.test(host))) {
    throw new Fault('hosts must be names, addresses, IPv6 addresses in [brackets] or socket directories');
  }
  if (!ports.every((port) => /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535)) {
    throw new Fault('ports must be numbers from 1 to 65535');
  }
  if (ports.length !== 1 && ports.length !== hosts.length) throw new Fault('must give one port, or one for each host');
  const mode = given.get('sslmode');
  if (mode !== undefined && !sslModes.includes(mode))
    throw new Fault(`sslmode must be one of ${sslModes.slice(0, 6).join(', ')}`);
}

function set(given: Map<string, string>, name: string, value: string): void {
  if (value !== '') given.set(name, value);
}

function decode(text: string): string {
  if (/%(?![\da-f]{2})/i.test(text)) {
    throw new Fault("'%' must be followed by two hex digits; '%' itself is written %25");
  }
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes('\u0000')) return decoded;
  } catch {
    // falls through: bytes that are not UTF-8
  }
  throw new Fault('percent-encoded bytes must be UTF-8 and not %00');
}
