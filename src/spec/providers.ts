import type * as z from 'zod/v4/core';
import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { API_NAME, toServerApi } from './api-name.ts';
import { endpoint } from './formats.ts';
import { checkProviderIds } from './provider-ids.ts';
import { readShape } from './read-shape.ts';
import { given } from './rules.ts';
import {
  isExactReference,
  isLongForm,
  longForm,
  secretReference,
  toSecretReference,
  type SecretReference,
} from './secret-reference.ts';
import { anyObject, either, map, nonEmptyList, openObject, optional, required, text, type Holed } from './shape.ts';

/** One provider under `spec.providers.<api>`, written as one object or as an entry of a list. */
export interface Provider {
  /** The API in the server's spelling, whatever the CR's: `vectorIo` → `vector_io`. */
  readonly api: string;
  readonly id?: string;
  /** The provider type as written: `vllm`, `remote::vllm`; a hole when it is missing or invalid. */
  readonly provider?: string;
  readonly endpoint?: string;
  readonly apiKey?: SecretReference;
  /** `secretRefs`, with the further keys and top-level `settings` that are secret references, by config field. */
  readonly secretRefs: Readonly<Record<string, SecretReference>>;
  /** `settings` as written, less the entries that count as `secretRefs`. */
  readonly settings: JsonObject;
  /** Whether it is the only provider of its API in this CR, so that it needs no `id`. */
  readonly alone: boolean;
  /** `spec.providers.inference` or `spec.providers.inference[1]`. */
  readonly at: Path;
}

const providerSchema = openObject(
  () => ({
    id: optional(
      'The id at the server; without it, `provider` without its prefix.',
      text(
        {
          must: 'must be letters, digits, ".", "_" or "-", with a letter or digit first',
          propose: (value) =>
            typeof value === 'string'
              ? value
                  .trim()
                  .replace(/[^A-Za-z0-9._-]+/g, '-')
                  .replace(/^[^A-Za-z0-9]+/, '')
              : undefined,
        },
        /^[A-Za-z0-9][-A-Za-z0-9._]*$/,
        128,
      ),
    ),
    provider: required(
      'The provider type: "vllm", or with its prefix "remote::vllm".',
      text(
        {
          must: 'must be a provider type, such as "vllm" or "remote::vllm"',
          propose: (value) => (typeof value === 'string' ? value.trim().toLowerCase().replace(/\s+/g, '-') : undefined),
        },
        /^[A-Za-z0-9][-A-Za-z0-9_.]*(?:::[A-Za-z0-9][-A-Za-z0-9_.]*)*$/,
        128,
      ),
    ),
    endpoint: optional('Where the provider is reached.', endpoint({ examples: ['http://vllm:8000'] })),
    apiKey: optional('The credential, in a Secret.', secretReference()),
    secretRefs: optional(
      'Further fields of its config whose values are in Secrets.',
      map(secretReference(), {
        must: 'must be an object of config fields, each `{secretKeyRef: {name, key}}`',
        confidential: true,
      }),
    ),
    settings: optional('Further fields of its config, passed on as they are.', anyObject({ confidential: true })),
  }),
  longForm(),
  {
    must: 'must be an object with `provider`',
    accepts: (_key, value) => isLongForm(value),
    aliases: {
      url: 'endpoint',
      base_url: 'endpoint',
      baseUrl: 'endpoint',
      type: 'provider',
      provider_type: 'provider',
      providerType: 'provider',
      name: 'id',
      provider_id: 'id',
      providerId: 'id',
      config: 'settings',
      api_token: 'apiKey',
      apiToken: 'apiKey',
      token: 'apiKey',
    },
  },
);

/** An entry of `settings` that counts as one of `secretRefs`. */
const settingReference = longForm();

type HoledProvider = Holed<z.infer<typeof providerSchema>>;

const PROVIDERS_OF_API = 'must be an object with `provider`, or a list of such objects with `id`';

const providersOfApi = either(
  { must: PROVIDERS_OF_API },
  providerSchema,
  nonEmptyList(providerSchema, `${PROVIDERS_OF_API}; to turn the API off, name it in \`spec.disabled\``, {
    rules: () => [
      {
        message: 'Each of several providers of an API must have its own `id` (FR-071)',
        schema: { anyOf: [{ maxItems: 1 }, { items: given('id') }] },
      },
    ],
  }),
);

/** `spec.providers` as written; any other provider API of the server is a further key. */
export const providersSchema = openObject(
  () => ({
    inference: optional('What serves models.', providersOfApi),
    safety: optional('What runs shields.', providersOfApi),
    vectorIo: optional('What keeps vectors.', providersOfApi),
    toolRuntime: optional('What runs tools.', providersOfApi),
    telemetry: optional('Where traces and metrics go.', providersOfApi),
  }),
  providersOfApi,
  { must: 'must be an object with a key for each API, such as `inference`', keys: API_NAME },
);

/** Reads `spec.providers`: one object or a list made one, secret references of every spelling gathered, ids checked. */
export function readProviders(value: Json | undefined, at: Path, report: Report): Provider[] {
  const providers: Provider[] = [];
  const spellings = new Map<string, Path>();
  for (const [written, entry] of Object.entries(readShape(providersSchema, value, at, report) ?? {})) {
    const api = toServerApi(written);
    const apiAt = at.field(written);
    const earlier = spellings.get(api);
    if (earlier !== undefined) {
      report.error(
        apiAt,
        `\`${written}\` and \`${earlier.toString()}\` are one API: put the providers of both in one list`,
      );
    }
    spellings.set(api, apiAt);
    const alone = !Array.isArray(entry) || entry.length === 1;
    const entries = (Array.isArray(entry) ? entry : [entry]) as readonly (HoledProvider | undefined)[];
    for (const [index, given] of entries.entries()) {
      if (given === undefined) continue;
      const providerAt = Array.isArray(entry) ? apiAt.item(index) : apiAt;
      providers.push(toProvider(given, api, alone && earlier === undefined, providerAt, report));
    }
  }
  checkProviderIds(providers, report);
  return providers;
}

function toProvider(given: HoledProvider, api: string, alone: boolean, at: Path, report: Report): Provider {
  const { id, provider, endpoint, apiKey, secretRefs = {}, settings = {}, ...further } = given;
  if (endpoint !== undefined && /:\/\/[^/]*@/.test(endpoint)) {
    report.warning(
      at.field('endpoint'),
      '`endpoint` holds credentials, which whoever reads the CR or the ConfigMap then knows: use `apiKey` or `secretRefs`',
    );
  }
  const credential = toSecretReference(apiKey, at.field('apiKey'));
  const references = Object.create(null) as Record<string, SecretReference>;
  const plainSettings = Object.create(null) as Record<string, Json>;
  const add = (field: string, reference: SecretReference | undefined): void => {
    if (reference === undefined) return;
    const earlier = references[field];
    if (earlier === undefined) references[field] = reference;
    else report.error(reference.at, `\`${field}\` is given already at \`${earlier.at.toString()}\`: remove one`);
  };
  for (const [field, reference] of Object.entries(secretRefs)) {
    add(field, toSecretReference(reference, at.field('secretRefs').field(field)));
  }
  for (const [field, reference] of Object.entries(further)) {
    add(field, toSecretReference(reference, at.field(field)));
  }
  for (const [field, setting] of Object.entries(settings)) {
    const settingAt = at.field('settings').field(field);
    if (!isExactReference(setting)) plainSettings[field] = setting;
    else {
      add(field, toSecretReference(readShape(settingReference, setting, settingAt, report), settingAt));
      report.info(settingAt, `\`settings.${field}\` is a reference to a Secret and counts as \`secretRefs.${field}\``);
    }
  }
  return {
    api,
    ...(id !== undefined && { id }),
    ...(provider !== undefined && { provider }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credential && { apiKey: credential }),
    secretRefs: references,
    settings: plainSettings,
    alone,
    at,
  };
}
