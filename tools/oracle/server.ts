import { join } from 'node:path';
import { requirePeer } from '../peers/env.ts';
import { bootByCommandLine } from './command-line.ts';
import { JsonLines } from './json-lines.ts';
import type { Json, JsonObject } from '../../src/krm/result.ts';

/** A boot to do: a config file, the whole environment, the requests to make once the server is healthy. */
export interface BootQuestion {
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  /** The directory of the boot, kept after it; its `log` is the server's. */
  readonly state: string;
  readonly program?: Readonly<Record<string, string>>;
  /** Further folders of PYTHONPATH, behind the start program; of a process of its own alone. */
  readonly packages?: readonly string[];
  readonly get: readonly string[];
  readonly post: readonly (readonly [path: string, body: JsonObject])[];
  /** Seconds. */
  readonly timeout: number;
  readonly tls?: boolean;
  /** Seconds that the server has to stop once it is told to; it is killed where this is not given. */
  readonly stopsWithin?: number;
}

/** What a request came to. */
export type Response = readonly [status: number, body: Json];

/** What a boot came to; its verdicts are those of `tools/peers/fork-server.py`. */
export interface Boot {
  readonly id: string;
  readonly verdict: 'ok' | 'env' | 'schema' | 'init' | 'serve' | 'exit' | 'timeout' | 'harness';
  readonly error_type: string | null;
  readonly error: string | null;
  readonly get: Readonly<Record<string, Response>>;
  readonly post: readonly Response[];
  readonly seconds: number;
  /** Whether it stopped in time, with all its workers. */
  readonly stopped?: boolean;
  readonly log_tail: string;
}

/** What the server's own loader makes of a config.yaml without booting it. */
export interface Loaded {
  readonly id: string;
  readonly ok: boolean;
  readonly errors: readonly string[];
  /** Keys that the server drops in silence. */
  readonly ignored: readonly string[];
  readonly config: LoadedConfig | null;
}

/** The loaded meaning of a config.yaml: defaults filled in, secrets in clear. */
export interface LoadedConfig {
  readonly providers: Readonly<Record<string, readonly LoadedProvider[]>>;
  readonly storage: {
    readonly backends: Readonly<Record<string, { readonly type: string }>>;
    readonly stores: JsonObject;
  };
  readonly [key: string]: unknown;
}

export interface LoadedProvider {
  readonly provider_id: string;
  readonly provider_type: string;
  readonly config: JsonObject;
}

const peers = join(import.meta.dirname, '../peers');

/** The two long-lived processes of one release: the one that boots and the one that only loads. */
export class Server {
  readonly #release: string;
  #lastProcess: Promise<unknown> = Promise.resolve();
  readonly #boots: JsonLines<BootQuestion, Boot>;
  readonly #loads: JsonLines<{ config: string; env: Readonly<Record<string, string>> }, Loaded>;

  constructor(release: string, atOnce = 2) {
    this.#release = release;
    const python = requirePeer(`server-${release}`).path;
    this.#boots = new JsonLines(python, [join(peers, 'fork-server.py'), '-j', String(atOnce)]);
    this.#loads = new JsonLines(python, [join(peers, 'load-config.py')]);
  }

  boot(question: BootQuestion): Promise<Boot> {
    return this.#boots.ask(question);
  }

  /** Boots by the release's own command, for what a fork cannot do; one at a time, since each starts Python anew. */
  bootByCommandLine(question: BootQuestion): Promise<Boot> {
    const boot = this.#lastProcess.then(() => bootByCommandLine(this.#release, question));
    this.#lastProcess = boot.catch(() => undefined);
    return boot;
  }

  load(config: string, env: Readonly<Record<string, string>>): Promise<Loaded> {
    return this.#loads.ask({ config, env });
  }

  async end(): Promise<void> {
    await Promise.all([this.#boots.end(), this.#loads.end()]);
  }
}
