import { isMapping, type Json, type JsonObject, type Path, type Report } from '../../krm/result.ts';
import { splitCamelCase } from '../../secret-env.ts';
import { hasExpression, requiredVariables } from '../expression.ts';

/** The names of fields that hold secrets: `api_key`, `dbPassword`, `aws_access_key_id`, and not `max_tokens`. */
const secretName =
  /(?:^|[_-])(?:api[_-]?key|token|password|passwd|passphrase|secret|credentials?|(?:access|private|secret)[_-]?key(?:[_-]?id)?)$/i;

/**
 * Warns of what looks like a secret and is written out in the `config` of an external provider, at any depth. No catalog
 * knows its fields, so their names decide.
 */
export function warnOfLiteralSecrets(config: JsonObject, at: Path, report: Report): void {
  for (const [field, value] of Object.entries(config)) visit(field, value, at.field(field), true, report);
}

function visit(field: string, value: Json, at: Path, isTop: boolean, report: Report): void {
  if (Array.isArray(value)) {
    for (const [index, entry] of (value as readonly Json[]).entries())
      visit(field, entry, at.item(index), false, report);
  } else if (isMapping(value)) {
    for (const [key, entry] of Object.entries(value)) visit(key, entry, at.field(key), false, report);
  } else if (typeof value === 'string' && value !== '' && secretName.test(splitCamelCase(field))) {
    warn(field, value, at, isTop, report);
  }
}

function warn(field: string, value: string, at: Path, isTop: boolean, report: Report): void {
  const reference = `\`${field}: {secretKeyRef: {name: <Secret>, key: <key>}}\``;
  if (!hasExpression(value)) {
    report.warning(
      at,
      `"${field}" looks like a secret, and here it is readable in the ConfigMap; put it into a Secret and ` +
        (isTop
          ? `refer to it: ${reference}`
          : 'give that to the pod by `spec.workload.overrides.env`, then write `${env.<variable>}` here'),
    );
  } else if (isTop && requiredVariables(value).length > 0) {
    report.warning(
      at,
      `"${field}" looks like a secret, and the server turns one that looks like a number or a boolean into one where it ` +
        `comes from a variable of yours; refer to the Secret, then it stays as it is: ${reference}`,
    );
  }
}
