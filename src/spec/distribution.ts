import type { Json, Path, Report } from '../krm/result.ts';
import { imageReference } from './formats.ts';
import { readShape } from './read-shape.ts';
import { exactlyOneOf } from './rules.ts';
import { isObject, object, optional, text } from './shape.ts';

/** `spec.distribution`: exactly one of `name` and `image`. */
export interface Distribution {
  /** A name that the product knows: `starter`. */
  readonly name?: string;
  /** An image reference: `docker.io/llamastack/distribution-starter:0.7.1`. */
  readonly image?: string;
  /** The annotation `llamastack.io/distribution`, which states name and release of an image: `starter@0.7.1`. */
  readonly stated?: { readonly name: string; readonly release: string };
  readonly at: Path;
}

/** The annotation of a CR that states name and release of its distribution. */
export const DISTRIBUTION_ANNOTATION = 'llamastack.io/distribution';

/** `starter@0.7.1` */
const STATEMENT = /^([a-z0-9](?:[-a-z0-9._]*[a-z0-9])?)@v?([0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]*)$/;

/** `spec.distribution` as written. */
export const distributionSchema = object(
  () => ({
    name: optional(
      'The name of a known distribution, such as "starter".',
      text({ must: 'must be the name of a distribution, such as "starter"', examples: ['starter'] }),
    ),
    image: optional('The image of the server, in place of a name.', imageReference()),
  }),
  {
    must: 'must be an object with `name` or `image`, such as `{name: starter}`',
    rules: () => [exactlyOneOf('name', 'image')],
  },
);

/** Reads `spec.distribution` and the annotation `llamastack.io/distribution`, which stands at `statedAt`; that the field must be given is for the reader of `spec` to say. */
export function readDistribution(
  value: Json | undefined,
  at: Path,
  stated: Json | undefined,
  statedAt: Path,
  report: Report,
): Distribution {
  const { name, image } = readShape(distributionSchema, value, at, report) ?? {};
  if (isObject(value) && Object.hasOwn(value, 'name') === Object.hasOwn(value, 'image')) {
    if (Object.hasOwn(value, 'name')) {
      report.error(at, 'Only one of `name` or `image` can be specified in `distribution`: remove one');
    } else report.error(at, '`distribution` must have `name` or `image`', { proposedValue: { name: 'starter' } });
  }
  const statement = stated === undefined ? undefined : readStatement(stated, statedAt, report);
  if (statement !== undefined && name !== undefined && statement.name !== name) {
    report.error(
      statedAt,
      `The annotation \`${DISTRIBUTION_ANNOTATION}\` states "${statement.name}", but \`spec.distribution.name\` is "${name}": they must agree`,
      { currentValue: `${statement.name}@${statement.release}`, proposedValue: `${name}@${statement.release}` },
    );
  }
  return {
    ...(name !== undefined && { name }),
    ...(image !== undefined && { image }),
    ...(statement && { stated: statement }),
    at,
  };
}

/** `starter@0.7.1` → `{name: 'starter', release: '0.7.1'}` */
function readStatement(value: Json, at: Path, report: Report): Distribution['stated'] {
  const [, name, release] = STATEMENT.exec(typeof value === 'string' ? value : '') ?? [];
  if (name !== undefined && release !== undefined) return { name, release };
  report.error(
    at,
    `The annotation \`${DISTRIBUTION_ANNOTATION}\` must be name and release of a distribution, such as "starter@0.7.1"`,
    { currentValue: value },
  );
  return undefined;
}
