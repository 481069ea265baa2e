import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placedItems } from '../../src/krm/edits.ts';
import type { Item } from '../../src/krm/item.ts';
import { toManifests } from '../../src/krm/resource-list-from-files.ts';
import { readResourceList, Unreadable } from '../../src/krm/resource-list.ts';
import type { JsonObject } from '../../src/krm/result.ts';
import { annotations } from '../../src/names.ts';
import { readCases } from '../../testdata/cases.ts';
import type { ApiServer } from './api-server.ts';

/** The Pod Security levels that `podSecurity` can name; each is the name of a namespace that enforces it. */
export const podSecurityLevels = ['restricted', 'baseline'] as const;

/** What a golden case's output puts into a cluster. */
export interface GoldenObjects {
  readonly name: string;
  readonly items: readonly Item[];
  /** The items as `llsd render` prints them. */
  readonly manifests: string;
  /** The level that the case itself asks for. */
  readonly podSecurity: (typeof podSecurityLevels)[number];
}

/** What the API server said to a case: the text of its refusals, undefined when it admits everything. */
export interface Verdict {
  readonly dryRun: string | undefined;
  readonly podSecurity: string | undefined;
}

/** Every golden case whose output has generated objects. */
export function readGoldenObjects(): GoldenObjects[] {
  return readCases().flatMap(({ name, input, expected }) => {
    const list = readResourceList(expected.text ?? '');
    if (list instanceof Unreadable) return [];
    const items = list.items.filter((item) => item.annotations.has(annotations.generatedFrom));
    if (items.length === 0) return [];
    const podSecurity = /^ *podSecurity: baseline$/m.test(input.toString()) ? 'baseline' : 'restricted';
    return [{ name, items, manifests: toManifests(placedItems(items, [])), podSecurity }];
  });
}

/** Makes the namespaces that the cases use, and one for each Pod Security level. */
export async function makeNamespaces(server: ApiServer, cases: readonly GoldenObjects[]): Promise<void> {
  const used = new Set(cases.flatMap(({ items }) => items.flatMap(({ namespace }) => namespace ?? [])));
  for (const name of used) await server.makeNamespace(name);
  for (const level of podSecurityLevels) {
    await server.makeNamespace(level, { 'pod-security.kubernetes.io/enforce': level });
  }
}

/** Asks the API server about every case, without storing anything. */
export async function judge(server: ApiServer, cases: readonly GoldenObjects[]): Promise<Map<string, Verdict>> {
  const dryRuns = await dryRun(server, cases);
  const pods = await createPods(server, cases);
  return new Map(cases.map(({ name }) => [name, { dryRun: dryRuns.get(name), podSecurity: pods.get(name) }] as const));
}

const strictly = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '--output=name'];

/** Case → refusals. One call of kubectl for all, which does not say whose object was refused; then one for each. */
async function dryRun(server: ApiServer, cases: readonly GoldenObjects[]): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(server.directory, 'manifests-'));
  for (const { name, manifests } of cases) writeFileSync(join(folder, `${name}.yaml`), manifests);
  const { stdout, code } = await server.kubectl([...strictly, '-f', folder]);
  const wanted = cases.reduce((sum, { items }) => sum + items.length, 0);
  if (code === 0 && linesOf(stdout).length === wanted) return new Map();
  const refused = new Map<string, string>();
  for (const { name, items } of cases) {
    const answer = await server.kubectl([...strictly, '-f', join(folder, `${name}.yaml`)]);
    if (answer.code !== 0) refused.set(name, answer.stderr);
    else if (linesOf(answer.stdout).length !== items.length) refused.set(name, 'not every object was applied');
  }
  return refused;
}

/** Case → refusals of the pods that its Deployments describe, in a namespace of the level that it asks for. */
async function createPods(server: ApiServer, cases: readonly GoldenObjects[]): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  for (const level of podSecurityLevels) {
    const folder = mkdtempSync(join(server.directory, 'pods-'));
    const ofLevel = cases.filter(({ podSecurity }) => podSecurity === level);
    const pods = ofLevel.flatMap((one) => podsOf(one).map((pod) => ({ case: one.name, pod, name: pod.metadata.name })));
    for (const { name, pod } of pods) writeFileSync(join(folder, `${name}.json`), JSON.stringify(pod));
    const create = ['create', '--dry-run=server', '--validate=strict', '--output=name', '-n', level, '-f', folder];
    const { stdout, stderr } = await server.kubectl(create);
    const admitted = new Set(linesOf(stdout));
    for (const { case: owner, name } of pods) {
      if (admitted.has(`pod/${name}`)) continue;
      refused.set(owner, linesOf(stderr).find((line) => line.includes(`${name}.json`)) ?? stderr);
    }
  }
  return refused;
}

/** Case × strict dry run and Pod Security, a line each, and the counts. */
export function verdictTable(cases: readonly GoldenObjects[], verdicts: ReadonlyMap<string, Verdict>): string {
  const rows = cases.map((one) => rowOf(one, verdicts.get(one.name)));
  const objects = cases.reduce((sum, { items }) => sum + items.length, 0);
  const pods = cases.flatMap(podsOf).length;
  const refused = rows.filter((row) => row.includes(refusedWord));
  const counts = `${cases.length} cases, ${objects} objects, ${pods} pods; not all admitted: ${refused.length}`;
  const header = ['case', 'objects', 'strict dry run', 'Pod Security'];
  return [
    ...[header, ...rows].map(([name = '', ...cells]) => [name.padEnd(48), ...cells.map(cell)].join('')),
    counts,
  ].join('\n');
}

const refusedWord = 'refused';

function rowOf(one: GoldenObjects, verdict: Verdict | undefined): string[] {
  const word = (refusal: string | undefined): string => (refusal === undefined ? 'admitted' : refusedWord);
  const pods = podsOf(one).length > 0 ? [one.podSecurity, word(verdict?.podSecurity)] : ['no pods'];
  return [one.name, String(one.items.length), word(verdict?.dryRun), ...pods];
}

function cell(text: string): string {
  return text.padEnd(16);
}

interface Deployment {
  readonly spec: { readonly template: { readonly metadata: JsonObject; readonly spec: JsonObject } };
}

interface PodManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: JsonObject & { readonly name: string };
  readonly spec: JsonObject;
}

/** The pods of a case, named after it. */
function podsOf({ name, items }: GoldenObjects): PodManifest[] {
  const deployments = items.filter(({ kind }) => kind === 'Deployment');
  return deployments.map((item, index) => {
    const { metadata, spec } = (item.value() as unknown as Deployment).spec.template;
    return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: `${name}-${index}` }, spec };
  });
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
