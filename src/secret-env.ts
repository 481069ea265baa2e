import type { SecretReference } from './spec/secret-reference.ts';

/** An environment variable of the container: its value written out, or a key of a Secret. */
export type Variable =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secret: SecretReference };

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

function toVariableName(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
