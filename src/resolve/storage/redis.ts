import type { JsonObject, Report } from '../../krm/result.ts';
import type { Release } from '../../releases/release.ts';
import { envExpression } from '../../secret-env.ts';
import type { Redis, Text } from '../../spec/storage.ts';
import { hasExpression } from '../expression.ts';
import { storageVariable, toVariable, type ResolvedBackend } from './backend.ts';

/** A literal `endpoint`, taken apart; the start program knows the same form. */
const endpointForm =
  /^(?:redis:\/\/)?(?:(?<user>[^\s:@/?#]*)(?::(?<password>[^\s:@/?#]*))?@)?(?<host>[\w.-]+|\[[\dA-Fa-f:.]+\])(?::(?<port>\d+))?(?:\/(?<database>\d*))?$/;

/**
 * `spec.storage.kv` of type `redis`. The server pastes `host` and `port` into `redis://{host}:{port}`, so `host` can
 * carry a database and options, and with a `#` after them its own port counts no more; credentials are put there
 * percent-encoded, by the start program.
 */
export function resolveRedis(kv: Redis, release: Release, report: Report): ResolvedBackend {
  const { endpoint, password } = kv;
  // a hole: the reader has reported it
  if (endpoint === undefined) return { config: { type: 'kv_redis' }, variables: [] };
  if ('value' in endpoint) {
    const fault = faultOf(endpoint.value, password);
    if (fault !== undefined) report.error(endpoint.at, `\`endpoint\` ${fault}`);
    else if (holdsPassword(endpoint.value)) warnOfPassword(endpoint, report);
    else if (password === undefined) return { config: withoutCredentials(endpoint.value, release), variables: [] };
  }
  const variables = [toVariable(storageVariable('kv', 'endpoint'), endpoint)];
  if (password) variables.push(toVariable(storageVariable('kv', 'password'), password));
  const host = envExpression(storageVariable('kv', 'host'));
  return { config: { type: 'kv_redis', host, port: 6379 }, variables, start: 'redis' };
}

/** `h:6380/3` → `{host: h:6380/3#, port: 6379}`; without a database host and port as they are. */
function withoutCredentials(endpoint: string, release: Release): JsonObject {
  const { host = '', port = '6379', database = '' } = endpointForm.exec(endpoint)?.groups ?? {};
  const decode = release.redisGivesBytes;
  if (database === '' && !decode) return { type: 'kv_redis', host, port: Number(port) };
  const path = `${database === '' ? '' : `/${database}`}${decode ? '?decode_responses=true' : ''}`;
  return { type: 'kv_redis', host: `${host}:${port}${path}#`, port: 6379 };
}

/** Why a literal endpoint cannot be used, in words that follow its name. */
function faultOf(endpoint: string, password: Text | undefined): string | undefined {
  if (endpoint.startsWith('rediss:')) {
    return 'must be plain `redis://host:port/database`: the server of no release speaks TLS to Redis. Give a TLS tunnel to it where it must be encrypted';
  }
  if (hasExpression(endpoint)) return 'must be written out or come from a Secret: `${env.…}` is not substituted here';
  if (endpoint.replace(/^.*@/, '').includes(',')) {
    return 'must name one Redis: the server knows neither Redis Cluster nor Sentinel';
  }
  const groups = endpointForm.exec(endpoint)?.groups;
  const port = Number(groups?.port ?? 6379);
  if (groups === undefined || port < 1 || port > 65535) {
    return 'must be `redis://host:port/database` or `host:port`, and a user in it percent-encoded';
  }
  if (/%(?![\dA-Fa-f]{2})/.test(`${groups.user ?? ''}:${groups.password ?? ''}`)) {
    return "must have two hex digits after each '%' of the user or password; '%' itself is written %25";
  }
  if (groups.password && password) return 'holds a password, and `password` is given too: remove one of them';
  if (groups.user && !groups.password && password === undefined) {
    return 'names a user, who needs `password: {secretKeyRef: {name: <Secret>, key: <key>}}`';
  }
  return undefined;
}

function holdsPassword(endpoint: string): boolean {
  return Boolean(endpointForm.exec(endpoint)?.groups?.password);
}

function warnOfPassword(endpoint: Text, report: Report): void {
  report.warning(
    endpoint.at,
    '`endpoint` holds a password, so that whoever reads the CR or the Deployment knows it: use `password: {secretKeyRef: {name: <Secret>, key: <key>}}`',
  );
}
