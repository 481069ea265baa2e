import type { JsonObject } from '../krm/result.ts';
import { metadataSchema } from '../spec/metadata.ts';
import { specSchema } from '../spec/stack.ts';
import { v1alpha1Schema } from '../spec/v1alpha1-schema.ts';
import { apiVersions, KIND } from '../spec/version.ts';
import { toJsonSchema, withRules } from './json-schema.ts';

const plain = (schema: Parameters<typeof toJsonSchema>[0]): JsonObject => withRules(toJsonSchema(schema));

/** The JSON Schema of a LlamaStackDistribution of either version, for editors: `apiVersion` tells which. */
export function editorSchema(): JsonObject {
  const description = 'What the server and its pods are to be.';
  const ofVersion = (spec: JsonObject): JsonObject => ({ properties: { spec: { description, ...spec } } });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: KIND,
    description: 'A Llama Stack server on Kubernetes, which llsd expands into its config.yaml and its objects.',
    type: 'object',
    properties: {
      apiVersion: {
        description: 'The version of the fields under `spec`.',
        enum: [...apiVersions('v1alpha2'), ...apiVersions('v1alpha1')],
      },
      kind: { description: 'What llsd expands; it leaves other kinds as they are.', enum: [KIND] },
      metadata: { description: 'Name, namespace, labels and annotations.', ...plain(metadataSchema) },
      spec: { description },
      status: { description: 'What the operator found; llsd does not read it.' },
    },
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    additionalProperties: false,
    if: { properties: { apiVersion: { enum: apiVersions('v1alpha1') } }, required: ['apiVersion'] },
    then: ofVersion(plain(v1alpha1Schema)),
    else: ofVersion(plain(specSchema)),
  };
}
