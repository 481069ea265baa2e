import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { secretVariableName, splitCamelCase, type Variable } from '../secret-env.ts';
import type { Provider } from '../spec/providers.ts';
import { checkValue, reportUnknownField, type KnownType } from './setting-values.ts';

/** What a provider's `settings`, `secretRefs` and `apiKey` come to: config fields, and the variables of its secrets. */
export interface ProviderFields {
  readonly settings: JsonObject;
  /** Config field → the variable that carries its secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: readonly Variable[];
}

/** What other types and releases call the field of the endpoint. */
const endpointNames = ['endpoint', 'url', 'base_url', 'api_base', 'uri'];

/** What other types and releases call the field of the credential. */
const credentialNames = ['api_key', 'api_token', 'token', 'apiKey', 'apiToken', 'access_token'];

/**
 * Resolves `settings`, `secretRefs` and `apiKey` of a provider to fields that its type really has at this release: a
 * generic name of such a field is mapped, with an info; a name that the server would drop in silence is an error, and so
 * are a value of a wrong type and one field given twice.
 */
export function resolveFields(
  provider: Provider,
  id: string,
  known: KnownType,
  endpoint: JsonObject,
  report: Report,
): ProviderFields {
  const taken = new Map<string, Path>();
  for (const field of Object.keys(endpoint)) taken.set(field, provider.at.field('endpoint'));
  const take = (written: string, at: Path): string | undefined => {
    const field = fieldFor(written, at, known, report);
    const before = field === undefined ? undefined : taken.get(field);
    if (field !== undefined && before !== undefined) {
      report.error(at, `The config field "${field}" is given twice: here and by \`${before.toString()}\`; remove one`);
      return undefined;
    }
    if (field !== undefined) taken.set(field, at);
    return field;
  };
  const secrets: Record<string, string> = {};
  const variables: Variable[] = [];
  const add = (field: string | undefined, variable: string, secret: (typeof provider.secretRefs)[string]): void => {
    if (field === undefined) return;
    secrets[field] = variable;
    variables.push({ name: variable, secret });
  };
  if (provider.apiKey) {
    add(
      credentialField(provider, known, take, report),
      secretVariableName(id, splitCamelCase('apiKey')),
      provider.apiKey,
    );
  }
  for (const [key, secret] of Object.entries(provider.secretRefs))
    add(take(key, secret.at), secretVariableName(id, key), secret);
  const settings: Record<string, Json> = {};
  for (const [key, value] of Object.entries(provider.settings)) {
    const at = provider.at.field('settings').field(key);
    const field = take(key, at);
    if (field === undefined) continue;
    checkValue(field, value, at, known, report);
    settings[field] = value;
  }
  reportTogether(taken, known, report);
  return { settings, secrets, variables };
}

/** Reports a field without the one that it needs, and two of which the server takes one. */
function reportTogether(given: ReadonlyMap<string, Path>, { type, release }: KnownType, report: Report): void {
  const server = `the provider type "${type.type}" at release ${release.version}`;
  for (const [field, other] of Object.entries(type.needs ?? {})) {
    const at = given.get(field);
    if (at !== undefined && !given.has(other))
      report.error(at, `"${field}" needs "${other}" beside it for ${server}: add that, or remove this`);
  }
  for (const [one, other] of type.excludes ?? []) {
    const at = given.get(one);
    const beside = given.get(other);
    if (at !== undefined && beside !== undefined)
      report.error(
        at,
        `Only one of "${one}" and "${other}" can be given for ${server}; the other is at \`${beside.toString()}\`: remove one`,
      );
  }
}

function credentialField(
  provider: Provider,
  { type, release }: KnownType,
  take: (written: string, at: Path) => string | undefined,
  report: Report,
): string | undefined {
  const at = provider.at.field('apiKey');
  if (type.credential !== undefined) return take(type.credential, at);
  report.error(
    at,
    `The provider type "${type.type}" takes no API key at release ${release.version}; remove \`apiKey\`` +
      (Object.keys(type.fields).length === 0
        ? ''
        : ` and use \`secretRefs\` for its own fields: ${Object.keys(type.fields).sort().join(', ')}`),
  );
  return undefined;
}

function fieldFor(written: string, at: Path, known: KnownType, report: Report): string | undefined {
  const { type, release } = known;
  if (Object.hasOwn(type.fields, written)) return written;
  const mapped = generic(written, known);
  if (mapped !== undefined) {
    report.info(
      at,
      `The provider type "${type.type}" calls this field "${mapped}" at release ${release.version}; it is written there`,
    );
    return mapped;
  }
  if (type.unknownFields === 'allow') return written;
  reportUnknownField(written, at, known, report);
  return undefined;
}

function generic(written: string, { type }: KnownType): string | undefined {
  if (endpointNames.includes(written) && type.endpoint?.form === 'url') return type.endpoint.field;
  if (credentialNames.includes(written)) return type.credential;
  return undefined;
}
