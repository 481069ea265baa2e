import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { HTTPGetAction, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { parse, stringify } from 'yaml';
import { makeAuthority, makeServerCertificate } from '../../tools/peers/certificates.ts';
import { peer, podReleases } from '../../tools/peers/env.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { releaseFor } from '../releases/index.ts';
import { run } from '../run.ts';

const podman = peer('podman');
const releases = podReleases.filter((release) => peer(`pod-image-${release}`));

const folder = mkdtempSync(join(tmpdir(), 'llsd-pods-'));
// The pods' users read certificates in it, as those of a Secret.
chmodSync(folder, 0o755);
const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** The ConfigMaps and the Deployment of a CR for a release, which may say more by options and other items. */
function render(release: string, name: string, options: object, spec: object, others: readonly object[] = []) {
  const imageOverrides = { starter: peer(`pod-image-${release}`)?.path };
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name, annotations: { 'fn.llamastack.io/options': JSON.stringify({ imageOverrides, ...options }) } },
    spec: { distribution: { name: 'starter' }, ...spec },
  };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr, ...others] };
  const { out, err, code } = run(JSON.stringify(list), { sha256hex });
  if (code !== 0) throw new Error(err);
  const { items } = parse(out) as { items: Item[] };
  const deployment = items.find(({ kind }) => kind === 'Deployment') as unknown as Deployment;
  return { configMaps: items.filter(({ kind }) => kind === 'ConfigMap'), deployment };
}

function podSpec({ spec }: Deployment): PodSpec {
  if (!spec?.template.spec) throw new Error('a Deployment without pods');
  return spec.template.spec;
}

/** The status of a request as a kubelet makes it: by the probe's scheme, port and path, the certificate not verified. */
function get({ scheme, port, path }: HTTPGetAction): Promise<number | undefined> {
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

/** Status and body of the answer of a server whose certificate is of the authority `ca`. */
function post(url: string, body: object, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = httpsRequest(url, { method: 'POST', headers, ca }, (response) => {
      let text = String(response.statusCode);
      response
        .on('data', (part) => (text += ` ${String(part)}`))
        .on('end', () => {
          resolve(text);
        });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

/** A Deployment that podman plays, on the network of this machine. */
class Pod {
  private readonly file: string;
  private readonly container: string;
  private readonly env = { ...process.env, ...podman?.env };

  constructor(
    readonly deployment: Deployment,
    objects: readonly object[],
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

/** Whether state, home, caches and temporary files can be written, and the image's own files. */
const writable = (release: string) =>
  `mkdir -p "$XDG_CACHE_HOME" && touch "$SQLITE_STORE_DIR/x" "$HF_HOME/x" "$XDG_CACHE_HOME/x" "$HOME/x" ~/${releaseFor(release)?.stateDirectory ?? ''}/x /tmp/x && echo all; touch /app/x && echo image`;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(podman).each(releases)('the pod of %s on OpenShift, with TLS and a CA bundle', (release) => {
  const authority = makeAuthority(folder, 'company');
  const publicAuthority = makeAuthority(folder, 'public');
  const upstreams: Upstream[] = [];
  let pod: Pod;

  beforeAll(async () => {
    const own = makeServerCertificate(folder, 'tls', authority, 'IP:127.0.0.1');
    for (const file of [own.key, own.certificate, publicAuthority.certificate]) chmodSync(file, 0o644);
    for (const one of [authority, publicAuthority]) {
      const certificate = makeServerCertificate(folder, `upstream-${String(upstreams.length)}`, one, 'IP:127.0.0.1');
      upstreams.push(await startUpstream(join(folder, 'upstream.jsonl'), certificate));
    }
    const [inside, outside] = upstreams.map(({ port }) => `https://127.0.0.1:${String(port)}`);
    const { configMaps, deployment } = render(
      release,
      'pod-tls',
      { platform: 'openshift' },
      {
        providers: {
          inference: [
            { id: 'inside', provider: 'vllm', endpoint: inside },
            { id: 'outside', provider: 'vllm', endpoint: outside },
          ],
        },
        resources: { models: ['inside', 'outside'].map((provider) => ({ name: 'meta/llama', provider })) },
        networking: {
          port: 9321,
          tls: { secretName: 'own', caBundle: { configMapName: 'company-ca', configMapKeys: ['a.crt', 'b.crt'] } },
        },
      },
      [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'company-ca' },
          data: { 'a.crt': '', 'b.crt': readFileSync(authority.certificate, 'utf8') },
        },
      ],
    );
    pod = new Pod(asOpenShift(deployment), configMaps);
    await pod.start();
  });

  afterAll(() => {
    pod.end();
    for (const upstream of upstreams) upstream.end();
  });

  /** OpenShift gives user and group from the range of the namespace; the Secret and the image's roots are stood in for. */
  function asOpenShift(deployment: Deployment): Deployment {
    const spec = podSpec(deployment);
    expect(spec.securityContext).not.toHaveProperty('runAsUser');
    spec.securityContext = { ...spec.securityContext, runAsUser: 1_000_680_000, fsGroup: 1_000_680_000 };
    const hostPath = { path: folder, type: 'Directory' };
    spec.volumes = spec.volumes?.map((volume) => (volume.secret ? { name: volume.name, hostPath } : volume)) ?? [];
    spec.volumes.push({ name: 'roots', hostPath: { path: publicAuthority.certificate, type: 'File' } });
    spec.containers[0]?.volumeMounts?.push({ name: 'roots', mountPath: '/etc/ssl/certs/ca-certificates.crt' });
    return deployment;
  }

  it('runs as a user of the namespace, who may write state, home, caches and temporary files alone', () => {
    expect(pod.shell('id -u; id -g')).toBe('1000680000\n0');
    expect(pod.shell(writable(release))).toMatch(/^all\ntouch: .*Read-only file system$/);
  });

  it('answers each probe by HTTPS, and nothing by HTTP', async () => {
    expect(pod.probes()).toHaveLength(3);
    for (const probe of pod.probes()) {
      expect(probe).toEqual({ path: '/v1/health', port: 9321, scheme: 'HTTPS' });
      expect(await get(probe)).toBe(200);
    }
    await expect(get({ path: '/v1/health', port: 9321, scheme: 'HTTP' })).rejects.toThrow();
  });

  it.each([
    ['of the CA bundle', 'inside'],
    ["of the image's own roots", 'outside'],
  ])('shows its own certificate, and reaches a provider whose certificate is %s', async (_what, provider) => {
    const question = { model: `${provider}/meta/llama`, messages: [{ role: 'user', content: 'ping' }] };
    const ca = readFileSync(authority.certificate, 'utf8');
    expect(await post('https://127.0.0.1:9321/v1/chat/completions', question, ca)).toMatch(/^200 .*pong/);
  });
});

describe.runIf(podman).each(releases)('the pod of %s with `podSecurity: baseline`, without TLS', (release) => {
  let pod: Pod;

  beforeAll(async () => {
    const { configMaps, deployment } = render(
      release,
      'pod-baseline',
      { podSecurity: 'baseline' },
      { networking: { port: 9322 } },
    );
    pod = new Pod(deployment, configMaps);
    await pod.start();
  });

  afterAll(() => {
    pod.end();
  });

  it("runs as the image's own user, root, who may write everything", () => {
    expect(pod.shell('id -u')).toBe('0');
    expect(pod.shell(writable(release))).toBe('all\nimage');
  });

  it('answers each probe by HTTP', async () => {
    expect(pod.probes()).toHaveLength(3);
    for (const probe of pod.probes()) {
      expect(probe).toEqual({ path: '/v1/health', port: 9322, scheme: 'HTTP' });
      expect(await get(probe)).toBe(200);
    }
  });
});
