import type { JsonObject } from '../krm/result.ts';
import { dataKey, dnsLabel, dnsSubdomain, quantity } from './formats.ts';
import { given, implies, oneOfMany } from './rules.ts';
import { type Rule, anyObject, choice, flag, object, optional, required, string, text } from './shape.ts';

/** A string that may be empty. */
const anyString = (must = 'must be a string') => string({ must });

const keySelector = (kind: string) =>
  object(() => ({
    name: required(`The name of the ${kind}.`, dnsSubdomain()),
    key: required('The key in it.', dataKey()),
    optional: optional('Whether the pod starts without it.', flag()),
  }));

/** The name of an environment variable: any printable ASCII but `=`, as the Kubernetes API takes it; most shells take less. */
const variableName = () =>
  text('must be the name of an environment variable: ASCII characters but "="', /^[ -<>-~]+$/, 1024);

/** A field of the pod that a variable can have. */
const fieldPath = () =>
  text(
    'must be a field such as "metadata.name", "metadata.labels[\'KEY\']" or "status.podIP"',
    /^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/,
  );

/** A resource of the container that a variable can have. */
const resourceName = () =>
  text(
    'must be "limits." or "requests." with "cpu", "memory" or "ephemeral-storage"',
    /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/,
  );

/** Where the value of a variable can come from: the fields of `EnvVarSource` of the Kubernetes API v1. */
export const VARIABLE_SOURCES = [
  'secretKeyRef',
  'configMapKeyRef',
  'fieldRef',
  'resourceFieldRef',
  'fileKeyRef',
] as const;

/** The units of CPU, and of all else, that the API server takes. */
const [UNITS_OF_CPU, UNITS] = ['^(0|1|1m)$', '^(0|1|1[kMGTPE]|1[KMGTPE]i)$'];

const ofUnit = (units: string): JsonObject => ({
  properties: { divisor: { anyOf: [{ enum: [0, 1] }, { type: 'string', pattern: units }] } },
});

const unitOfResource: Rule = {
  message: '`divisor` must be one unit: "1" or "1m" for CPU, else such as "1Mi"',
  schema: implies(given('divisor'), {
    anyOf: [
      { allOf: [{ properties: { resource: { pattern: '\\.cpu$' } } }, ofUnit(UNITS_OF_CPU)] },
      { allOf: [{ properties: { resource: { not: { pattern: '\\.cpu$' } } } }, ofUnit(UNITS)] },
    ],
  }),
};

/** `EnvVar` of the Kubernetes API. */
export const env = () =>
  object(
    () => ({
      name: required('The name of the variable.', variableName()),
      value: optional('Its value.', anyString('must be a string: write it in quotes')),
      valueFrom: optional(
        'Where its value comes from.',
        object(
          () => ({
            secretKeyRef: optional('A key of a Secret.', keySelector('Secret')),
            configMapKeyRef: optional('A key of a ConfigMap.', keySelector('ConfigMap')),
            fieldRef: optional(
              'A field of the pod.',
              object(() => ({
                fieldPath: required('The path of the field.', fieldPath()),
                apiVersion: optional('Its API version.', choice('v1')),
              })),
            ),
            resourceFieldRef: optional(
              'A resource of the container.',
              object(
                () => ({
                  resource: required('The resource, such as "limits.cpu".', resourceName()),
                  containerName: optional('The container.', dnsLabel()),
                  divisor: optional('The unit.', quantity()),
                }),
                { rules: () => [unitOfResource] },
              ),
            ),
            fileKeyRef: optional('A key of a file that an init container writes.', anyObject()),
          }),
          { rules: () => [oneOfMany(VARIABLE_SOURCES)] },
        ),
      ),
    }),
    {
      must: 'must be an object with `name`, and `value` or `valueFrom`',
      rules: () => [
        {
          message: 'Only one of `value` or `valueFrom` can be specified',
          schema: { not: { required: ['value', 'valueFrom'], properties: { value: { minLength: 1 } } } },
          cel: "!has(self.valueFrom) || !has(self.value) || self.value == ''",
        },
      ],
    },
  );
