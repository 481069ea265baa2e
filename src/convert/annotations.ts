import { isMapping, Path, type Json, type JsonObject, type Report } from '../krm/result.ts';
import type { Version } from '../spec/version.ts';

/** What a version has and the other lacks, by the names of the operator: annotation of the other → key → field. */
export const extras: Readonly<Record<Version, { annotation: string; fields: Readonly<Record<string, string>> }>> = {
  v1alpha1: {
    annotation: 'llamastack.io/v1alpha1-extras',
    fields: {
      containerName: 'spec.server.containerSpec.name',
      terminationGracePeriod: 'spec.server.podOverrides.terminationGracePeriodSeconds',
      userConfigNamespace: 'spec.server.userConfig.configMapNamespace',
      caBundleNamespace: 'spec.server.tlsConfig.caBundle.configMapNamespace',
      caBundleKeys: 'spec.server.tlsConfig.caBundle.configMapKeys',
    },
  },
  v1alpha2: {
    annotation: 'llamastack.io/v1alpha2-extras',
    fields: {
      providers: 'spec.providers',
      resources: 'spec.resources',
      storage: 'spec.storage',
      disabled: 'spec.disabled',
      externalProviders: 'spec.externalProviders',
    },
  },
};

/** Our own: field → value, for what the operator loses; an empty mapping, a TLS Secret. */
export const restAnnotation: Readonly<Record<Version, string>> = {
  v1alpha1: 'llamastack.io/v1alpha1-fields',
  v1alpha2: 'llamastack.io/v1alpha2-fields',
};

/** The annotations of the operator's first conversion, each of one field of v1alpha1. */
const legacyAnnotations: Readonly<Record<string, string>> = {
  'llamastack.io/v1alpha1-container-name': 'containerName',
  'llamastack.io/v1alpha1-termination-grace-period': 'terminationGracePeriod',
  'llamastack.io/v1alpha1-user-config-namespace': 'userConfigNamespace',
  'llamastack.io/v1alpha1-ca-bundle-namespace': 'caBundleNamespace',
  'llamastack.io/v1alpha1-ca-bundle-keys': 'caBundleKeys',
};

/** What an earlier conversion kept of `to`: field → value, and the annotations that are done with once it is restored. */
export interface Kept {
  readonly fields: ReadonlyMap<string, Json>;
  readonly annotations: readonly string[];
}

/** Reads what an earlier conversion kept of the version `to`; what cannot be read is an error, since it would be lost. */
export function readKept(annotations: JsonObject, to: Version, report: Report): Kept {
  const fields = new Map<string, Json>();
  const done: string[] = [];
  const { annotation, fields: names } = extras[to];
  for (const [key, value] of Object.entries(to === 'v1alpha1' ? legacyAnnotations : {})) {
    const field = names[value];
    if (!Object.hasOwn(annotations, key) || field === undefined) continue;
    const restored = legacyValue(value, annotations[key] ?? null);
    if (restored === undefined) {
      const at = Path.root.field('metadata').field('annotations').field(key);
      report.error(
        at,
        `The annotation \`${key}\` must be a number of seconds; mend it, or remove it and lose what it keeps`,
      );
      continue;
    }
    done.push(key);
    fields.set(field, restored);
  }
  for (const name of [annotation, restAnnotation[to]]) {
    if (!Object.hasOwn(annotations, name)) continue;
    const at = Path.root.field('metadata').field('annotations').field(name);
    const kept = parse(annotations[name] ?? null);
    if (!isMapping(kept)) {
      report.error(
        at,
        `The annotation \`${name}\` must be a JSON object; mend it, or remove it and lose what it keeps`,
      );
      continue;
    }
    done.push(name);
    for (const [key, value] of Object.entries(kept)) {
      const field = name === annotation ? names[key] : /^(spec|metadata)\./.test(key) ? key : undefined;
      if (field !== undefined) fields.set(field, value);
      else if (key !== 'exposeHostname')
        report.error(at, `The annotation \`${name}\` holds the unknown key "${key}"; its keys are ${listed(names)}`);
      else fields.set('spec.networking.expose', { hostname: value });
    }
  }
  return { fields, annotations: done };
}

/** Reports annotations that keep fields of the very version that the CR has: they say the same things twice. */
export function checkStray(annotations: JsonObject, version: Version, report: Report): void {
  for (const name of [extras[version].annotation, restAnnotation[version]]) {
    if (!Object.hasOwn(annotations, name)) continue;
    report.error(
      Path.root.field('metadata').field('annotations').field(name),
      `The annotation \`${name}\` keeps fields of ${version} for a CR of another version, and this CR is ${version}: write them as fields, and remove it`,
    );
  }
}

/** The value of an annotation of the first conversion; undefined where it is not one of that field. */
function legacyValue(name: string, value: Json): Json | undefined {
  if (typeof value !== 'string') return value;
  if (name === 'terminationGracePeriod') return /^[0-9]+$/.test(value) ? Number(value) : undefined;
  return name === 'caBundleKeys' ? (parse(value) ?? value.split(',')) : value;
}

function parse(text: Json): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const listed = (names: Readonly<Record<string, string>>): string => Object.keys(names).join(', ');
