import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { HTTPGetAction, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { parse, stringify } from 'yaml';
import { requirePeer } from '../../tools/peers/env.ts';
import { run } from '../run.ts';

const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** The ConfigMaps and the Deployment of a CR, and the other items that it was rendered with. */
export function render(name: string, options: object, spec: object, others: readonly object[] = []) {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name, annotations: { 'fn.llamastack.io/options': JSON.stringify(options) } },
    spec: { distribution: { name: 'starter' }, ...spec },
  };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr, ...others] };
  const { out, err, code } = run(JSON.stringify(list), { sha256hex });
  if (code !== 0) throw new Error(err);
  const { items } = parse(out) as { items: Item[] };
  const deployment = items.find(({ kind }) => kind === 'Deployment') as unknown as Deployment;
  return { configMaps: items.filter(({ kind }) => kind === 'ConfigMap'), deployment };
}

/** The pods of a Deployment. */
export function podSpec({ spec }: Deployment): PodSpec {
  if (!spec?.template.spec) throw new Error('a Deployment without pods');
  return spec.template.spec;
}

/** The status of a request as a kubelet makes it: by the probe's scheme, port and path, the certificate not verified. */
export function get({ scheme, port, path }: HTTPGetAction): Promise<number | undefined> {
  const options = { host: '127.0.0.1', port: Number(port), path: path ?? '/', rejectUnauthorized: false };
  const send = scheme === 'HTTPS' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = send(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A Deployment that podman plays, on the network of this machine. */
export class Pod {
  private readonly file: string;
  private readonly container: string;
  // eslint-disable-next-line no-restricted-globals -- podman needs its whole environment
  private readonly env = { ...process.env, ...requirePeer('podman').env };

  constructor(
    readonly deployment: Deployment,
    objects: readonly object[],
    folder: string,
  ) {
    const { name = '' } = deployment.metadata ?? {};
    this.file = join(folder, `${name}.yaml`);
    this.container = `${name}-pod-0-llama-stack`;
    // Podman maps no ports on the network of its host.
    for (const one of podSpec(deployment).containers) delete one.ports;
    writeFileSync(this.file, [...objects, deployment].map((object) => stringify(object)).join('---\n'));
  }

  /** Plays it and waits until the startup probe is content. */
  async start(): Promise<void> {
    const played = this.podman('kube', 'play', '--network=host', this.file);
    const [probe] = this.probes();
    if (played.status !== 0 || !probe) throw new Error(played.stderr);
    for (let attempt = 0; attempt < 240; attempt += 1) {
      if ((await get(probe).catch(() => undefined)) === 200) return;
      await sleep(500);
    }
    throw new Error(this.podman('logs', '--tail', '30', this.container).stderr);
  }

  /** The requests of its startup, readiness and liveness probes. */
  probes(): readonly HTTPGetAction[] {
    const { startupProbe, readinessProbe, livenessProbe } = podSpec(this.deployment).containers[0] ?? {};
    return [startupProbe, readinessProbe, livenessProbe].flatMap((probe) => probe?.httpGet ?? []);
  }

  /** What a shell inside says. */
  shell(script: string): string {
    const { stdout, stderr } = this.podman('exec', this.container, 'sh', '-c', script);
    return (stdout + stderr).trim();
  }

  end(): void {
    this.podman('kube', 'down', this.file);
  }

  private podman(...args: string[]) {
    return spawnSync('podman', args, { env: this.env, encoding: 'utf8' });
  }
}
