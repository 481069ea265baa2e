import { Path, type Json, type Report } from '../krm/result.ts';
import { imageReference } from './formats.ts';
import { readShape } from './read-shape.ts';
import { integer, list, object, optional, required, text } from './shape.ts';

/** An image as `llsd lock` found it in its registry. */
export interface LockedImage {
  /** The reference in full, as the CR or the options name it: `docker.io/llamastack/distribution-starter:0.7.1`. */
  readonly image: string;
  /** `sha256:…`; of all platforms together, unless the lock is for one. */
  readonly digest: string;
  /** The name of its distribution, where its labels tell it. */
  readonly distribution?: string;
  /** The server release, where its labels tell it. */
  readonly release?: string;
  /** Its config.yaml, where its labels lead to one. */
  readonly baseConfig?: LockedBaseConfig;
  /** Its `/lls-provider/lls-provider-spec.yaml`, where it is an external provider. */
  readonly providerSpec?: LockedBaseConfig;
  readonly at: Path;
}

/** A config.yaml as an image has it. */
export interface LockedBaseConfig {
  /** Of the content, as hex digits. */
  readonly sha256: string;
  readonly content: string;
}

/** The version of the form of DistributionLock that this program writes and reads. */
export const LOCK_SCHEMA_VERSION = 1;

const MADE_BY = 'as `llsd lock` writes it: run it again';

const hexDigits = () => text(`must be 64 hex digits, ${MADE_BY}`, /^[0-9a-f]{64}$/);

const lockedImageSchema = object(
  () => ({
    image: required('The image reference in full.', imageReference()),
    digest: required(
      'The digest that it had.',
      text(`must be a digest ("sha256:…"), ${MADE_BY}`, /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/),
    ),
    distribution: optional('The name of its distribution.', text()),
    release: optional('The release of its server.', text()),
    baseConfig: optional(
      'The config.yaml that it brings.',
      object(() => ({
        sha256: required('The sha256 of the content.', hexDigits()),
        content: required('The config.yaml, as it is in the image.', text()),
      })),
    ),
    providerSpec: optional(
      'The lls-provider-spec.yaml that it brings.',
      object(() => ({
        sha256: required('The sha256 of the content.', hexDigits()),
        content: required('The file, as it is in the image.', text()),
      })),
    ),
  }),
  { must: `must be an object with \`image\` and \`digest\`, ${MADE_BY}` },
);

/** `spec` of a DistributionLock as written. */
export const distributionLockSchema = object(
  () => ({
    schemaVersion: required('The version of this form.', integer(LOCK_SCHEMA_VERSION, LOCK_SCHEMA_VERSION)),
    platform: optional('The platform that the digests are for; all, when it is not given.', text()),
    images: required('What each image was, by its reference.', list(lockedImageSchema)),
  }),
  { must: `must be an object with \`schemaVersion\` and \`images\`, ${MADE_BY}` },
);

/** The images of a DistributionLock's `spec`; `sha256hex` is asked whether a base config is still what was locked. */
export function readDistributionLock(
  value: Json | undefined,
  report: Report,
  sha256hex: (text: string) => string,
): readonly LockedImage[] {
  const at = Path.root.field('spec');
  if (value === undefined) report.error(at, `\`spec\` is required ${MADE_BY}`);
  const images = readShape(distributionLockSchema, value, at, report)?.images ?? [];
  return images.flatMap((entry, index): readonly LockedImage[] => {
    if (entry?.image === undefined || entry.digest === undefined) return [];
    const { image, digest, distribution, release } = entry;
    const here = at.field('images').item(index);
    const { sha256, content } = entry.baseConfig ?? {};
    const spec = entry.providerSpec;
    const isWhole = sha256 !== undefined && content !== undefined;
    if (isWhole && sha256hex(content) !== sha256)
      report.error(
        here.field('baseConfig').field('content'),
        'The base config was changed since it was locked: its sha256 is another. Run `llsd lock`, or bring a config of your own with `spec.overrideConfig`',
      );
    return [
      {
        image,
        digest,
        ...(distribution !== undefined && { distribution }),
        ...(release !== undefined && { release }),
        ...(isWhole && { baseConfig: { sha256, content } }),
        ...(spec?.sha256 !== undefined &&
          spec.content !== undefined && { providerSpec: { sha256: spec.sha256, content: spec.content } }),
        at: here,
      },
    ];
  });
}
