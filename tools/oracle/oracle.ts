import { render, type OracleCase } from './cases.ts';
import { Cluster } from './cluster.ts';
import { Databases } from './databases.ts';
import { judge, type Verdict } from './judge.ts';
import type { Pod } from './pod.ts';
import { Server } from './server.ts';
import { Upstream } from './upstream.ts';

/** What came of a case: a verdict for each of its pods of one release. */
export interface Judged {
  readonly name: string;
  readonly verdicts: readonly Verdict[];
  readonly mended: boolean;
}

/** The servers and the cluster of a run, with what was learnt from earlier boots: no pod is booted twice. */
export class Oracle {
  readonly #upstream = new Upstream();
  readonly #databases = new Databases();
  readonly #cluster = new Cluster(this.#upstream, this.#databases);
  readonly #known = new Map<string, Promise<Verdict>>();
  #server: { readonly release: string; readonly process: Server } | undefined;

  async start(): Promise<void> {
    await this.#upstream.start();
  }

  /** Renders and boots cases on the server of one release; a case has a verdict for each of its pods of that release. */
  async judge(cases: readonly OracleCase[], release: string): Promise<readonly Judged[]> {
    const server = await this.#serverOf(release);
    return Promise.all(cases.map(async (one) => this.#judgeOne(one, release, server)));
  }

  async stop(): Promise<void> {
    await this.#server?.process.end();
    this.#upstream.stop();
    await this.#databases.stop();
  }

  async #judgeOne(one: OracleCase, release: string, server: Server): Promise<Judged> {
    const { name, mended } = one;
    try {
      const rendered = render(one);
      const verdicts =
        'refused' in rendered
          ? rendered.refused.map(({ message, field }) => ({
              boots: false,
              faults: [`refused: ${field?.path ?? ''}: ${message}`],
            }))
          : await Promise.all(this.#booted(rendered.pods, release, server));
      return { name, verdicts, mended: mended !== undefined };
    } catch (error) {
      return { name, verdicts: [{ boots: false, faults: [String((error as Error).stack)] }], mended: false };
    }
  }

  #booted(pods: readonly Pod[], release: string, server: Server): readonly Promise<Verdict>[] {
    return pods
      .filter((pod) => pod.release.version === release)
      .flatMap((pod) => {
        const { config, env, program } = pod;
        if (config === undefined) return []; // A ConfigMap of the user's, which is not in the package.
        const key = JSON.stringify([release, config, env, program]);
        const verdict = this.#known.get(key) ?? judge(pod, config, server, this.#cluster);
        this.#known.set(key, verdict);
        return [verdict];
      });
  }

  async #serverOf(release: string): Promise<Server> {
    if (this.#server?.release === release) return this.#server.process;
    await this.#server?.process.end();
    this.#server = { release, process: new Server(release) };
    return this.#server.process;
  }
}
