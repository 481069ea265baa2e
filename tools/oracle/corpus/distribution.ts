import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/krm/result.ts';
import { builtInDistributions, type Release } from '../../../src/releases/index.ts';
import type { Draw } from './draw.ts';

/** A distribution of a generated CR: which one, how the CR names it, and the variables that its base config needs. */
interface GeneratedDistribution {
  readonly name: string;
  readonly distribution: JsonObject;
  readonly annotations: JsonObject;
  readonly env: readonly Json[];
}

/** Those that start by no GPU and have no modules of a vendor; mostly starter. */
export function distributionOf(release: Release): Draw<GeneratedDistribution> {
  const { version } = release;
  const others = builtInDistributions()
    .filter((key) => key.release === version && ['starter-gpu', 'postgres-demo'].includes(key.name))
    .map(({ name }) => name);
  // An image of one's own has the packages of every type.
  const byImage = (name: string): GeneratedDistribution => ({
    name,
    distribution: { image: `registry.example/distribution-${name}:${version}` },
    annotations: {},
    env: variablesOf(name),
  });
  const byAnnotation: GeneratedDistribution = {
    name: 'starter',
    distribution: { image: 'registry.example/own@sha256:' + '1f'.repeat(32) },
    annotations: { 'llamastack.io/distribution': `starter@${version}` },
    env: [],
  };
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(byImage('starter')) },
    { weight: 1, arbitrary: fc.constant(byAnnotation) },
    ...(others.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...others.map(byImage)) }] : []),
  );
}

/** The variables that a distribution's base config names without a default, and the servers that it calls. */
export function variablesOf(distribution: string): readonly Json[] {
  if (distribution.startsWith('starter')) return [];
  return [
    { name: 'INFERENCE_MODEL', value: 'meta-llama/Llama-3.2-3B-Instruct' },
    { name: 'VLLM_URL', value: 'http://vllm:8000/v1' },
    { name: 'VLLM_EMBEDDING_URL', value: 'http://vllm-embedding:8000/v1' },
    { name: 'POSTGRES_HOST', value: 'postgres' },
  ];
}
