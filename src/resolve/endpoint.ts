import type { JsonObject, Report } from '../krm/result.ts';
import type { Endpoint, ProviderType, Release } from '../releases/release.ts';
import type { Provider } from '../spec/providers.ts';
import { hasExpression } from './expression.ts';

/** An `http` or `https` URL in its parts; its path starts with `/` or is empty. */
export interface HttpUrl {
  readonly origin: string;
  readonly path: string;
  readonly rest: string;
}

/** The parts of an `http` or `https` URL without user information; undefined for anything else. */
export function parseHttpUrl(text: string): HttpUrl | undefined {
  const match = /^(https?:\/\/(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?)(\/[^?#\s]*)?([?#]\S*)?$/.exec(text);
  return match?.[1] === undefined ? undefined : { origin: match[1], path: match[2] ?? '', rest: match[3] ?? '' };
}

/** The host and port of an endpoint, with or without a scheme: `pgvector:5432`, `tcp://[::1]:5432`. */
export function parseHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const port = match[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && (port < 1 || port > 65535)) return undefined;
  return { host: match[1], ...(port !== undefined && { port }) };
}

/**
 * The config fields that `endpoint` of a provider gives: `http://vllm:8000` → `{base_url: http://vllm:8000/v1}` for vLLM
 * at 0.7. Reports a type without endpoint, a malformed one, and what was added or taken off.
 */
export function resolveEndpoint(provider: Provider, type: ProviderType, release: Release, report: Report): JsonObject {
  const at = provider.at.field('endpoint');
  const { endpoint } = provider;
  if (endpoint === undefined) return {};
  if (type.endpoint === undefined) {
    report.error(
      at,
      `The provider type "${type.type}" takes no endpoint at release ${release.version}; remove \`endpoint\`` +
        (Object.keys(type.fields).length === 0
          ? ''
          : ` and use \`settings\` for its own fields: ${Object.keys(type.fields).sort().join(', ')}`),
      { currentValue: endpoint },
    );
    return {};
  }
  // The server puts the variable's value in: its path is the user's.
  if (hasExpression(endpoint) && type.endpoint.field !== undefined) return { [type.endpoint.field]: endpoint };
  if (type.endpoint.form === 'host-port') return hostAndPort(endpoint, type.endpoint, provider, report);
  const url = parseHttpUrl(endpoint);
  if (url === undefined && takesUrl(type, type.endpoint)) {
    const proposedValue = /^[A-Za-z0-9._-]+(:\d+)?(\/\S*)?$/.test(endpoint) ? `http://${endpoint}` : undefined;
    report.error(
      at,
      `\`endpoint\` must be a URL with the scheme "http" or "https" for the provider type "${type.type}"`,
      {
        currentValue: endpoint,
        proposedValue,
      },
    );
    return {};
  }
  if (type.endpoint.form === 'connector' || type.endpoint.field === undefined) return {};
  return { [type.endpoint.field]: url === undefined ? endpoint : withPath(url, type.endpoint, type, provider, report) };
}

function takesUrl(type: ProviderType, endpoint: Endpoint): boolean {
  // What has a root that is added or taken off speaks HTTP, whatever the field takes.
  const { form, path = {} } = endpoint;
  if (form === 'connector' || 'add' in path || 'strip' in path) return true;
  const schema = endpoint.field === undefined ? undefined : type.fields[endpoint.field]?.schema;
  return schema?.format === 'uri' || (schema?.anyOf?.some((option) => option.format === 'uri') ?? false);
}

function hostAndPort(endpoint: string, { field, portField }: Endpoint, provider: Provider, report: Report): JsonObject {
  const parsed = parseHostPort(endpoint);
  if (parsed === undefined || field === undefined) {
    report.error(
      provider.at.field('endpoint'),
      '`endpoint` must be a host with an optional port ("db.example:5432") for this provider type',
      {
        currentValue: endpoint,
      },
    );
    return {};
  }
  return {
    [field]: parsed.host,
    ...(parsed.port !== undefined && portField !== undefined && { [portField]: parsed.port }),
  };
}

function withPath(url: HttpUrl, endpoint: Endpoint, type: ProviderType, provider: Provider, report: Report): string {
  const written = `${url.origin}${url.path}${url.rest}`;
  const bare = url.path.replace(/\/+$/, '');
  const { path, change } = ruled(bare, endpoint.path);
  if (path === bare) return written;
  const result = `${url.origin}${path}${url.rest}`;
  report.info(provider.at.field('endpoint'), `The provider type "${type.type}" is called at "${result}": ${change}`, {
    currentValue: written,
    proposedValue: result,
  });
  return result;
}

/** The path that the provider type needs: `""` → `"/v1"`. */
function ruled(path: string, rule: Endpoint['path']): { readonly path: string; readonly change: string } {
  if (rule === undefined) return { path, change: '' };
  if ('none' in rule) return { path: '', change: 'its path was taken off, since the client takes no path' };
  if ('strip' in rule) {
    const stripped = path.endsWith(rule.strip) ? path.slice(0, -rule.strip.length) : path;
    return { path: stripped, change: `"${rule.strip}" was taken off, since the server adds it` };
  }
  const complete = path.endsWith(rule.add) || (rule.hostOnly === true && path !== '');
  return {
    path: complete ? path : path + rule.add,
    change: `"${rule.add}" was added, since the server calls the URL as it is`,
  };
}
