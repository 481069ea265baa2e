import type { Path, Report } from '../krm/result.ts';
import type { Metadata } from './metadata.ts';
import type { Version } from './version.ts';

/** The annotations in which a conversion keeps what the other version has no field for: the operator's, then our own. */
export const keptAnnotations: Readonly<Record<Version, readonly [extras: string, fields: string]>> = {
  v1alpha1: ['llamastack.io/v1alpha1-extras', 'llamastack.io/v1alpha1-fields'],
  v1alpha2: ['llamastack.io/v1alpha2-extras', 'llamastack.io/v1alpha2-fields'],
};

/** Warns of annotations of conversions that keep what a v1alpha1 CR then lacks, that no conversion can read, or that stand in a CR of their own version. */
export function reportKeptAnnotations(
  { annotations }: Metadata,
  version: Version,
  metadataAt: Path,
  report: Report,
): void {
  const warn = (name: string, message: string): void => {
    report.warning(metadataAt.field('annotations').field(name), message);
  };
  const other = version === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1';
  for (const name of keptAnnotations[other]) {
    const text = annotations[name];
    if (text === undefined) continue;
    const kept = parsed(text);
    if (kept === undefined)
      warn(
        name,
        `The annotation \`${name}\` must be a JSON object, as \`llsd convert\` writes it: mend it, or remove it and lose what it keeps`,
      );
    else if (version === 'v1alpha1' && !isEmpty(kept))
      warn(
        name,
        `The fields of v1alpha2 that the annotation \`${name}\` keeps do nothing in a v1alpha1 CR: bring them back with \`llsd convert --to v1alpha2\`, or remove it`,
      );
  }
  for (const name of keptAnnotations[version].filter((one) => Object.hasOwn(annotations, one)))
    warn(name, strayMessage(name, version));
}

/** What is said of an annotation that keeps fields of the very version that its CR has: they would say the same things twice. */
export function strayMessage(name: string, version: Version): string {
  return `The annotation \`${name}\` keeps fields of ${version} for a CR of another version, and this CR is ${version}: write them as fields, and remove it`;
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether nothing is kept but mappings that are empty. */
const isEmpty = (kept: object): boolean => Object.values(kept).every((value) => JSON.stringify(value) === '{}');
