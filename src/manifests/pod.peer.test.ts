import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import { makeAuthority, makeServerCertificate } from '../../tools/peers/certificates.ts';
import { peer, podReleases } from '../../tools/peers/env.ts';
import { startUpstream, type Upstream } from '../../tools/peers/upstream.ts';
import { releaseFor } from '../releases/index.ts';
import { get, Pod, podSpec, render } from './pod.fixture.ts';

const podman = peer('podman');
const releases = podReleases.filter((release) => peer(`pod-image-${release}`));

const folder = mkdtempSync(join(tmpdir(), 'llsd-pods-'));
// The pods' users read certificates in it, as those of a Secret.
chmodSync(folder, 0o755);
/** The option that chooses a release, whatever the default one is. */
const imageOf = (release: string) => ({ imageOverrides: { starter: peer(`pod-image-${release}`)?.path } });

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
      'pod-tls',
      { platform: 'openshift', ...imageOf(release) },
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
    pod = new Pod(asOpenShift(deployment), configMaps, folder);
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
      'pod-baseline',
      { podSecurity: 'baseline', ...imageOf(release) },
      { networking: { port: 9322 } },
    );
    pod = new Pod(deployment, configMaps, folder);
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
