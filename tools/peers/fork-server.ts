import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { host } from '../../fn/function.ts';
import { run } from '../../src/run.ts';
import { requirePeer } from './env.ts';

/** What a pod gives to its server: config.yaml, the start program, and the variables that the config needs. */
export interface Pod {
  readonly config: string;
  /** The files of the start program, by name. */
  readonly program: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** What a boot came to: see `fork-server.py`. */
export interface Boot {
  readonly verdict: string;
  readonly error: string | null;
  readonly get: Readonly<Record<string, readonly [status: number, body: unknown]>>;
  readonly post: readonly (readonly [status: number, body: unknown])[];
  readonly log_tail: string;
}

/** The requests to make of a server that is up. */
export interface Requests {
  readonly get?: readonly string[];
  readonly post?: readonly (readonly [path: string, body: object])[];
}

interface Item {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly env: readonly EnvVar[] }] } };
  };
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly key: string } };
}

/**
 * Renders a CR's `spec` for a release of the distribution starter; `secrets` are the values of the keys of its Secrets.
 * Only the variables of the config are taken, since the others name folders of the image.
 */
export function podOf(spec: object, release: string, secrets: Readonly<Record<string, string>> = {}): Pod {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'peer', annotations: { 'llamastack.io/distribution': `starter@${release}` } },
    spec: { distribution: { name: 'starter' }, ...spec },
  };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr] };
  const { out, err, code } = run(JSON.stringify(list), host);
  if (code !== 0) throw new Error(err);
  const { items } = parse(out) as { items: readonly Item[] };
  const data = items.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
  const variables = items.find(({ kind }) => kind === 'Deployment')?.spec?.template.spec.containers[0].env ?? [];
  const values = variables.map(({ name, value, valueFrom }) => [
    name,
    // as a kubelet expands it
    valueFrom ? secrets[valueFrom.secretKeyRef.key] : value?.replace(/\$\$/g, '$'),
  ]);
  return {
    config: data['config.yaml'] ?? '',
    program: Object.fromEntries(Object.entries(data).filter(([key]) => key.endsWith('.py'))),
    env: Object.fromEntries(values.filter(([name]) => /^(?:LLSD_|PG|OTEL_)/.test(name ?? ''))) as Record<
      string,
      string
    >,
  };
}

/** The real server of a release, booted by `fork-server.py` as often as asked. */
export class ForkServer {
  private readonly process;
  private readonly waiting = new Map<string, (boot: Boot) => void>();
  private asked = 0;

  constructor(release: string, atOnce: number) {
    const python = requirePeer(`server-${release}`).path;
    const script = join(import.meta.dirname, 'fork-server.py');
    this.process = spawn(python, [script, '-j', String(atOnce)], { stdio: ['pipe', 'pipe', 'ignore'] });
    createInterface(this.process.stdout).on('line', (line) => {
      const boot = JSON.parse(line) as Boot & { readonly id: string };
      this.waiting.get(boot.id)?.(boot);
    });
  }

  /** Boots a pod on the state that the folder holds, and leaves its state there. */
  boot(pod: Pod, state: string, requests: Requests): Promise<Boot> {
    const id = String(++this.asked);
    mkdirSync(state, { recursive: true });
    const config = join(state, 'config.yaml');
    writeFileSync(config, pod.config);
    this.process.stdin.write(`${JSON.stringify({ id, ...pod, config, state, ...requests })}\n`);
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  end(): void {
    this.process.kill();
  }
}
