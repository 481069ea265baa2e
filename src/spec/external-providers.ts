import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { API_NAME, toServerApi } from './api-name.ts';
import { imageReference } from './formats.ts';
import { readShape } from './read-shape.ts';
import { isExactReference, longForm, toSecretReference, type SecretReference } from './secret-reference.ts';
import { anyObject, choice, fallback, nonEmptyList, object, openObject, optional, required, text } from './shape.ts';

/** An entry of `spec.externalProviders.<api>`: a provider that an image brings as Python wheels. */
export interface ExternalProvider {
  /** The API in the server's spelling. */
  readonly api: string;
  readonly providerId: string;
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** `config` as written, less the entries that are references to Secrets. */
  readonly config: JsonObject;
  /** The entries of `config` that are exactly `{secretKeyRef: {name, key}}`, by field. */
  readonly secretRefs: Readonly<Record<string, SecretReference>>;
  /** `spec.externalProviders.inference[0]` */
  readonly at: Path;
}

const PULL_POLICY = 'IfNotPresent';

const externalProviderSchema = object(
  () => ({
    providerId: required(
      'The id at the server.',
      text(
        'must be letters, digits, ".", "_" or "-", with a letter or digit first',
        /^[A-Za-z0-9][-A-Za-z0-9._]*$/,
        128,
      ),
    ),
    image: required('The image that holds the wheels under `/lls-provider`.', imageReference()),
    imagePullPolicy: fallback('When the image is pulled.', choice('Always', 'IfNotPresent', 'Never'), PULL_POLICY),
    config: optional(
      'Its config, passed on as it is; a value may be `{secretKeyRef: {name, key}}`.',
      anyObject({ confidential: true }),
    ),
  }),
  { must: 'must be an object with `providerId` and `image`', aliases: { id: 'providerId' } },
);

const externalProvidersOfApi = nonEmptyList(
  externalProviderSchema,
  'must be a list of objects with `providerId` and `image`',
);

/** `spec.externalProviders` as written: API → list. */
export const externalProvidersSchema = openObject(
  () => ({ inference: optional('External providers that serve models.', externalProvidersOfApi) }),
  externalProvidersOfApi,
  { must: 'must be an object with a list for each API', keys: API_NAME },
);

/** An entry of `config` that is a reference to a Secret. */
const configReference = longForm();

/** Reads `spec.externalProviders`; two of one id are an error, since the server could not tell them apart. */
export function readExternalProviders(value: Json | undefined, at: Path, report: Report): ExternalProvider[] {
  const byId = new Map<string, ExternalProvider>();
  for (const [written, entries] of Object.entries(readShape(externalProvidersSchema, value, at, report) ?? {})) {
    for (const [index, entry] of entries.entries()) {
      if (entry?.providerId === undefined || entry.image === undefined) continue;
      const { providerId, image, imagePullPolicy = PULL_POLICY, config = {} } = entry;
      const entryAt = at.field(written).item(index);
      const external: ExternalProvider = {
        api: toServerApi(written),
        providerId,
        image,
        imagePullPolicy,
        ...readConfig(config, entryAt.field('config'), report),
        at: entryAt,
      };
      const earlier = byId.get(providerId);
      if (earlier === undefined) byId.set(providerId, external);
      else reportClash(earlier, external, report);
    }
  }
  return [...byId.values()];
}

/** As in a provider's `settings`, an entry at the top that is `{secretKeyRef: {name, key}}` and nothing else is a secret. */
function readConfig(config: JsonObject, at: Path, report: Report): Pick<ExternalProvider, 'config' | 'secretRefs'> {
  const plain = Object.create(null) as Record<string, Json>;
  const references = Object.create(null) as Record<string, SecretReference>;
  for (const [field, value] of Object.entries(config)) {
    const fieldAt = at.field(field);
    const reference = isExactReference(value)
      ? toSecretReference(readShape(configReference, value, fieldAt, report), fieldAt)
      : undefined;
    if (reference !== undefined) references[field] = reference;
    else if (!isExactReference(value)) plain[field] = value;
  }
  return { config: plain, secretRefs: references };
}

function reportClash(
  earlier: ExternalProvider,
  { providerId, api, image, at }: ExternalProvider,
  report: Report,
): void {
  report.error(
    at.field('providerId'),
    `The external provider id "${providerId}" stands at \`${earlier.at.toString()}\` (image "${earlier.image}") and \`${at.toString()}\` (image "${image}"): ids must be unique across all APIs`,
    { currentValue: providerId, proposedValue: `${providerId}-${api.replaceAll('_', '-')}` },
  );
}
