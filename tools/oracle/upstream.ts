import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Json, JsonObject } from '../../src/krm/result.ts';

/** A request that the stand-in got: `/<case>/<host>/v1/chat/completions` in its parts. */
export interface UpstreamRequest {
  /** The host of the endpoint that was called: `vllm:8000`. */
  readonly host: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly model: Json | undefined;
}

/** A model that an upstream of a case says that it serves. */
export interface Served {
  readonly name: string;
  /** The host that alone says so; without one it is every host that says nothing else. */
  readonly host?: string | undefined;
}

/** Stands in for everything that serves models: each case calls `<origin>/<case>/<host of its endpoint>/…`. */
export class Upstream {
  readonly #server = createServer((request, response) => {
    void this.#answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  readonly #requests = new Map<string, UpstreamRequest[]>();
  readonly #models = new Map<string, readonly Served[]>();

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** `http://127.0.0.1:40001` */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the case's upstreams say that they serve. */
  list(id: string, models: readonly Served[]): void {
    this.#models.set(id, models);
  }

  /** What was asked of the case's upstreams. */
  requests(id: string): readonly UpstreamRequest[] {
    return this.#requests.get(id) ?? [];
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage): Promise<readonly [number, JsonObject]> {
    const [, id = '', host = '', ...rest] = (request.url ?? '').replace(/\?.*/, '').split('/');
    const path = `/${rest.join('/')}`;
    const body = request.method === 'POST' ? ((await json(request).catch(() => ({}))) as JsonObject) : {};
    const { authorization } = request.headers;
    this.#requests.set(id, [...this.requests(id), { host, path, authorization, model: body.model }]);
    if (path.endsWith('/models')) return [200, this.#listing(id, host)];
    if (path.endsWith('/ml/v1/foundation_model_specs')) return [200, this.#watsonxListing(id, host)];
    if (/\/v1\/(traces|metrics|logs)$/.test(path)) return [200, {}];
    if (path.endsWith('/chat/completions')) return [200, completion(body)];
    if (path.endsWith('/embeddings')) return [200, embedding(body)];
    return [404, { error: { message: `${path} is not served` } }];
  }

  #served(id: string, host: string): readonly string[] {
    const models = this.#models.get(id) ?? [];
    const own = models.filter((model) => model.host === host);
    return (own.length > 0 ? own : models.filter((model) => model.host === undefined)).map(({ name }) => name);
  }

  #listing(id: string, host: string): JsonObject {
    const data = this.#served(id, host).map((name) => ({
      id: name,
      object: 'model',
      created: 1,
      owned_by: 'stand-in',
    }));
    return { object: 'list', data };
  }

  /** The adapter puts the provider's id before each name, which the names of the case hold already. */
  #watsonxListing(id: string, host: string): JsonObject {
    const names = this.#served(id, host).map((name) => name.replace(/^watsonx\//, ''));
    return {
      resources: names.map((name) => ({ model_id: name, functions: [{ id: 'text_chat' }, { id: 'embedding' }] })),
    };
  }
}

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

function completion({ model }: JsonObject): JsonObject {
  const message = { role: 'assistant', content: 'pong' };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  return { id: '1', object: 'chat.completion', created: 1, model: model ?? null, choices, usage };
}

function embedding({ model }: JsonObject): JsonObject {
  return {
    object: 'list',
    model: model ?? null,
    data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
    usage,
  };
}
