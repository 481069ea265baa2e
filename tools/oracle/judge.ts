import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { emitYaml } from '../../src/krm/emitter.ts';
import { isMapping, type JsonObject } from '../../src/krm/result.ts';
import type { Provider } from '../../src/spec/providers.ts';
import type { Model } from '../../src/spec/resources.ts';
import type { Boot, BootQuestion } from './boot.ts';
import type { Cluster, Started } from './cluster.ts';
import { complaints } from './log.ts';
import { differences, idOf } from './meaning.ts';
import { missingHere } from './missing-here.ts';
import type { Pod } from './pod.ts';
import { chatWith, questionsFor } from './questions.ts';
import type { Loaded, Server } from './server.ts';
import { afterStartProgram } from './start-program.ts';
import type { Served } from './upstream.ts';
import { withoutModules } from './without-modules.ts';

/** What came of one pod. */
export interface Verdict {
  /** The real server runs and answers. */
  readonly boots: boolean;
  /** Why it was only loaded, by the server's own loader, where it cannot be booted on this machine. */
  readonly loadsOnly?: string;
  /** What was taken out of the config, since it is not on this machine. */
  readonly without?: string;
  /** Everything that is wrong; none when the server means what the CR says. */
  readonly faults: readonly string[];
}

/** Seconds that a boot may take on a busy machine. */
const patience = 240;

/** Boots a pod on the server of its release and compares what it is with what its CR says. */
export async function judge(written: Pod, text: string, server: Server, cluster: Cluster): Promise<Verdict> {
  const { pod, tree, modules } = withoutModules(written, parse(text) as JsonObject);
  const known = modules.length === 0 ? text : emitYaml(tree);
  const started = await cluster.start(pod, known);
  const without = modules.length > 0 && { without: `the modules ${modules.join(', ')}` };
  try {
    const loadsOnly = reasonToOnlyLoad(pod, tree);
    const loaded = await server.load(known, await afterStartProgram(pod, started));
    const wrong = loadFaults(loaded);
    // Without what a type needs here its config class cannot be imported either.
    if (loadsOnly?.includes('torch')) return { boots: false, loadsOnly, faults: [] };
    if (loadsOnly !== undefined) return { boots: false, loadsOnly, faults: wrong };
    const { get, post } = questionsFor(pod.release);
    const chats = chatsOf(pod);
    const asked = chats.map(({ id }) => chatWith(id));
    cluster.upstream.list(started.id, upstreamModels(pod));
    const question: BootQuestion = {
      config: started.file,
      env: started.env,
      state: started.state,
      ...(Object.keys(pod.program).length > 0 && { program: pod.program }),
      get,
      post: [...post, ...asked],
      timeout: patience,
      tls: pod.stack.networking.tls !== undefined,
    };
    // With several workers the server starts itself anew, which a fork of it cannot.
    const workers = isMapping(tree.server) ? tree.server.workers : undefined;
    const boot = await (typeof workers === 'number' && workers > 1
      ? server.bootByCommandLine(question)
      : server.boot(question));
    if (boot.verdict !== 'ok') {
      return {
        boots: false,
        faults: [...wrong, `${boot.verdict}: ${boot.error_type ?? ''} ${boot.error ?? ''} ${tail(boot)}`],
      };
    }
    const log = readFileSync(join(started.state, 'log'), 'utf8');
    return {
      boots: true,
      ...without,
      faults: [
        ...wrong,
        ...differences({ pod, started, boot, loaded }),
        ...chatFaults(pod, started, boot, cluster),
        ...complaints(log),
      ],
    };
  } finally {
    cluster.remove(started);
  }
}

function tail({ log_tail }: Boot): string {
  return log_tail.slice(-600);
}

/** The entries of a config that are there whatever the environment. */
function steady(tree: JsonObject): readonly (readonly [api: string, entry: JsonObject])[] {
  const providers = isMapping(tree.providers) ? Object.entries(tree.providers) : [];
  return providers
    .flatMap(([api, entries]) => (entries as readonly JsonObject[]).map((entry) => [api, entry] as const))
    .filter(([, { provider_id }]) => typeof provider_id === 'string' && !provider_id.includes(':+'));
}

/** Why a config cannot run on this machine: what one of its types needs at start is not here. */
function reasonToOnlyLoad({ release, stack }: Pod, tree: JsonObject): string | undefined {
  const asked = new Set(stack.providers.map(idOf));
  for (const [api, { provider_id, provider_type }] of steady(tree)) {
    const name = provider_type as string;
    const missing = missingHere(api, name);
    if (missing !== undefined) return `${name} needs ${missing}`;
    const waits = release.providers[api]?.[name]?.reachesAtStart === 'always';
    if (waits && asked.has(provider_id as string)) return `${name} waits at start for what it connects to`;
  }
  return undefined;
}

function loadFaults(loaded: Loaded): readonly string[] {
  return [...loaded.errors, ...loaded.ignored.map((key) => `the server ignores ${key}`)];
}

interface Chat {
  readonly id: string;
  readonly host: string;
  readonly model: string;
  readonly token: string | undefined;
}

/** The provider types that speak the OpenAI protocol to the URL that they are given. */
const openAiTypes = [
  'vllm',
  'ollama',
  'openai',
  'llama-openai-compat',
  'llama-cpp-server',
  'groq',
  'fireworks',
  'cerebras',
  'nvidia',
  'runpod',
  'sambanova',
  'passthrough',
];

/** Those of them that ask for no key. */
const keyless = ['vllm', 'ollama', 'llama-cpp-server'];

/** One request for each model of the CR whose provider is called by URL. */
function chatsOf(pod: Pod): readonly Chat[] {
  const { stack, release } = pod;
  return stack.resources.models.flatMap((model) => {
    if ((model.modelType ?? 'llm') !== 'llm') return [];
    const provider = providerOf(model, stack.providers);
    const type = provider?.provider?.split('::').at(-1) ?? '';
    if (!provider?.endpoint?.startsWith('http') || !openAiTypes.includes(type)) return [];
    // Without a key of the CR clients bring theirs with each request.
    if (provider.apiKey === undefined && !keyless.includes(type)) return [];
    const name = model.providerModelId ?? model.name;
    const server = release.modelIdentifier === 'provider_model_id' ? name : model.name;
    const id =
      server.startsWith(`${idOf(provider)}/`) && release.modelIdentifier === 'model_id'
        ? server
        : `${idOf(provider)}/${server}`;
    const variable = pod.env.find(
      ({ valueFrom }) =>
        valueFrom?.secretKeyRef?.name === provider.apiKey?.name &&
        valueFrom?.secretKeyRef?.key === provider.apiKey?.key,
    );
    return [{ id, host: hostOf(provider.endpoint), model: name, token: provider.apiKey && variable?.name }];
  });
}

function providerOf(model: Model, providers: readonly Provider[]): Provider | undefined {
  const own = providers.filter(({ api }) => api === 'inference');
  return model.provider === undefined ? own[0] : own.find((entry) => idOf(entry) === model.provider);
}

/** `"https://vllm:8000/v1" → "vllm:8000"` */
const hostOf = (endpoint: string) => endpoint.replace(/^https?:\/\//, '').replace(/[/?#].*$/, '');

/** Up to 0.5 the server registers a model only if its provider lists it; later a list would hide what was not registered. */
function upstreamModels({ release, stack }: Pod): readonly Served[] {
  const asksAtStart = stack.providers.some(
    ({ api, provider = '' }) =>
      api === 'inference' &&
      release.providers.inference?.[`remote::${provider.replace(/^remote::/, '')}`]?.reachesAtStart,
  );
  return release.checksModelsAtStart || asksAtStart
    ? stack.resources.models.map((model) => {
        const endpoint = providerOf(model, stack.providers)?.endpoint;
        const host = endpoint?.startsWith('http') === true ? hostOf(endpoint) : undefined;
        return { name: model.providerModelId ?? model.name, host };
      })
    : [];
}

/** Where a request to a model did not reach its provider's host with its name and its key. */
function chatFaults(pod: Pod, started: Started, boot: Boot, cluster: Cluster): readonly string[] {
  const asked = cluster.upstream.requests(started.id);
  return chatsOf(pod).flatMap(({ id, host, model, token }, index) => {
    const [status, body] = boot.post.at(index - chatsOf(pod).length) ?? [0, null];
    if (status !== 200) return [`a request to the model "${id}" is answered with ${status}: ${JSON.stringify(body)}`];
    const arrived = asked.some(
      (request) =>
        request.path.endsWith('/chat/completions') &&
        request.host === host &&
        request.model === model &&
        (token === undefined || request.authorization === `Bearer ${started.ownEnv[token] ?? ''}`),
    );
    return arrived
      ? []
      : [
          `a request to the model "${id}" came to no "${host}" with the model "${model}" and its key: ${JSON.stringify(asked)}`,
        ];
  });
}
