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
  readonly verdict: 'ok' | 'env' | 'schema' | 'init' | 'serve' | 'exit' | 'timeout' | 'gone' | 'harness';
  readonly error_type: string | null;
  readonly error: string | null;
  readonly get: Readonly<Record<string, Response>>;
  readonly post: readonly Response[];
  readonly seconds: number;
  /** Whether it stopped in time, with all its workers. */
  readonly stopped?: boolean;
  readonly log_tail: string;
}
