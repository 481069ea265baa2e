import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCases } from '../../testdata/cases.ts';
import { emitYaml } from '../krm/emitter.ts';
import type { Item } from '../krm/item.ts';
import { resourceListFromFiles } from '../krm/resource-list-from-files.ts';
import { readResourceList, Unreadable } from '../krm/resource-list.ts';
import { isMapping, Report, type Json, type JsonObject } from '../krm/result.ts';
import { readStack } from '../spec/stack.ts';
import { movedFields } from '../spec/v1alpha1-fields.ts';
import type { Version } from '../spec/version.ts';
import { isInPlace, places, withComments, type Comment } from './comments.fixture.ts';
import { convertFile } from './convert.ts';
import { anyCr } from './cr.fixture.ts';

const path = 'stack.yaml';
const runs = Number(process.env.LLSD_RUNS ?? 5000);

/** The text after a conversion that must succeed. */
function converted(text: string, to: Version): string {
  const { text: after, results, conversions } = convertFile({ path, text }, { to, providersFromEnv: false });
  const errors = results.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || conversions.length !== 1) expect([errors, conversions.length, text]).toEqual([[], 1, text]);
  return after;
}

const valueOf = (text: string): Json | undefined => resourceListFromFiles([{ path, text }]).list.items[0]?.value();

/** A value as JSON with its keys in order: what conversions move may stand elsewhere in its mapping. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: Json) =>
    isMapping(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );

/** Converts there and back; returns the text between and the one at the end. */
function expectRoundTrip(text: string, from: Version, value: Json = valueOf(text) ?? null): readonly string[] {
  const there = converted(text, otherThan(from));
  const back = converted(there, from);
  if (sorted(valueOf(back)) !== sorted(value)) expect([back, valueOf(back)]).toEqual([text, value]);
  expect(commentsOf(back)).toEqual(commentsOf(text));
  return [there, back];
}

const otherThan = (version: Version): Version => (version === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1');

/** The comments of a text, each once for every time that it is there. */
const commentsOf = (text: string): string[] =>
  [...text.matchAll(/(?:^|[ \t])#([^"\r\n]*)\r?$/gm)].map(([, comment = '']) => comment.trim()).sort();

/** Whether a comment goes with its field, which both versions have as it stands; else it is kept beside what remains. */
function goesAlong({ field, line }: Comment, version: Version): boolean {
  if (field === 'metadata.annotations') return !line.endsWith('{}');
  if (field.startsWith('spec.networking.expose')) return /^expose: (?:true|false)$/.test(line);
  return (
    !field.startsWith('spec') ||
    movedFields.some((pair) => `${field}.`.startsWith(`${pair[version === 'v1alpha1' ? 0 : 1]}.`))
  );
}

/** What the reader refuses a CR for, without release and base config. */
function faultsOf(cr: Json | undefined): readonly string[] {
  const report = new Report();
  if (isMapping(cr)) readStack(cr, report);
  return report.results.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

/** The one value that v1alpha1 takes and v1alpha2 does not. */
function onlyV1alpha1Takes({ spec }: JsonObject): readonly string[] {
  const server = isMapping(spec) ? spec.server : undefined;
  const budget = isMapping(server) ? server.podDisruptionBudget : undefined;
  const isEmpty = isMapping(budget) && Object.keys(budget).length === 0;
  return isEmpty ? ['`podDisruptionBudget` must have `minAvailable` or `maxUnavailable`'] : [];
}

test.each(['v1alpha1', 'v1alpha2'] as const)(
  'any %s CR is the same after a conversion there and back, comments included, and is taken in both versions or in none',
  (version) => {
    let taken = 0;
    fc.assert(
      fc.property(anyCr(version), places, fc.constantFrom('compact', 'wide'), fc.boolean(), (cr, at, lists, crlf) => {
        const { text, comments } = withComments(emitYaml(cr, 0, lists), at);
        const [there = '', back = ''] = expectRoundTrip(crlf ? text.replaceAll('\n', '\r\n') : text, version, cr);
        if (faultsOf(cr).length === 0) {
          taken += 1;
          expect([faultsOf(valueOf(there)), text]).toEqual([onlyV1alpha1Takes(cr), text]);
        }
        for (const comment of comments) {
          if (goesAlong(comment, version) && !isInPlace(back, comment)) expect([back, comment]).toEqual(text);
        }
      }),
      { numRuns: runs },
    );
    // Else the second law says little.
    expect(taken).toBeGreaterThan(runs / 4);
  },
  600_000,
);

/** The CRs of the cases that can be read, as files of their own. */
function exampleCrs(): { name: string; cr: string; version: Version }[] {
  return readCases().flatMap(({ name: folder, input, expected }) => {
    // Its annotations are such as no conversion writes, and are refused.
    if (folder === 'annotations-of-conversion') return [];
    const list = readResourceList(input.toString());
    if (list instanceof Unreadable || (expected.text ?? '').includes('severity: error')) return [];
    return list.items
      .filter(({ kind, apiVersion }) => kind === 'LlamaStackDistribution' && /^llamastack\.(io|ai)\//.test(apiVersion))
      .filter((item) => isMapping(item.value()))
      .map((item) => ({ name: folder, cr: asFile(item), version: versionOf(item) }));
  });
}

const versionOf = ({ apiVersion }: Item): Version => (apiVersion.endsWith('v1alpha1') ? 'v1alpha1' : 'v1alpha2');

/** An item as it stands in its list, comments included: without the dash, and as far to the left as that. */
function asFile(item: Item): string {
  // Aliases are refused: what they stand for has to be written out first.
  if (item.place !== 'list item' || /[:-] +[&*]\w/.test(item.text)) return emitYaml(item.value());
  const text = item.text.replace('-', ' ');
  const column = text.search(/\S/);
  return text.replaceAll(new RegExp(`^ {${String(column)}}`, 'gm'), '');
}

test.each(exampleCrs())('the CR of $name is the same after a conversion there and back', ({ cr, version }) => {
  expectRoundTrip(cr, version);
});

test('the CRs of the cases have comments', () => {
  expect(exampleCrs().filter(({ cr }) => commentsOf(cr).length > 0).length).toBeGreaterThan(1);
});

const commented = `# above all
apiVersion: llamastack.io/v1alpha1 # the version
kind: LlamaStackDistribution
metadata:
  name: a # the name
spec:
  # above replicas
  replicas: 3 # behind replicas
  server: # behind server
    # above the distribution
    distribution: {name: starter} # behind the distribution
    containerSpec:
      name: own # a name that v1alpha2 has no field for
      # above env
      env:
      # above the first
      - name: A # behind a name
        value: "yes"
    podOverrides: {} # nothing
    # the end of server
  # the end of spec
# the end of all
`;

test('comments stay, each with its field where that is still there', () => {
  expectRoundTrip(commented, 'v1alpha1');
  const there = converted(commented, 'v1alpha2');
  expect(there).toMatch(/# above replicas\n\s+replicas: 3 # behind replicas/);
  expect(there).toMatch(/# above the distribution\n\s+distribution: \{name: starter\} # behind the distribution/);
  // The dashes stay in the column of their key, whatever is between.
  expect(there).toMatch(/# above env\n( +)env:\n\1# above the first\n\1- name: A # behind a name\n\s+value: "yes"/);
  expect(there).toMatch(/# a name that v1alpha2 has no field for\n\s+llamastack\.io\/v1alpha1-extras: /);
  expect(converted(there, 'v1alpha1')).toMatch(/# a name that v1alpha2 has no field for\n\s+name: own\n/);
});

test('fields that move together stay in their order, and the distribution stands first', () => {
  const text = `apiVersion: llamastack.io/v1alpha1
kind: LlamaStackDistribution
metadata: {name: a}
spec:
  replicas: 2
  server:
    storage: {}
    workers: 2
    distribution: {name: starter}
`;
  expect(converted(text, 'v1alpha2')).toContain(
    'spec:\n  distribution: {name: starter}\n  workload:\n    replicas: 2\n    storage: {}\n    workers: 2\n',
  );
});
