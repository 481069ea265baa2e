import type { Json, Path, Report } from '../krm/result.ts';
import { dnsLabel, toLabel } from './formats.ts';
import { readShape } from './read-shape.ts';
import { anyObject, anything, list, map, object, optional, required, string, text } from './shape.ts';

/** The longest name whose objects' names are DNS labels too: the limit of the operator. */
const LONGEST_NAME = 48;

const strings = (what: string) =>
  map(string({ must: `must be a string: write it in quotes` }), {
    must: `must be an object of ${what}, each a string`,
  });

const keptByCluster = optional('Kept by the cluster.', anything());

/** What the readers need of `metadata`. */
export interface Metadata {
  /** Empty where it is missing or invalid. */
  readonly name: string;
  readonly namespace?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** `metadata` as written: `ObjectMeta` of the Kubernetes API, with the names that this CR can have. */
export const metadataSchema = object(
  () => ({
    name: required(
      'The name, from which all objects are named.',
      text(
        {
          must: `must be at most ${LONGEST_NAME} lower-case letters, digits or "-", with a letter first and a letter or digit last`,
          propose: (value) => {
            const label = toLabel(value, LONGEST_NAME);
            return label !== undefined && /^[0-9]/.test(label)
              ? `s-${label}`.slice(0, LONGEST_NAME).replace(/-+$/, '')
              : label;
          },
        },
        /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
        LONGEST_NAME,
      ),
    ),
    namespace: optional('The namespace of all objects.', dnsLabel()),
    labels: optional('Labels.', strings('labels')),
    annotations: optional('Annotations.', strings('annotations')),
    generateName: optional('Not used: the name must be known.', text()),
    finalizers: optional('Kept by the cluster.', list(text())),
    ownerReferences: optional('Kept by the cluster.', list(anyObject())),
    managedFields: optional('Kept by the cluster.', list(anyObject())),
    creationTimestamp: keptByCluster,
    deletionTimestamp: keptByCluster,
    deletionGracePeriodSeconds: keptByCluster,
    generation: keptByCluster,
    resourceVersion: keptByCluster,
    selfLink: keptByCluster,
    uid: keptByCluster,
  }),
  { must: 'must be an object with `name`' },
);

/** Reads `metadata` of a CR. */
export function readMetadata(value: Json | undefined, at: Path, report: Report): Metadata {
  if (value === undefined) report.error(at, '`metadata` is required and must be an object with `name`');
  const { name = '', namespace, annotations = {} } = readShape(metadataSchema, value, at, report) ?? {};
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    annotations: annotations,
  };
}
