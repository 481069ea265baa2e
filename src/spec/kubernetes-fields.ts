import { labelKey, labelValue, quantity } from './formats.ts';
import { absent, given, implies, valued } from './rules.ts';
import { choice, integer, list, map, object, optional, required, type Rule } from './shape.ts';

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
