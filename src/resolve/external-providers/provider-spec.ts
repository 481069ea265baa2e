import { isMapping, type Json } from '../../krm/result.ts';
import type { Package } from '../references.ts';

/** What the config needs of the provider that an image brings, from its `/lls-provider/lls-provider-spec.yaml`. */
export interface ProviderSpec {
  /** The API as the image writes it, in the server's spelling: `vector_io`. */
  readonly api: string;
  /** `remote::acme-llm` */
  readonly providerType: string;
  /** The Python package that the server imports: `acme.llm`. */
  readonly packageName: string;
}

/** The fields of `spec` that config.yaml is written from, and what each must be. */
const fields = {
  api: { pattern: /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/, must: 'the name of an API, such as "inference" or "vector_io"' },
  providerType: {
    pattern: /^(?:remote|inline)::[A-Za-z0-9][-A-Za-z0-9_.]*(?:::[A-Za-z0-9][-A-Za-z0-9_.]*)*$/,
    must: 'a provider type with its prefix, such as "remote::acme-llm"',
  },
  packageName: {
    pattern: /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/,
    must: 'the name of a Python package, such as "acme.llm"',
  },
} as const;

/** The form of the file that is known: of another one, a field of the same name could mean something else. */
const form = { apiVersion: 'llamastack.io/v1alpha1', kind: 'ProviderPackage' } as const;

/**
 * Reads the text of an lls-provider-spec.yaml: what config.yaml needs of it, or all that is wrong with that. Its other
 * fields (`metadata`, `wheelPath`) are the image's own affair.
 */
export function readProviderSpec(text: string, objects: Pick<Package, 'parse'>): ProviderSpec | readonly string[] {
  const { value, fault, unread } = objects.parse(text);
  const unreadable = fault ?? unread;
  if (unreadable !== undefined) return [`it cannot be read: ${unreadable}`];
  if (!isMapping(value)) return ['it must be a YAML mapping'];
  const faults = Object.entries(form).flatMap(([key, must]) =>
    value[key] === must ? [] : [`\`${key}\` must be "${must}"${instead(value[key])}`],
  );
  if (!isMapping(value.spec)) return [...faults, `\`spec\` must be a mapping with ${Object.keys(fields).join(', ')}`];
  const { spec } = value;
  const read = Object.fromEntries(
    Object.entries(fields).map(([key, { pattern, must }]) => {
      const given = spec[key];
      if (typeof given === 'string' && pattern.test(given)) return [key, given];
      faults.push(`\`spec.${key}\` must be ${must}${instead(given)}`);
      return [key, ''];
    }),
  ) as unknown as ProviderSpec;
  return faults.length > 0 ? faults : read;
}

function instead(given: Json | undefined): string {
  if (given === undefined || given === null) return ', and is missing';
  return `, and is ${typeof given === 'object' ? 'a mapping or list' : JSON.stringify(given)}`;
}
