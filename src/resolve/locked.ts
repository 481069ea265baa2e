import { isMapping, type Json, type JsonObject, type Path, type Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import { refusals } from '../releases/index.ts';
import type { Release } from '../releases/release.ts';
import type { LockedImage } from '../spec/distribution-lock.ts';
import { referenceOf, parseImage } from './image.ts';
import type { Package } from './references.ts';

/** What the package's lock says of an image, however its reference is written. */
export function lockedImage(reference: string, { locked }: Pick<Package, 'locked'>): LockedImage | undefined {
  const image = parseImage(reference);
  if (image === undefined || locked.length === 0) return undefined;
  const whole = referenceOf(image);
  return locked.find((entry) => entry.image === whole);
}

/**
 * The base config that an image brought, after the check that built-in ones pass: the schema version, and that the server of
 * its release would take it. Undefined after an error, which stands at the CR's field `at`.
 */
export function readLockedConfig(
  { image, baseConfig }: LockedImage,
  release: Release,
  objects: Package,
  at: Path,
  report: Report,
): BaseConfig | undefined {
  const { value, fault, unread } = objects.parse(baseConfig?.content ?? '');
  const failed = (why: string, reason = 'ConfigGenerationFailed'): undefined => {
    report.error(at, why, { currentValue: image, reason });
    return undefined;
  };
  if (fault !== undefined || !isMapping(value)) {
    failed(`The config.yaml of the image "${image}" must be a YAML mapping${fault ? `: ${fault}` : ''}`);
    return;
  }
  // What is read otherwise than the server reads it would run otherwise, and nobody would be told.
  if (unread !== undefined) {
    failed(
      `The config.yaml of the image "${image}" cannot be taken as it is: ${unread}. Build the image with one that is plain YAML, or bring a config of your own with \`spec.overrideConfig\``,
    );
    return;
  }
  const { version } = value;
  if (version !== 1 && version !== 2) {
    failed(
      `Unsupported config.yaml version ${version === undefined ? 'none' : JSON.stringify(version)}. Supported versions: 1, 2`,
      'UnsupportedConfigVersion',
    );
    return;
  }
  const config = version === 1 ? fromVersion1(value, release) : value;
  const found = refusals(config, release);
  if (found.length > 0) {
    failed(
      `The server ${release.version} would refuse the config.yaml of the image "${image}": ${found.join('; ')}. ` +
        'State the release that the image really holds (annotation `llamastack.io/distribution`), or bring a config of your own with `spec.overrideConfig`',
    );
    return;
  }
  return { ...config, providers: isMapping(config.providers) ? config.providers : {} } as unknown as BaseConfig;
}

/** The lists that version 1 has at the top, and version 2 under `registered_resources`. */
const resourceKinds = ['models', 'shields', 'vector_dbs', 'datasets', 'scoring_fns', 'benchmarks', 'tool_groups'];

/** The stores that version 1 has at the top, each with a backend of its own, and the names that version 2 gives them. */
const stores: Readonly<Record<string, { readonly store: string; readonly kind: 'kv' | 'sql' }>> = {
  metadata_store: { store: 'metadata', kind: 'kv' },
  inference_store: { store: 'inference', kind: 'sql' },
  conversations_store: { store: 'conversations', kind: 'sql' },
};

/** A config.yaml of version 1 in the shape of version 2; backends become `kv_default` and `sql_default`. */
function fromVersion1(config: JsonObject, release: Release): JsonObject {
  const resources = resourceKinds.filter((kind) => Array.isArray(config[kind]));
  const given = Object.entries(stores).filter(([key]) => isMapping(config[key]));
  const old = new Set([...resources, ...Object.keys(stores)]);
  const backends = given.map(([key, { kind }]) => [`${kind}_default`, toBackend(config[key] ?? null, kind)] as const);
  const references = given.map(([, { store, kind }]) => [
    store,
    release.stores[store]?.reference ?? { backend: `${kind}_default` },
  ]);
  return {
    ...Object.fromEntries(Object.entries(config).filter(([key]) => !old.has(key))),
    version: 2,
    ...(resources.length > 0 && {
      registered_resources: Object.fromEntries(resources.map((kind) => [kind, config[kind] ?? []])),
    }),
    ...(given.length > 0 && {
      storage: { backends: Object.fromEntries(backends), stores: Object.fromEntries(references) as JsonObject },
    }),
  };
}

function toBackend(store: Json, kind: 'kv' | 'sql'): JsonObject {
  if (!isMapping(store)) return {};
  const { type, ...rest } = store;
  const fields = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'namespace'));
  return { type: typeof type === 'string' ? `${kind}_${type.replace(/^(kv|sql)_/, '')}` : `${kind}_sqlite`, ...fields };
}
