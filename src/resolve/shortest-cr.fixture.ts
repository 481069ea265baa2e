import type { Json, JsonObject } from '../krm/result.ts';
import type { ProviderType, Release, Schema } from '../releases/release.ts';

/** Every provider type that a release knows, with its API. */
export function typesOf(release: Release): readonly { readonly api: string; readonly type: ProviderType }[] {
  return Object.entries(release.providers).flatMap(([api, types]) =>
    Object.values(types).map((type) => ({ api, type })),
  );
}

/** The shortest provider of a type: what it does not start without, and nothing else. */
export function shortestProvider(type: ProviderType): JsonObject {
  const secret = (key: string) => ({ secretKeyRef: { name: 'creds', key } });
  const { required, requiredWithoutEndpoint = [] } = type;
  const missing = [...required, ...requiredWithoutEndpoint].filter((field) => !(field in type.defaults));
  const others = missing.filter((field) => field !== type.endpoint?.field && field !== type.credential);
  const isSecret = (field: string) => type.fields[field]?.secret === true;
  return {
    provider: type.type,
    ...(type.endpoint?.required && {
      endpoint: type.endpoint.form === 'host-port' ? 'peer.example:8000' : 'http://peer.example:8000',
    }),
    ...(type.credential !== undefined && missing.includes(type.credential) && { apiKey: secret('key') }),
    secretRefs: Object.fromEntries(others.filter(isSecret).map((field) => [field, secret(field)])),
    settings: Object.fromEntries(
      others.filter((field) => !isSecret(field)).map((field) => [field, sample(type.fields[field]?.schema)]),
    ),
  };
}

/** A value that a schema takes: the least that says anything. */
function sample(schema: Schema | undefined): Json {
  const chosen = schema?.anyOf?.find((option) => option.type !== 'null') ?? schema;
  if (chosen?.enum) return chosen.enum[0] ?? null;
  if (chosen?.type === 'integer' || chosen?.type === 'number') return 1;
  if (chosen?.type === 'boolean') return true;
  if (chosen?.type === 'object')
    return Object.fromEntries((chosen.required ?? []).map((key) => [key, sample(chosen.properties?.[key])]));
  if (chosen?.type === 'array') return [];
  return chosen?.format === 'uri' ? 'http://peer.example:8000' : 'x';
}
