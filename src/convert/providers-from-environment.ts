import { isMap, isSeq, type Node, type YAMLSeq } from 'yaml';
import { isMapping, Path, type Json, type JsonObject, type Report } from '../krm/result.ts';
import { commentsIn, mappingAt, pairAt, pairOf, putValue, take, type Mapping } from './fields.ts';
import { unmarked } from './layout.ts';
import type { Move } from './moves.ts';

/** The variables of a provider in the starter's own config; without that of `on` it is not there, or has no credential. */
interface Variables {
  readonly on: string;
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

const byKey = (name: string, endpoint?: string): Variables => ({
  on: `${name}_API_KEY`,
  apiKey: `${name}_API_KEY`,
  ...(endpoint !== undefined && { endpoint }),
});

const variables: Readonly<Record<string, Variables>> = {
  vllm: {
    on: 'VLLM_URL',
    endpoint: 'VLLM_URL',
    apiKey: 'VLLM_API_TOKEN',
    settings: { max_tokens: 'VLLM_MAX_TOKENS' },
  },
  ollama: { on: 'OLLAMA_URL', endpoint: 'OLLAMA_URL' },
  openai: byKey('OPENAI', 'OPENAI_BASE_URL'),
  anthropic: byKey('ANTHROPIC'),
  gemini: byKey('GEMINI'),
  groq: byKey('GROQ'),
  together: byKey('TOGETHER'),
  fireworks: byKey('FIREWORKS'),
  cerebras: byKey('CEREBRAS'),
  sambanova: byKey('SAMBANOVA'),
  nvidia: byKey('NVIDIA', 'NVIDIA_BASE_URL'),
};

/** Variables that turn further providers of the starter on, or set fields that not every release has. */
const others = ['TGI_URL', 'AZURE_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'VERTEX_AI_PROJECT', 'VLLM_TLS_VERIFY'];

const OVERRIDES = 'spec.workload.overrides';
const ENV = `${OVERRIDES}.env`;

/** A variable of the CR: where it stands in the list, and what it says. */
interface Given {
  readonly index: number;
  readonly variable: JsonObject;
}

type Env = ReadonlyMap<string, Given>;

/** What becomes of the variables: the fields that they are now, and which of them are no longer needed. */
interface Outcome {
  readonly moves: Move[];
  readonly taken: Set<number>;
}

/**
 * Makes providers of well-known variables of a CR that is v1alpha2 by now: a secret stays a reference; a variable whose value
 * cannot move stays, and the provider reads it.
 */
export function providersFromEnvironment(cr: Mapping, before: JsonObject, report: Report): readonly Move[] {
  const holder = mappingAt(cr, OVERRIDES);
  const list = holder && pairOf(holder, 'env')?.value;
  if (!isSeq(list) || mappingAt(cr, 'spec.overrideConfig') || mappingAt(cr, 'spec.providers.inference')) return [];
  const env = envOf(before);
  const outcome: Outcome = { moves: [], taken: new Set() };
  const providers = Object.entries(variables)
    .filter(([, { on }]) => env.has(on))
    .map(([provider, names]) => providerOf(provider, names, env, outcome, report));
  const [first] = providers;
  if (first === undefined) return [];
  for (const name of others) {
    const given = env.get(name);
    if (given === undefined) continue;
    report.warning(
      pathOf(given),
      `${name} does nothing beside \`spec.providers.inference\`, which takes the place of the starter's own providers: write there what it said, or set the option \`providerMerge: Overlay\``,
    );
  }
  const comments = removeVariables(cr, list, outcome.taken);
  putValue(cr, 'spec.providers.inference', providers.length === 1 ? first : providers);
  const made = pairAt(cr, 'spec.providers');
  if (made && comments.length > 0) made.key.commentBefore = comments.join('\n');
  return outcome.moves;
}

function providerOf(
  provider: string,
  { endpoint, apiKey, settings = {} }: Variables,
  env: Env,
  { moves, taken }: Outcome,
  report: Report,
): JsonObject {
  const expression = (name: string): string => `\${env.${name}}`;
  const take = (field: string, { index }: Given): void => {
    taken.add(index);
    moves.push([`${ENV}[${String(index)}]`, `spec.providers.inference (${provider}).${field}`]);
  };
  const fields: Record<string, Json> = { id: provider, provider };
  const others: Record<string, Json> = {};
  const address = env.get(endpoint ?? '');
  if (address !== undefined && endpoint !== undefined) {
    const { value } = address.variable;
    // Kubernetes fills in `$(OTHER)` in variables alone.
    const isWhole = typeof value === 'string' && !value.includes('$(');
    fields.endpoint = isWhole ? value : expression(endpoint);
    if (isWhole) take('endpoint', address);
  }
  const credential = env.get(apiKey ?? '');
  if (credential !== undefined && apiKey !== undefined) {
    const reference = referenceOf(credential.variable);
    if (reference !== undefined) {
      fields.apiKey = reference;
      take('apiKey', credential);
    } else {
      others.api_key = expression(apiKey);
      report.warning(
        pathOf(credential),
        `${apiKey} stays a variable, which the provider reads: only a reference to a Secret becomes \`apiKey\``,
      );
    }
  }
  for (const [field, name] of Object.entries(settings)) if (env.has(name)) others[field] = expression(name);
  return { ...fields, ...(Object.keys(others).length > 0 && { settings: others }) };
}

/** Takes variables out of the list, and what is then empty around it; returns the comments that stood with them. */
function removeVariables(cr: Mapping, list: YAMLSeq, taken: ReadonlySet<number>): readonly string[] {
  const comments = [...taken].sort((a, b) => a - b).flatMap((index) => commentsOfItem(list, index));
  list.items = list.items.filter((_, index) => !taken.has(index));
  const emptied = list.items.length === 0 ? [ENV, OVERRIDES, 'spec.workload'] : [];
  for (const path of emptied) {
    const inner = pairAt(cr, path)?.value;
    if (isSeq(inner) || (isMap(inner) && inner.items.length === 0)) take(cr, path);
  }
  return comments;
}

/** The comments of a variable; the library holds one above the first of them for the list. */
function commentsOfItem(list: YAMLSeq, index: number): readonly string[] {
  const above = index === 0 ? list.commentBefore : undefined;
  if (index === 0) list.commentBefore = null;
  return [...(above == null ? [] : [unmarked(above)]), ...commentsIn(list.items[index] as Node)];
}

/** The variables that say something, by name. */
function envOf({ spec }: JsonObject): Env {
  const server = isMapping(spec) ? spec.server : undefined;
  const container = isMapping(server) ? server.containerSpec : undefined;
  const env = isMapping(container) ? container.env : undefined;
  const found = new Map<string, Given>();
  for (const [index, variable] of (Array.isArray(env) ? (env as readonly Json[]) : []).entries()) {
    if (!isMapping(variable) || typeof variable.name !== 'string') continue;
    if ((variable.value ?? '') !== '' || variable.valueFrom !== undefined)
      found.set(variable.name, { index, variable });
  }
  return found;
}

const pathOf = ({ index }: Given): Path =>
  ['server', 'containerSpec', 'env'].reduce((at, key) => at.field(key), Path.root.field('spec')).item(index);

function referenceOf({ valueFrom }: JsonObject): Json | undefined {
  const reference = isMapping(valueFrom) ? valueFrom.secretKeyRef : undefined;
  if (!isMapping(reference) || reference.optional === true) return undefined;
  return { secretKeyRef: { name: reference.name ?? null, key: reference.key ?? null } };
}
