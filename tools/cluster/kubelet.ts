import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/krm/result.ts';
import type { ApiServer } from './api-server.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly name: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const node = 'node';

/**
 * Stands for scheduler and kubelet of a cluster with one node, where every pod starts and becomes ready. One round looks
 * at all pods once; since pods become ready and end in rounds alone, no state between two rounds goes unseen.
 */
export class Kubelet {
  readonly #rounds: (readonly string[])[] = [];
  readonly #age = new Map<string, number>();
  #running = true;
  #loop: Promise<void> | undefined;

  constructor(
    private readonly server: ApiServer,
    private readonly namespace: string,
  ) {}

  /** Registers the node and goes round until `stop`. */
  async start(): Promise<void> {
    await this.server.request('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
    this.#loop = this.#run();
  }

  /** Ends after the present round; what failed in a round is thrown here. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#loop;
  }

  /** The rounds since the last call, each the pods of `namespace` that were ready and not told to end. */
  takeRounds(): (readonly string[])[] {
    return this.#rounds.splice(0);
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const { items } = (await this.server.request('GET', '/api/v1/pods')) as unknown as { items: readonly Pod[] };
      const ready = items.filter((pod) => pod.metadata.namespace === this.namespace && isReady(pod));
      this.#rounds.push(ready.map(({ metadata }) => metadata.name));
      for (const pod of items) await this.#care(pod);
      await sleep(100);
    }
  }

  /** Does one thing for a pod; starting and ending take a few rounds, as for a real server. */
  async #care(pod: Pod): Promise<void> {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods`;
    const one = `${path}/${pod.metadata.name}`;
    const ending = pod.metadata.deletionTimestamp !== undefined;
    const key = `${one}${ending ? ' ending' : ''}`;
    const age = (this.#age.get(key) ?? 0) + 1;
    this.#age.set(key, age);
    if (ending && age === 3) await this.server.request('DELETE', `${one}?gracePeriodSeconds=0`);
    else if (!ending && pod.spec.nodeName === undefined)
      await this.server.request('POST', `${one}/binding`, binding(pod));
    else if (!ending && age === 4) {
      await this.server.request('PATCH', `${one}/status`, { status: running }, 'application/merge-patch+json');
    }
  }
}

const running: JsonObject = {
  phase: 'Running',
  conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' })),
};

function isReady({ metadata, status }: Pod): boolean {
  const ready = status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  return ready && metadata.deletionTimestamp === undefined;
}

function binding({ metadata: { name } }: Pod): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
}
