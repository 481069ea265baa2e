import { Path, type Json, type Report } from '../krm/result.ts';
import { isObject } from './shape.ts';

/** A version of LlamaStackDistribution that is read. */
export type Version = 'v1alpha2' | 'v1alpha1';

/** The kind of every CR that is read. */
export const KIND = 'LlamaStackDistribution';

/** The groups under which a LlamaStackDistribution is read, the canonical one first. */
const GROUPS = ['llamastack.io', 'llamastack.ai'];
const VERSIONS: readonly Version[] = ['v1alpha2', 'v1alpha1'];

/** The fields right under `spec` that only one of the versions has. */
const ownFields: Readonly<Record<Version, readonly string[]>> = {
  v1alpha1: ['server', 'network', 'replicas'],
  v1alpha2: [
    'distribution',
    'providers',
    'resources',
    'storage',
    'disabled',
    'networking',
    'workload',
    'externalProviders',
    'overrideConfig',
  ],
};

/** The values of `apiVersion` that mean a version, the canonical one first. */
export function apiVersions(version: Version): readonly string[] {
  return GROUPS.map((group) => `${group}/${version}`);
}

/** The version of a CR by its `apiVersion`; reported where that is none of ours, or where all its fields are of the other version. */
export function readVersion(apiVersion: Json | undefined, spec: Json | undefined, report: Report): Version | undefined {
  const at = Path.root.field('apiVersion');
  const meant = versionOf(spec);
  if (typeof apiVersion !== 'string') {
    const proposedValue = `${GROUPS[0] ?? ''}/${meant}`;
    report.error(at, `\`apiVersion\` is required and must be "${proposedValue}"`, { proposedValue });
    return undefined;
  }
  const [group = ''] = apiVersion.split('/');
  const version = VERSIONS.find((known) => GROUPS.includes(group) && apiVersion === `${group}/${known}`);
  const proposedValue = `${GROUPS.includes(group) ? group : (GROUPS[0] ?? '')}/${meant}`;
  if (version === undefined) {
    const known = GROUPS.map((name) => `"${name}/${meant}"`).join(' or ');
    const why = meant === 'v1alpha1' ? ', the version of these fields' : '';
    report.error(at, `\`apiVersion\` must be ${known}${why}, not "${apiVersion}"`, {
      currentValue: apiVersion,
      proposedValue,
    });
    return undefined;
  }
  if (version !== meant && !hasAny(spec, version) && hasAny(spec, meant)) {
    report.error(
      at,
      `The fields of \`spec\` are those of ${meant}: \`apiVersion\` must be "${proposedValue}", not "${apiVersion}"`,
      { currentValue: apiVersion, proposedValue },
    );
    return undefined;
  }
  return version;
}

/** The fields right under `spec` that only this version has. */
export function fieldsOfVersion(version: Version): readonly string[] {
  return ownFields[version];
}

/** Reports fields that only v1alpha2 has in a v1alpha1 CR; returns their names. */
export function reportV1alpha2Fields(spec: Json, at: Path, report: Report): readonly string[] {
  const foreign = isObject(spec) ? Object.keys(spec).filter((key) => ownFields.v1alpha2.includes(key)) : [];
  for (const key of foreign) {
    report.error(
      at.field(key),
      `\`spec.${key}\` is a field of v1alpha2, and this CR is v1alpha1: remove it, or make the CR v1alpha2 with \`llsd convert --to v1alpha2\` first`,
      { currentValue: key },
    );
  }
  return foreign;
}

/** The version whose fields `spec` has; v1alpha2 where that cannot be told. */
function versionOf(spec: Json | undefined): Version {
  return hasAny(spec, 'v1alpha1') && !hasAny(spec, 'v1alpha2') ? 'v1alpha1' : 'v1alpha2';
}

function hasAny(spec: Json | undefined, version: Version): boolean {
  return isObject(spec) && ownFields[version].some((field) => Object.hasOwn(spec, field));
}
