import fc from 'fast-check';
import { parse } from 'yaml';
import { readCases } from '../../testdata/cases.ts';
import { respond } from '../../fn/function.ts';
import { textOf } from '../../fn/utf8.ts';
import { builtIn, builtInDistributions, releaseFor, type DistributionKey } from '../../src/releases/index.ts';
import type { JsonObject, Result } from '../../src/krm/result.ts';
import { validCr } from './corpus/cr.ts';
import { variablesOf } from './corpus/distribution.ts';
import { podsOf, type Pod } from './pod.ts';

/** What is rendered and booted: its name, and the ResourceList that holds its CR. */
export interface OracleCase {
  readonly name: string;
  readonly input: Buffer;
  /** What is taken out or put right in the shipped config that it starts from. */
  readonly mended?: string;
  /** Whether it must render without an error; else an error ends it. */
  readonly valid: boolean;
}

/** A case after rendering: its pods, or the errors instead. */
export type Rendered = { readonly pods: readonly Pod[] } | { readonly refused: readonly Result[] };

/** Every folder of `testdata`. */
export function goldenCases(): readonly OracleCase[] {
  return readCases().map(({ name, input }) => ({ name, input, valid: false }));
}

/** A CR for every distribution that is built in for a release. */
export function baseCases(release: string): readonly OracleCase[] {
  return builtInDistributions()
    .filter((key) => key.release === release)
    .map((key) => {
      const mended = builtIn(key.name, key.release)?.mended;
      const name = `${key.name}@${key.release}`;
      return { name, input: inputOf(crFor(key)), valid: true, ...(mended !== undefined && { mended }) };
    });
}

/** So many valid CRs for a release, the same ones for the same seed. */
export function corpusCases(version: string, seed: number, count: number): readonly OracleCase[] {
  const release = releaseFor(version);
  if (release === undefined) throw new Error(`the release ${version} is not known`);
  return fc
    .sample(validCr(release), { seed, numRuns: count })
    .map((cr, index) => ({ name: `seed ${seed} case ${index}`, input: inputOf(cr), valid: true }));
}

/** A ResourceList with one CR. */
export function inputOf(cr: JsonObject): Buffer {
  return Buffer.from(JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr] }));
}

/** A CR with this distribution and nothing else; its image is one's own, since some have no name that is known. */
function crFor({ name, release }: DistributionKey): JsonObject {
  const env = variablesOf(name);
  return {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'base' },
    spec: {
      distribution: { image: `registry.example/distribution-${name}:${release}` },
      ...(env.length > 0 && { workload: { overrides: { env } } }),
    },
  };
}

/**
 * Renders a case as the program does. Where an error proposes another `spec.disabled`, that is taken: it must be the list
 * that works.
 */
export function render(one: OracleCase, proposals = 2): Rendered {
  const { out, code } = respond(textOf(one.input));
  if (code === 0) return { pods: podsOf(out) };
  if (!one.valid) return { refused: [] };
  const { items, results } = parse(out) as { items: readonly JsonObject[]; results: readonly Result[] };
  const refused = results.filter(({ severity }) => severity === 'error');
  const [cr] = items;
  const proposed =
    refused.length === 1 && refused[0]?.field?.path === 'spec.disabled' && refused[0].field.proposedValue;
  if (!Array.isArray(proposed) || cr === undefined || proposals === 0) return { refused };
  const input = inputOf({ ...cr, spec: { ...(cr.spec as JsonObject), disabled: proposed } });
  return render({ ...one, input }, proposals - 1);
}
