import type { JsonObject, Report } from '../krm/result.ts';
import { installContainerName } from '../names.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import { secretVariableName } from '../secret-env.ts';
import type { ExternalProvider } from '../spec/external-providers.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import { providerApis, reportUnknownApi, toApi } from './apis.ts';
import type { AskedExternal } from './external-providers/asked-external.ts';
import { reportConflicts } from './external-providers/conflicts.ts';
import { warnOfLiteralSecrets } from './external-providers/literal-secrets.ts';
import { readProviderSpec, type ProviderSpec } from './external-providers/provider-spec.ts';
import { atDigest, mirrored } from './image.ts';
import { lockedImage } from './locked.ts';
import type { AskedProvider } from './providers.ts';
import type { Package } from './references.ts';
import type { InstalledProvider } from './resolved.ts';

/**
 * Resolves every entry of `spec.externalProviders` to a provider of config.yaml: type and module are what its image says
 * of itself in the lock, the config is the CR's.
 */
export function resolveExternalProviders(
  stack: Stack,
  release: Release,
  options: RenderOptions,
  objects: Package,
  report: Report,
): readonly AskedExternal[] {
  reportDoubledInstalls(stack.externalProviders, report);
  const asked: AskedExternal[] = [];
  for (const external of stack.externalProviders) {
    const api = toApi(external.api, release);
    if (!providerApis(release).includes(api)) {
      reportUnknownApi(external.api, external.at, release, report);
      continue;
    }
    warnOfLiteralSecrets(external.config, external.at.field('config'), report);
    const spec = specOf(external, objects, report);
    if (spec === undefined || !isOfApi(spec, external, api, release, report)) {
      asked.push({ ...toAsked(external, api), variables: [] });
      continue;
    }
    asked.push({ ...toAsked(external, api, spec), install: installOf(external, options, objects) });
  }
  return asked;
}

/**
 * The CR's providers and the external ones behind them; of two of one id and API the external one stays, with a warning
 * (FR-092), as it does over an entry of the base config.
 */
export function withExternalProviders(
  asked: readonly AskedProvider[],
  externals: readonly AskedExternal[],
  base: BaseConfig,
  { providerMerge }: RenderOptions,
  report: Report,
): readonly AskedProvider[] {
  reportConflicts(asked, externals, base, providerMerge, report);
  const isSame = (one: AskedProvider, other: AskedProvider): boolean => one.api === other.api && one.id === other.id;
  const left = asked.filter((provider) => !externals.some((external) => isSame(provider, external)));
  // In the place of a provider that stood in the place of the base's, an external one does too.
  const added = externals.map((external) => {
    const { additive, ...rest } = external;
    return asked.some((provider) => isSame(provider, external)) || additive !== true ? rest : external;
  });
  return [...left, ...added];
}

/** Reports each entry beside `overrideConfig`, whose config.yaml is the user's, with what to write there. */
export function reportExternalsBesideOverride(stack: Stack, objects: Package, report: Report): void {
  if (stack.overrideConfig === undefined) return;
  for (const external of stack.externalProviders) {
    const text = lockedImage(external.image, objects)?.providerSpec?.content;
    const read = text === undefined ? undefined : readProviderSpec(text, objects);
    const known = read !== undefined && 'providerType' in read ? read : undefined;
    const fields = [...Object.keys(external.config), ...Object.keys(external.secretRefs)].map((field) => `${field}: …`);
    const entry =
      `{provider_id: ${external.providerId}, provider_type: ${known?.providerType ?? '<providerType of its image>'}, ` +
      `module: ${known?.packageName ?? '<packageName of its image>'}, config: {${fields.join(', ')}}}`;
    report.error(
      external.at,
      `\`spec.externalProviders\` cannot stand beside \`spec.overrideConfig\`, whose config.yaml is used as it is; add ` +
        `\`${entry}\` to \`providers.${external.api}\` in the ConfigMap "${stack.overrideConfig.configMapName}", bring the ` +
        'Python packages in the image or by a volume on PYTHONPATH, and remove this',
      { currentValue: external.providerId },
    );
  }
}

/** Of no external provider is known more than its spec says; whether it asks for models at start is its own affair. */
function typeOf({ providerType }: ProviderSpec): ProviderType {
  return {
    type: providerType,
    fields: {},
    required: [],
    defaults: {},
    unknownFields: 'allow',
    requires: [],
    optional: [],
    skipsModelCheck: 'always',
  };
}

function toAsked(external: ExternalProvider, api: string, spec?: ProviderSpec): AskedExternal {
  const { providerId: id, config, secretRefs, at } = external;
  const variables = Object.entries(secretRefs).map(([field, secret]) => ({
    name: secretVariableName(id, field),
    secret,
    field,
  }));
  const secrets = Object.fromEntries(variables.map(({ field, name }) => [field, name]));
  const empty: JsonObject = {};
  return {
    api,
    id,
    external,
    additive: true,
    provider: { api: external.api, id, settings: config, secretRefs, alone: false, at },
    ...(spec && {
      entry: {
        from: 'cr',
        id,
        type: typeOf(spec),
        module: spec.packageName,
        base: empty,
        defaults: empty,
        settings: config,
        endpoint: empty,
        secrets,
      },
    }),
    variables: variables.map(({ name, secret }) => ({ name, secret })),
  };
}

/** What the image says of itself in the lock; undefined after an error. */
function specOf({ image, at }: ExternalProvider, objects: Package, report: Report): ProviderSpec | undefined {
  const locked = lockedImage(image, objects);
  const place = at.field('image');
  const detail = { currentValue: image, reason: 'ConfigGenerationFailed' };
  if (locked?.providerSpec === undefined) {
    report.error(
      place,
      locked === undefined
        ? `What provider the image "${image}" brings stands in the image alone, and a render asks no registry; run \`llsd lock\`, which reads it into the package`
        : `The image "${image}" brings no provider: the lock has no \`/lls-provider/lls-provider-spec.yaml\` of it; name an image that has one, and run \`llsd lock\` again`,
      detail,
    );
    return undefined;
  }
  const read = readProviderSpec(locked.providerSpec.content, objects);
  if ('providerType' in read) return read;
  report.error(
    place,
    `The lls-provider-spec.yaml of the image "${image}" cannot be used: ${read.join('; ')}. Mend the image, and run \`llsd lock\` again`,
    detail,
  );
  return undefined;
}

/** Whether the section of an entry is that of its image's API, whichever release's name either has. */
function isOfApi(
  spec: ProviderSpec,
  { image, api: written, at }: ExternalProvider,
  api: string,
  release: Release,
  report: Report,
): boolean {
  const theirs = toApi(spec.api, release);
  if (theirs === api) return true;
  const isKnown = providerApis(release).includes(theirs);
  report.error(
    at,
    `The image "${image}" brings a provider of \`${spec.api}\`, and stands under \`${written}\`; ` +
      (isKnown
        ? `move it to \`spec.externalProviders.${theirs}\``
        : `the server ${release.version} has no API \`${spec.api}\`, so that it cannot use this image`),
    { currentValue: written, ...(isKnown && { proposedValue: theirs }), reason: 'ConfigGenerationFailed' },
  );
  return false;
}

function installOf(
  { providerId: id, image, imagePullPolicy }: ExternalProvider,
  { registryMirrors }: RenderOptions,
  objects: Package,
): InstalledProvider {
  const digest = lockedImage(image, objects)?.digest;
  return {
    id,
    image: mirrored(digest === undefined ? image : atDigest(image, digest), registryMirrors),
    imagePullPolicy,
  };
}

/** Reports ids of which the init containers, and the folders that they install into, would have one name. */
function reportDoubledInstalls(externals: readonly ExternalProvider[], report: Report): void {
  const first = new Map<string, ExternalProvider>();
  for (const external of externals) {
    const name = installContainerName(external.providerId);
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, external);
    else
      report.error(
        external.at.field('providerId'),
        `The external provider ids "${earlier.providerId}" at \`${earlier.at.toString()}\` and "${external.providerId}" give ` +
          `the same init container, "${name}": ids must differ in letters or digits among their first 46 characters`,
        {
          currentValue: external.providerId,
          proposedValue: `${external.api.replaceAll('_', '-')}-${external.providerId}`,
        },
      );
  }
}
