import { isMapping, type Json, type JsonObject, type Path, type Report } from '../krm/result.ts';
import { hasExpression } from './expression.ts';
import type { AskedProvider } from './providers.ts';

/** The headers that the server forwards for nobody, in lower case; 0.6 to 0.8. */
const blocked: readonly string[] = [
  'host',
  'content-type',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'cookie',
  'set-cookie',
  'forwarded',
  'proxy-authorization',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-real-ip',
];

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Reports what the server refuses in `settings.forward_headers` and `extra_blocked_headers` of `passthrough` beyond the
 * types of its fields: 0.6 to 0.8 for safety, from 0.7 on for inference.
 */
export function checkForwardHeaders(asked: readonly AskedProvider[], report: Report): void {
  for (const { provider, entry } of asked) {
    if (!entry?.type.fields.forward_headers) continue;
    const { forward_headers: headers, extra_blocked_headers: extra } = entry.settings;
    const at = provider.at.field('settings');
    const own = Array.isArray(extra) ? (extra as readonly Json[]) : [];
    for (const [index, name] of own.entries()) {
      if (typeof name !== 'string' || name.trim() !== '') continue;
      report.error(at.field('extra_blocked_headers').item(index), 'Must be the name of an HTTP header', {
        currentValue: name,
      });
    }
    const alsoBlocked = own.map((name) => (typeof name === 'string' ? lower(name) : ''));
    if (isMapping(headers)) checkHeaders(headers, alsoBlocked, at.field('forward_headers'), report);
  }
}

function checkHeaders(headers: JsonObject, alsoBlocked: readonly string[], at: Path, report: Report): void {
  for (const [key, name] of Object.entries(headers)) {
    if (key.startsWith('__')) {
      report.error(
        at.field(key),
        'A key of `forward_headers` must not begin with two underscores: the server keeps those',
        {
          currentValue: key,
        },
      );
    }
    if (typeof name !== 'string' || hasExpression(name)) continue;
    const fault = faultOf(name, alsoBlocked);
    if (fault !== undefined) report.error(at.field(key), fault, { currentValue: name });
  }
}

function faultOf(name: string, alsoBlocked: readonly string[]): string | undefined {
  if (!headerName.test(name.trim())) return 'Must be the name of an HTTP header';
  if (blocked.includes(lower(name))) return `The server forwards the header "${name}" for nobody; choose another`;
  if (alsoBlocked.includes(lower(name)))
    return `\`extra_blocked_headers\` blocks the header "${name}"; leave it out of one`;
  return undefined;
}

const lower = (name: string): string => name.trim().toLowerCase();
