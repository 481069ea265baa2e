import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../krm/result.ts';
import { run } from '../run.ts';

/** A result as the output has it. */
export interface Found {
  readonly severity: string;
  readonly message: string;
  readonly field?: { readonly path: string; readonly currentValue?: Json; readonly proposedValue?: Json };
  readonly tags?: Readonly<Record<string, string>>;
}

/** What became of a CR: its results, and its config.yaml unless one of them is an error. */
export interface RenderedCr {
  readonly results: readonly Found[];
  readonly errors: readonly Found[];
  readonly config: Readonly<Record<string, Json>> | undefined;
}

/** Renders a CR of this spec in the words of the release that its image names, or `starter` of `release` without one. */
export function renderCr(release: string, spec: JsonObject, name = 'one'): RenderedCr {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name },
    spec: { distribution: { image: `registry.example/distribution-starter:${release}` }, ...spec },
  };
  const list = JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr] });
  const { out } = run(list, { sha256hex: (text) => createHash('sha256').update(text).digest('hex') });
  const { items, results } = parse(out) as {
    readonly items: readonly { readonly kind: string; readonly data?: Readonly<Record<string, string>> }[];
    readonly results: readonly Found[];
  };
  const config = items.find(({ kind }) => kind === 'ConfigMap')?.data?.['config.yaml'];
  return {
    results,
    errors: results.filter(({ severity }) => severity === 'error'),
    config: config === undefined ? undefined : (parse(config) as Record<string, Json>),
  };
}
