import * as z from 'zod/mini';
import { absolutePath, dataKey, dnsLabel, dnsSubdomain, labelKey, labelValue, quantity } from './formats.ts';
import type { JsonObject } from '../krm/result.ts';
import { absent, oneOfMany, excludes, given, implies, valued } from './rules.ts';
import {
  anyObject,
  choice,
  flag,
  integer,
  list,
  map,
  object,
  optional,
  required,
  text,
  worded,
  type Rule,
} from './shape.ts';

/** A string that may be empty. */
const anyString = (must = 'must be a string') => worded(z.string(), { must });

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

/** The kinds of volume of the Kubernetes API v1. */
export const VOLUME_SOURCES = [
  'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'configMap', 'csi', 'downwardAPI', 'emptyDir',
  'ephemeral', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'hostPath', 'image', 'iscsi',
  'nfs', 'persistentVolumeClaim', 'photonPersistentDisk', 'portworxVolume', 'projected', 'quobyte', 'rbd', 'scaleIO',
  'secret', 'storageos', 'vsphereVolume',
] as const; // prettier-ignore

const volumeSource = anyObject();

/** `Volume` of the Kubernetes API; what a source holds is left to the API server. */
export const volume = () =>
  object(
    () => ({
      name: required('The name that mounts use.', dnsLabel()),
      ...(Object.fromEntries(
        VOLUME_SOURCES.map((source) => [source, optional(`A volume of the kind ${source}.`, volumeSource)]),
      ) as Record<(typeof VOLUME_SOURCES)[number], z.ZodMiniOptional<typeof volumeSource>>),
    }),
    {
      must: 'must be an object with `name` and one kind of volume, such as `{name: cache, emptyDir: {}}`',
      rules: () => [oneOfMany(VOLUME_SOURCES, 'A volume must have exactly one kind, such as `emptyDir: {}`')],
    },
  );

/** A path in a volume; empty is the volume itself. */
const relativePath = () => text({ must: 'must be a relative path without ".."', but: /^\/|(?:^|\/)\.\.(?:\/|$)/ }, /^/);

const RECURSIVE = valued('recursiveReadOnly', 'IfPossible', 'Enabled');
const NOT_RECURSIVE = "!has(self.recursiveReadOnly) || self.recursiveReadOnly == 'Disabled'";

/** `VolumeMount` of the Kubernetes API; `Bidirectional` is left out, which only privileged containers may have. */
export const volumeMount = () =>
  object(
    () => ({
      name: required('The name of the volume.', dnsLabel()),
      mountPath: required('Where it is mounted.', absolutePath()),
      readOnly: optional('Whether it is read-only.', flag()),
      recursiveReadOnly: optional(
        'Whether the mounts below are read-only too.',
        choice('Disabled', 'IfPossible', 'Enabled'),
      ),
      subPath: optional('The path in the volume.', relativePath()),
      subPathExpr: optional('The path in the volume, with variables.', relativePath()),
      mountPropagation: optional('How mounts spread.', choice('None', 'HostToContainer')),
    }),
    {
      must: 'must be an object with `name` and `mountPath`',
      rules: () => [
        excludes('subPath', 'subPathExpr'),
        {
          message: '`recursiveReadOnly` needs `readOnly: true` beside it',
          schema: implies(RECURSIVE, valued('readOnly', true)),
          cel: `(has(self.readOnly) && self.readOnly) || ${NOT_RECURSIVE}`,
        },
        {
          message: '`mountPropagation` must be "None" beside `recursiveReadOnly`',
          schema: { not: { allOf: [RECURSIVE, valued('mountPropagation', 'HostToContainer')] } },
          cel: `!has(self.mountPropagation) || self.mountPropagation == 'None' || ${NOT_RECURSIVE}`,
        },
      ],
    },
  );

const valuesOfOperator: Rule = {
  message: '`In` and `NotIn` need at least one of `values`, and the other operators take none',
  schema: {
    oneOf: [
      { allOf: [valued('operator', 'In', 'NotIn'), given('values'), { properties: { values: { minItems: 1 } } }] },
      { allOf: [valued('operator', 'Exists', 'DoesNotExist'), { properties: { values: { maxItems: 0 } } }] },
    ],
  },
  cel: "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
};

/** `LabelSelector` of the Kubernetes API. */
const labelSelector = () =>
  object(() => ({
    matchLabels: optional('Labels that must be equal.', map(labelValue(), {}, labelKey())),
    matchExpressions: optional(
      'Conditions on labels.',
      list(
        object(
          () => ({
            key: required('The key of the label.', labelKey()),
            operator: required('How it is compared.', choice('In', 'NotIn', 'Exists', 'DoesNotExist')),
            values: optional('What it is compared with.', list(labelValue())),
          }),
          { rules: () => [valuesOfOperator] },
        ),
      ),
    ),
  }));

/** `TopologySpreadConstraint` of the Kubernetes API. */
export const topologySpreadConstraint = () =>
  object(
    () => ({
      maxSkew: required('By how many pods two domains may differ.', integer(1)),
      topologyKey: required('The label of nodes that makes a domain.', labelKey()),
      whenUnsatisfiable: required(
        'What happens to a pod that fits nowhere.',
        choice('DoNotSchedule', 'ScheduleAnyway'),
      ),
      labelSelector: optional('The pods that count.', labelSelector()),
      matchLabelKeys: optional('Labels whose values must equal those of the pod.', list(labelKey())),
      minDomains: optional('The fewest domains.', integer(1)),
      nodeAffinityPolicy: optional('Whether node affinity counts.', choice('Honor', 'Ignore')),
      nodeTaintsPolicy: optional('Whether taints count.', choice('Honor', 'Ignore')),
    }),
    {
      rules: () => [
        {
          message: '`minDomains` must stand beside `whenUnsatisfiable: DoNotSchedule` only',
          schema: implies(given('minDomains'), valued('whenUnsatisfiable', 'DoNotSchedule')),
          cel: "!has(self.minDomains) || self.whenUnsatisfiable == 'DoNotSchedule'",
        },
        {
          message: '`matchLabelKeys` needs a `labelSelector`, which it narrows',
          schema: {
            anyOf: [
              absent('matchLabelKeys'),
              { properties: { matchLabelKeys: { maxItems: 0 } } },
              given('labelSelector'),
            ],
          },
          cel: '!has(self.matchLabelKeys) || size(self.matchLabelKeys) == 0 || has(self.labelSelector)',
        },
      ],
    },
  );

const RESOURCE = '^(cpu|memory|ephemeral-storage|hugepages-.+|.*/.*)$';

const nameOfResource: Rule = {
  message:
    'A resource must be "cpu", "memory", "ephemeral-storage", "hugepages-" and a size, or a device such as "nvidia.com/gpu"',
  schema: { propertyNames: { pattern: RESOURCE } },
  cel: `self.all(name, name.matches('${RESOURCE}'))`,
};

/** `ResourceRequirements` of the Kubernetes API. */
export const resourceRequirements = () => {
  const amounts = () =>
    map(
      quantity(),
      {
        must: 'must be an object of quantities, such as `{cpu: "2", memory: 4Gi}`',
        examples: [{ cpu: '2', memory: '4Gi' }],
        rules: () => [nameOfResource],
      },
      labelKey(),
    );
  return object(() => ({
    limits: optional('The most that the container may use.', amounts()),
    requests: optional('What the container is given at least.', amounts()),
  }));
};

/** The items of a list whose required fields were valid, as the Kubernetes API types them. */
export function complete<T>(items: readonly (object | undefined)[], needed: readonly (keyof T & string)[]): T[] {
  return items.filter((item) => item !== undefined && needed.every((field) => Object.hasOwn(item, field))) as T[];
}
