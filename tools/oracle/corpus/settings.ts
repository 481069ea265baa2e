import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/krm/result.ts';
import type { ProviderType, Schema } from '../../../src/releases/index.ts';

interface Settings {
  readonly settings: fc.Arbitrary<JsonObject>;
  readonly secretRefs: fc.Arbitrary<JsonObject>;
}

/** Fields whose values the server checks beyond their schema, or that are about files that are not there. */
const unsuitable =
  /persistence|kvstore|metadata_store|db_path|storage_dir|network|tls|cert|path|auth_|credentials_|provider_data|vector_stores_config|^(refresh_models|allowed_models)$/;

/** Fields of a type that do not go with the endpoint or with each other. */
const excluded: Readonly<Record<string, readonly string[]>> = {
  'remote::gemini': ['project', 'location', 'access_token'],
  'remote::qdrant': ['location', 'host', 'url', 'port', 'grpc_port', 'prefer_grpc', 'https', 'prefix', 'timeout'],
};

/** Values for `settings` and `secretRefs` of a provider type: all that `missing` names, and some of what else it has. */
export function settingsOf(type: ProviderType, missing: readonly string[]): Settings {
  const { endpoint, credential } = type;
  const elsewhere = new Set([endpoint?.field, endpoint?.portField, credential, ...Object.keys(type.defaults)]);
  const own = Object.entries(type.fields).filter(([name]) => !elsewhere.has(name));
  const usable = own.filter(
    ([name]) => missing.includes(name) || !(unsuitable.test(name) || excluded[type.type]?.includes(name)),
  );
  const secret = usable.filter(([, field]) => field.secret === true);
  const plain = usable.filter(([, field]) => field.secret !== true);
  const required = (fields: typeof own) => fields.map(([name]) => name).filter((name) => missing.includes(name));
  return {
    settings: someOf(Object.fromEntries(plain.map(([name, { schema }]) => [name, valueOf(schema)])), required(plain)),
    secretRefs: someOf(
      Object.fromEntries(
        secret.map(([name]) => [name, fc.constant<Json>({ secretKeyRef: { name: 'creds', key: name } })]),
      ),
      required(secret),
    ),
  };
}

/** The required ones, and about a third of the others. */
function someOf(
  values: Readonly<Record<string, fc.Arbitrary<Json>>>,
  required: readonly string[],
): fc.Arbitrary<JsonObject> {
  const others = Object.keys(values).filter((name) => !required.includes(name));
  return fc
    .subarray(others, { maxLength: Math.ceil(others.length / 3) })
    .chain((names) =>
      fc.record(Object.fromEntries([...required, ...names].map((name) => [name, values[name] ?? fc.constant(null)]))),
    )
    .map((record) => ({ ...record }));
}

/** A value that a schema takes. */
function valueOf(schema: Schema): fc.Arbitrary<Json> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const options = (schema.anyOf ?? []).filter((option) => option.type !== 'null');
  if (options.length > 0) return fc.oneof(...options.map(valueOf));
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1, max: schema.maximum ?? 1000 });
    case 'number':
      return fc.integer({ min: Math.ceil(schema.minimum ?? 1), max: Math.floor(schema.maximum ?? 1000) });
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 2 });
    case 'object':
      return objectOf(schema);
    default:
      return textOf(schema);
  }
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Json> {
  const fields = Object.entries(properties).filter(([name]) => required.includes(name) || !unsuitable.test(name));
  const values = fc.record<Record<string, Json>>(
    Object.fromEntries(fields.map(([name, schema]) => [name, valueOf(schema)])),
    { requiredKeys: [...required] },
  );
  // An index of pgvector: a search looks through fewer lists than there are.
  return 'probes' in properties
    ? values.filter(({ lists = 100, probes = 10 }) => Number(probes) < Number(lists))
    : values;
}

function textOf({ format }: Schema): fc.Arbitrary<Json> {
  if (format === 'uri') return fc.constant('http://setting.example:8000/v1');
  return fc.constantFrom('some-text', 'eu-west-1', '0123', 'true', '1e5', 'with space', 'grüße: "x" #y', '- z');
}
