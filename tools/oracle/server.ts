import { join } from 'node:path';
import { requirePeer } from '../peers/env.ts';
import type { Boot, BootQuestion } from './boot.ts';
import { bootByCommandLine } from './command-line.ts';
import { JsonLines } from './json-lines.ts';
import type { JsonObject } from '../../src/krm/result.ts';

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
