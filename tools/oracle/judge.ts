import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, Started } from './cluster.ts';
import { complaints } from './log.ts';
import { differences, idOf } from './meaning.ts';
import type { Pod } from './pod.ts';
import { chatWith, questionsFor } from './questions.ts';
import type { Boot, BootQuestion, Loaded, Server } from './server.ts';
import { bootByCommandLine } from './command-line.ts';
import { afterStartProgram } from './start-program.ts';

/** What came of one pod. */
export interface Verdict {
  /** The real server runs and answers. */
  readonly boots: boolean;
  /** Why it was only loaded, by the server's own loader, where it cannot be booted on this machine. */
  readonly loadsOnly?: string;
  /** Everything that is wrong; none when the server means what the CR says. */
  readonly faults: readonly string[];
}

/** Seconds that a boot may take on a busy machine. */
const patience = 120;

/** Boots a pod on the server of its release and compares what it is with what its CR says. */
export async function judge(pod: Pod, text: string, server: Server, cluster: Cluster): Promise<Verdict> {
  const started = await cluster.start(pod, text);
  try {
    const loadsOnly = reasonToOnlyLoad(pod);
    const loaded = await server.load(text, await afterStartProgram(pod, started));
    const wrong = loadFaults(loaded);
    if (loadsOnly !== undefined) return { boots: false, loadsOnly, faults: wrong };
    const { get, post } = questionsFor(pod.release);
    const chats = chatsOf(pod);
    cluster.upstream.list(started.id, upstreamModels(pod));
    const question: BootQuestion = {
      config: started.file,
      env: started.env,
      state: started.state,
      ...(Object.keys(pod.program).length > 0 && { program: pod.program }),
      get,
      post: [...post, ...chats.map(({ id }) => chatWith(id))],
      timeout: patience,
      tls: pod.stack.networking.tls !== undefined,
    };
    // With several workers the server starts itself anew, which a fork of it cannot.
    const boot = await ((pod.stack.workload.workers ?? 1) > 1
      ? bootByCommandLine(pod.release.version, question)
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

/** Provider type → what its vendor's package needs and the servers' environments here lack. */
const missingHere: Readonly<Record<string, string>> = {
  'inline::milvus': 'milvus-lite',
  'inline::chromadb': 'the whole of chromadb, not its client alone',
  'inline::docling': 'docling',
  'inline::huggingface-gpu': 'torch',
  'inline::torchtune-cpu': 'torch',
  'inline::torchtune-gpu': 'torch',
};

/** Types that this machine cannot run: what they need at start is not here. */
function reasonToOnlyLoad({ release, stack }: Pod): string | undefined {
  for (const { api: written, provider = '' } of stack.providers) {
    const api = release.renamedApis[written] ?? written;
    const types = release.providers[api] ?? {};
    const type = [provider, `remote::${provider}`, `inline::${provider}`].map((name) => types[name]).find(Boolean);
    if (type === undefined) continue;
    if (type.reachesAtStart === 'always') return `${type.type} waits at start for what it connects to`;
    const missing = missingHere[type.type];
    if (missing !== undefined) return `${type.type} needs ${missing}`;
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

/** One request for each model of the CR whose provider is called by URL. */
function chatsOf(pod: Pod): readonly Chat[] {
  const { stack, release } = pod;
  return stack.resources.models.flatMap((model) => {
    if ((model.modelType ?? 'llm') !== 'llm') return [];
    const own = stack.providers.filter(({ api }) => api === 'inference');
    const provider = model.provider === undefined ? own[0] : own.find((entry) => idOf(entry) === model.provider);
    const type = provider?.provider?.split('::').at(-1) ?? '';
    if (!provider?.endpoint?.startsWith('http') || !openAiTypes.includes(type)) return [];
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
    const host = provider.endpoint.replace(/^https?:\/\//, '').replace(/[/?#].*$/, '');
    return [{ id, host, model: name, token: provider.apiKey && variable?.name }];
  });
}

/** Up to 0.5 the server registers a model only if its provider lists it; later a list would hide what was not registered. */
function upstreamModels({ release, stack }: Pod): readonly string[] {
  return release.checksModelsAtStart ? stack.resources.models.map((model) => model.providerModelId ?? model.name) : [];
}

/** Where a request to a model did not reach its provider's host with its name and its key. */
function chatFaults(pod: Pod, started: Started, boot: Boot, cluster: Cluster): readonly string[] {
  const asked = cluster.upstream.requests(started.id);
  return chatsOf(pod).flatMap(({ id, host, model, token }, index) => {
    const [status, body] = boot.post[questionsFor(pod.release).post.length + index] ?? [0, null];
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
