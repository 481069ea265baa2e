import type { JsonObject } from '../krm/result.ts';
import { knownReleases, releaseFor } from '../releases/index.ts';
import { metadataSchema } from '../spec/metadata.ts';
import { specSchema } from '../spec/stack.ts';
import { KIND } from '../spec/version.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';
import { toStructural } from './structural.ts';

const PLURAL = 'llamastackdistributions';
const GROUP = 'llamastack.io';

/** What stands above the CRD, and what is said to whoever asks for it. */
export const crdWarning =
  'Not for a cluster where the operator or its CRD is: v1alpha1, which that stores, is not served here, and no webhook converts it';

/** The CustomResourceDefinition of a LlamaStackDistribution: v1alpha2 is served and stored, v1alpha1 only listed. */
export function customResourceDefinition(): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: {
      group: GROUP,
      names: {
        kind: KIND,
        listKind: `${KIND}List`,
        plural: PLURAL,
        singular: 'llamastackdistribution',
        shortNames: ['llsd'],
      },
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: [
        {
          name: 'v1alpha2',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: rootSchema(withApis(toJsonSchema(specSchema))) },
          additionalPrinterColumns: [
            column('Distribution', '.spec.distribution.name', 'string'),
            column('Image', '.spec.distribution.image', 'string'),
            column('Replicas', '.spec.workload.replicas', 'integer'),
            column('Age', '.metadata.creationTimestamp', 'date'),
          ],
        },
        {
          name: 'v1alpha1',
          served: false,
          storage: false,
          // Never applied, since the version is not served.
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

function rootSchema(spec: JsonSchema): JsonObject {
  const { name } = toJsonSchema(metadataSchema).properties ?? {};
  return {
    description: 'A Llama Stack server on Kubernetes.',
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      // Of `metadata` a definition may narrow the name alone; the rest is the API server's.
      metadata: { type: 'object', ...(name && { properties: { name: toStructural(name) } }) },
      spec: toStructural(spec),
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
}

/**
 * The same with every API of every release as a field of its own, in both spellings: a structural schema has either named
 * fields or further ones, and CEL sees no map whose values are of several kinds.
 */
function withApis(spec: JsonSchema): JsonSchema {
  const sections = Object.entries(spec.properties ?? {}).map(([section, schema]) => {
    const { additionalProperties: ofApi, propertyNames, ...rest } = schema;
    if (propertyNames === undefined || typeof ofApi !== 'object') return [section, schema] as const;
    const apis = Object.fromEntries(apiNames().map((api) => [api, ofApi]));
    return [section, { ...rest, properties: { ...apis, ...rest.properties }, additionalProperties: false }] as const;
  });
  return { ...spec, properties: Object.fromEntries(sections) };
}

/** The APIs that have providers in any release, by all their names: `vectorIo` and `vector_io`. */
function apiNames(): readonly string[] {
  const names = knownReleases().flatMap((version) => {
    const release = releaseFor(version);
    return [...Object.keys(release?.providers ?? {}), ...Object.keys(release?.renamedApis ?? {})];
  });
  const spelled = names.flatMap((name) => [
    name,
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  ]);
  return [...new Set(spelled)].sort();
}

function column(name: string, jsonPath: string, type: string): JsonObject {
  return { name, type, jsonPath };
}
