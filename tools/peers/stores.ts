import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { requirePeer } from './env.ts';
import type { Pod } from './fork-server.ts';

/** What the stores of a pod's config came to: see `use-stores.py`. */
export interface Used {
  /** What was read back: `mark`, or null where that failed. */
  readonly kv: string | null;
  readonly sql: string | null;
  /** The exit code; 78 where the start program refused. */
  readonly exit: number;
  readonly log: string;
}

/** What is written to the stores. */
export const mark = 'grüße';

/** A release's own stores in one process, which uses those of one pod after another; `folder` holds their files. */
export class Stores {
  private readonly process;
  private readonly answers;

  constructor(
    release: string,
    private readonly folder: string,
  ) {
    const script = join(import.meta.dirname, 'use-stores.py');
    const python = requirePeer(`server-${release}`).path;
    this.process = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.answers = createInterface(this.process.stdout)[Symbol.asyncIterator]();
  }

  /**
   * Writes and reads with the pod's config, program and variables; asked for one at a time. `atOnce` is the number of
   * processes that do so at the same moment; where `written` is set, another one writes to the new sqlite file for 0.3
   * seconds from when the server opens it.
   */
  async use({ config, program, env }: Pod, { atOnce = 1, written = false } = {}): Promise<Used> {
    const { storage } = parse(config) as { storage: object };
    const state = mkdtempSync(join(this.folder, 'state-'));
    const folders = { SQLITE_STORE_DIR: join(state, 'distribution'), HOME: state };
    const asked = { id: state, storage, program, env: { ...env, ...folders }, at_once: atOnce, written };
    this.process.stdin.write(`${JSON.stringify(asked)}\n`);
    const { value } = (await this.answers.next()) as { value?: string };
    return JSON.parse(value ?? '') as Used;
  }

  end(): void {
    this.process.kill();
  }
}
