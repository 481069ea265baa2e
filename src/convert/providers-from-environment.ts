import { isMap, isSeq, type Node, type YAMLSeq } from 'yaml';
import { isMapping, Path, type Json, type JsonObject, type Report } from '../krm/result.ts';
import { commentsIn, mappingAt, pairAt, pairOf, putValue, take, type Mapping } from './fields.ts';
import { unmarked } from './layout.ts';
import type { Move } from './moves.ts';

/** The variables by which the starter's own config turns providers of inference on. */
const variables: Readonly<Record<string, readonly [provider: string, field: 'endpoint' | 'apiKey']>> = {
  VLLM_URL: ['vllm', 'endpoint'],
  VLLM_API_TOKEN: ['vllm', 'apiKey'],
  OLLAMA_URL: ['ollama', 'endpoint'],
  OPENAI_API_KEY: ['openai', 'apiKey'],
  ANTHROPIC_API_KEY: ['anthropic', 'apiKey'],
  GEMINI_API_KEY: ['gemini', 'apiKey'],
  GROQ_API_KEY: ['groq', 'apiKey'],
  TOGETHER_API_KEY: ['together', 'apiKey'],
  FIREWORKS_API_KEY: ['fireworks', 'apiKey'],
};

const ENV = 'spec.workload.overrides.env';

/**
 * Makes providers of well-known variables of a CR that is v1alpha2 by now: a secret stays a reference, and one that is
 * written out stays where it is, with a warning.
 */
export function providersFromEnvironment(cr: Mapping, before: JsonObject, report: Report): readonly Move[] {
  const holder = mappingAt(cr, 'spec.workload.overrides');
  const list = holder && pairOf(holder, 'env')?.value;
  if (!isSeq(list) || mappingAt(cr, 'spec.overrideConfig') || mappingAt(cr, 'spec.providers.inference')) return [];
  const providers = new Map<string, Record<string, Json>>();
  const moves: Move[] = [];
  const taken = new Set<number>();
  for (const [index, variable] of envOf(before).entries()) {
    const name = isMapping(variable) && typeof variable.name === 'string' ? variable.name : '';
    const [provider, field] = (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? [];
    if (!isMapping(variable) || provider === undefined || field === undefined) continue;
    const value = field === 'endpoint' ? variable.value : referenceOf(variable);
    if (value === undefined) {
      report.warning(
        Path.root.field('spec').field('server').field('containerSpec').field('env').item(index),
        `${name} stays a variable: only ${field === 'endpoint' ? 'a value' : 'a reference to a Secret'} becomes \`${field}\` of a provider`,
      );
      continue;
    }
    taken.add(index);
    providers.set(provider, { ...(providers.get(provider) ?? { id: provider, provider }), [field]: value });
    moves.push([`${ENV}[${String(index)}]`, `spec.providers.inference (${provider}).${field}`]);
  }
  if (providers.size === 0) return [];
  const comments = [...taken].flatMap((index) => commentsOfItem(list, index));
  list.items = list.items.filter((_, index) => !taken.has(index));
  if (list.items.length === 0) {
    take(cr, ENV);
    if (holder?.items.length === 0) take(cr, 'spec.workload.overrides');
    if (isMap(pairOf(cr, 'spec')?.value) && mappingAt(cr, 'spec.workload')?.items.length === 0)
      take(cr, 'spec.workload');
  }
  const found = [...providers.values()];
  putValue(cr, 'spec.providers.inference', found.length === 1 ? (found[0] ?? null) : found);
  const made = pairAt(cr, 'spec.providers');
  if (made && comments.length > 0) made.key.commentBefore = comments.join('\n');
  return moves;
}

/** The comments of a variable; the library holds one above the first of them for the list. */
function commentsOfItem(list: YAMLSeq, index: number): readonly string[] {
  const above = index === 0 ? list.commentBefore : undefined;
  if (index === 0) list.commentBefore = null;
  return [...(above == null ? [] : [unmarked(above)]), ...commentsIn(list.items[index] as Node)];
}

function envOf({ spec }: JsonObject): readonly Json[] {
  const server = isMapping(spec) ? spec.server : undefined;
  const container = isMapping(server) ? server.containerSpec : undefined;
  const env = isMapping(container) ? container.env : undefined;
  return Array.isArray(env) ? (env as readonly Json[]) : [];
}

function referenceOf({ valueFrom }: JsonObject): Json | undefined {
  const reference = isMapping(valueFrom) ? valueFrom.secretKeyRef : undefined;
  if (!isMapping(reference) || reference.optional === true) return undefined;
  return { secretKeyRef: { name: reference.name ?? null, key: reference.key ?? null } };
}
