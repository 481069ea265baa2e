import type { Release } from './releases/release.ts';
import type { SecretReference } from './spec/secret-reference.ts';

/**
 * An environment variable of the container: its value written out, or a key of a Secret. One that `expands` refers to an
 * earlier variable as Kubernetes does, `Bearer%20$(LLSD_OTEL_API_KEY)`; in any other, `$(` is text.
 */
export type Variable =
  | { readonly name: string; readonly value: string; readonly expands?: true }
  | { readonly name: string; readonly secret: SecretReference };

/**
 * The variable that carries a provider's secret: `vllm`, `apiKey` → `LLSD_VLLM_API_KEY`. Upper case, and every character
 * outside A–Z and 0–9 becomes `_`, since the server substitutes no other names.
 */
export function secretVariableName(providerId: string, field: string): string {
  return `LLSD_${toVariableName(providerId)}_${toVariableName(field)}`;
}

/** A CR's camelCase field in the words of a variable: `apiKey` → `API_KEY`, `connectionString` → `CONNECTION_STRING`. */
export function splitCamelCase(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}

/** How config.yaml refers to a variable that must be set: `LLSD_VLLM_API_KEY` → `${env.LLSD_VLLM_API_KEY}`. */
export function envExpression(name: string): string {
  return `\${env.${name}}`;
}

/** The variable that tells the start program which file of certificates to join with the image's own roots. */
export const caBundleVariable = 'LLSD_CA_BUNDLE';

/**
 * The variables of the container that must keep our value, since config, probes or start program rely on it; one of the
 * same name in `workload.overrides.env` is an error. The others that we set are defaults, which the user's replace, and
 * a user's `PYTHONPATH` is kept behind ours.
 */
export function reservedVariables(release: Release, caBundle: boolean): readonly string[] {
  return [
    'RUN_CONFIG_PATH',
    release.variables.port,
    release.variables.configDir,
    ...(caBundle ? ['SSL_CERT_FILE', caBundleVariable] : []),
  ];
}

function toVariableName(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
