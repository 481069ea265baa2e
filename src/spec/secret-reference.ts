import type { Json, JsonObject, Path } from '../krm/result.ts';
import { dataKey, dnsSubdomain } from './formats.ts';
import { either, isObject, object, required, type Holed } from './shape.ts';

/** A key of a Secret in the CR's own namespace, from `{name, key}` or `{secretKeyRef: {name, key}}`; never its value. */
export interface SecretReference {
  readonly name: string;
  readonly key: string;
  readonly at: Path;
}

/** `{name, key}` */
const shortForm = () =>
  object(
    () => ({
      name: required('The name of the Secret, in the namespace of the CR.', dnsSubdomain()),
      key: required('The key in the Secret.', dataKey()),
    }),
    { must: 'must be an object with `name` and `key` of a Secret', confidential: true },
  );

/** `{secretKeyRef: {name, key}}` */
export const longForm = () =>
  object(() => ({ secretKeyRef: required('A key of a Secret.', shortForm()) }), {
    must: 'must be `{secretKeyRef: {name: <Secret>, key: <key>}}`',
    confidential: true,
  });

/** Both forms, where something else is allowed beside them. */
export const secretReferenceShapes = [shortForm(), longForm()] as const;

/** A secret reference of either form, whose words show the YAML to write instead of a literal. */
export const secretReference = () =>
  either(
    {
      must: `must name a key of a Secret, since a value written here could be read by all: write \`<field>: {secretKeyRef: {name: <Secret>, key: <key>}}\``,
      confidential: true,
      examples: [{ secretKeyRef: { name: 'vllm-creds', key: 'token' } }],
    },
    ...secretReferenceShapes,
  );

/** What is left of a secret reference after reading. */
type HoledReference = Holed<{ name: string; key: string } | { secretKeyRef: { name: string; key: string } }>;

/** The normal form of a secret reference; undefined where name or key is missing. */
export function toSecretReference(value: HoledReference | undefined, at: Path): SecretReference | undefined {
  if (value === undefined) return undefined;
  const { name, key } =
    'secretKeyRef' in value ? (value.secretKeyRef ?? {}) : (value as { name?: string; key?: string });
  return name === undefined || key === undefined ? undefined : { name, key, at };
}

/** Whether a value was meant as `{secretKeyRef: …}`, right or wrong. */
export function isLongForm(value: Json): value is JsonObject {
  return isObject(value) && Object.hasOwn(value, 'secretKeyRef');
}

/** Whether a value of a provider's own config is `{secretKeyRef: {name, key}}` and nothing else; whatever holds more is the provider's. */
export function isExactReference(value: Json): boolean {
  if (!isLongForm(value) || Object.keys(value).length !== 1) return false;
  const reference = value.secretKeyRef;
  return isObject(reference) && Object.keys(reference).sort().join() === 'key,name';
}
