import type { Json, Path, Report } from '../krm/result.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { releaseWithField, validateAgainst, type Problem } from '../releases/index.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import { hasExpression, requiredVariables } from './expression.ts';

/** A provider type as one release knows it, and the API that it is a type of. */
export interface KnownType {
  readonly api: string;
  readonly type: ProviderType;
  readonly release: Release;
}

/** Reports a key that is no field of the type, with the nearest field and the release that has it. */
export function reportUnknownField(written: string, at: Path, { api, type, release }: KnownType, report: Report): void {
  const fields = Object.keys(type.fields).sort();
  const elsewhere = releaseWithField(api, type.type, written, release);
  const near = nearest(written, fields);
  report.error(
    at,
    `The provider type "${type.type}" has no field "${written}" at release ${release.version}, and the server would ` +
      (type.unknownFields === 'forbid' ? 'refuse it' : 'ignore it') +
      (elsewhere === undefined ? '' : `; release ${elsewhere} has it`) +
      remedy(near, fields),
    { currentValue: written, proposedValue: near },
  );
}

/** Reports what the server would refuse or ignore in the value of a field, at any depth, and a secret that is written out. */
export function checkValue(field: string, value: Json, at: Path, known: KnownType, report: Report): void {
  const { schema, secret = false } = known.type.fields[field] ?? {};
  if (schema === undefined) return;
  for (const problem of validateAgainst(schema, value, at)) reportProblem(problem, field, at, secret, known, report);
  if (!secret || typeof value !== 'string' || value === '') return;
  const mend = `\`secretRefs: {${field}: {name: <Secret>, key: <key>}}\``;
  if (requiredVariables(value).length > 0) {
    report.warning(
      at,
      `"${field}" is a secret, and the server does not start with one that looks like a number or a boolean where it ` +
        `comes from a variable of yours, and writes it to its log; refer to the Secret, then it stays as it is: ${mend}`,
    );
  } else if (!hasExpression(value)) {
    report.warning(
      at,
      `"${field}" is a secret, and as a setting it is readable in the ConfigMap; put it into a Secret and refer to it: ` +
        mend,
    );
  }
}

function reportProblem(
  problem: Problem,
  field: string,
  at: Path,
  secret: boolean,
  { type, release }: KnownType,
  report: Report,
): void {
  const shown = (path: Path): string => `\`${field}${path.toString().slice(at.toString().length)}\``;
  const { unknown } = problem;
  if (unknown === undefined) {
    report.error(
      problem.at,
      `${shown(problem.at)} ${problem.message} for the provider type "${type.type}"`,
      secret ? {} : { currentValue: problem.value },
    );
    return;
  }
  const near = nearest(unknown.name, unknown.known);
  report.error(
    problem.at,
    `${shown(unknown.within)} of the provider type "${type.type}" has no field "${unknown.name}" at ` +
      `release ${release.version}, and the server would ${problem.kind === 'refused' ? 'refuse' : 'ignore'} it` +
      remedy(near, unknown.known),
    { currentValue: unknown.name, proposedValue: near },
  );
}

function remedy(near: string | undefined, fields: readonly string[]): string {
  return didYouMean(near) + (fields.length === 0 ? '; it takes no settings' : `; must be one of: ${fields.join(', ')}`);
}
