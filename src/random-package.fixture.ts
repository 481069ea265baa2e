import fc from 'fast-check';
import { stringify } from 'yaml';
import { validCr } from '../tools/oracle/corpus/cr.ts';
import { isMapping, type JsonObject } from './krm/result.ts';
import { knownReleases, releaseFor, type Release } from './releases/index.ts';

/** A CR of a random package. */
export interface DrawnCr {
  readonly name: string;
  readonly namespace: string | undefined;
  /** As it stands in its file, without the `- ` of a list. */
  readonly text: string;
}

const releases = knownReleases().map((version): Release => {
  const release = releaseFor(version);
  if (release === undefined) throw new Error(`the release ${version} is not known`);
  return release;
});

/** As an editor, a program, and kpt write one object. */
const spellings: readonly ((value: JsonObject) => string)[] = [
  (value) => stringify(value).replace('metadata:\n', 'metadata: # kept\n'),
  (value) => stringify(value, { indentSeq: false, lineWidth: 0, defaultStringType: 'QUOTE_SINGLE' }),
  (value) => JSON.stringify(value),
];

/** The annotations by which kpt tells where in a package an object stands; none where only the object was handed over. */
const places = fc.constantFrom<JsonObject>(
  {},
  placed('stack.yaml', 0),
  placed('stack.yaml', 1),
  placed('team/stack.yaml', 0),
);

function placed(path: string, index: number): JsonObject {
  return {
    'internal.config.kubernetes.io/package-path': '/pkg',
    'internal.config.kubernetes.io/path': path,
    'internal.config.kubernetes.io/index': String(index),
  };
}

const drawnCr: fc.Arbitrary<DrawnCr> = fc
  .record({
    cr: fc.constantFrom(...releases).chain(validCr),
    // Names of which one is the beginning of another, or could be what the other generates.
    name: fc.constantFrom('stack', 'stack-config', 'stack-service', 'b'),
    group: fc.constantFrom('llamastack.io', 'llamastack.io', 'llamastack.ai'),
    place: places,
    spelling: fc.constantFrom(...spellings),
  })
  .map(({ cr, name, group, place, spelling }) => {
    const metadata = isMapping(cr.metadata) ? cr.metadata : {};
    const annotations = { ...(isMapping(metadata.annotations) && metadata.annotations), ...place };
    const value = {
      ...cr,
      apiVersion: `${group}/v1alpha2`,
      metadata: { ...metadata, name, ...(Object.keys(annotations).length > 0 && { annotations }) },
    };
    return { name, namespace: metadata.namespace as string | undefined, text: spelling(value) };
  });

/** The CRs of a package: one to three, in one namespace or two, each of a release of its own. */
export const crs: fc.Arbitrary<readonly DrawnCr[]> = fc.uniqueArray(drawnCr, {
  selector: ({ name, namespace }) => `${String(namespace)}/${name}`,
  minLength: 1,
  maxLength: 3,
});

/** Such CRs, no two of one name. */
export const crsOfOwnNames: fc.Arbitrary<readonly DrawnCr[]> = crs.filter(
  (all) => new Set(all.map(({ name }) => name)).size === all.length,
);

/** What others have in a package: some of it looks much like what is generated from the CRs. */
export const foreign: fc.Arbitrary<readonly string[]> = fc.array(
  fc.constantFrom(
    'apiVersion: v1\nkind: Secret # kept\nmetadata:\n    name: s\ndata: {a:   b}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, annotations: {a.example/b: "1"}}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: stack-config-00000000\n  labels: {app: llama-stack}\ndata:\n  config.yaml: |\n    version: 2',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: stack\n  namespace: theirs\nspec:\n  replicas: 2',
    'apiVersion: example.com/v1\nkind: LlamaStackDistribution\nmetadata:\n  name: stack',
    'kind: Kptfile',
  ),
  { maxLength: 3 },
);
