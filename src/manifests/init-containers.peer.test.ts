import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peer } from '../../tools/peers/env.ts';
import { lockOf, makeProvider } from '../../tools/peers/provider-image.ts';
import { Pod, render } from './pod.fixture.ts';

const podman = peer('podman');
const image = peer('pod-image-0.7.1');

const folder = mkdtempSync(join(tmpdir(), 'llsd-external-pod-'));
const reference = 'localhost/llsd-acme-guard:1';

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    env: { ...process.env, ...podman?.env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

const initContainerType = 'io.podman.annotations.init.container.type';

/** Builds an image with our provider, and with a Python that has pip, as other images have it; its digest. */
function buildImage(base: string): string {
  makeProvider('acme.guard', join(folder, 'lls-provider'));
  cpSync(run('python3', '-c', 'import pip; print(pip.__path__[0])'), join(folder, 'pip'), { recursive: true });
  writeFileSync(join(folder, 'pip.sh'), '#!/bin/sh\nexec python3 -m pip "$@"\n');
  chmodSync(join(folder, 'pip.sh'), 0o755);
  const lines = [
    `FROM ${base}`,
    'COPY pip /usr/local/lib/python3.12/site-packages/pip',
    'COPY pip.sh /usr/local/bin/pip',
    'COPY lls-provider /lls-provider',
    'ENTRYPOINT []',
  ];
  writeFileSync(join(folder, 'Containerfile'), lines.join('\n'));
  run('podman', 'build', '--quiet', '--network=none', '--tag', reference, folder);
  return run('podman', 'image', 'inspect', '--format', '{{.Digest}}', reference);
}

/** What the shield says of a message. */
function useShield(port: number): Promise<string> {
  const body = { shield_id: 'strict', messages: [{ role: 'user', content: 'you' }] };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/v1/safety/run-shield', method: 'POST' };
    const sent = request({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

describe.runIf(podman && image)('the pod of a CR with an external provider, restricted', () => {
  let pod: Pod;

  beforeAll(async () => {
    const digest = buildImage(image?.path ?? '');
    const safety = [
      { providerId: 'guard', image: reference, imagePullPolicy: 'Never', config: { greeting: 'Good day' } },
    ];
    const { configMaps, deployment } = render(
      'pod-external',
      {},
      {
        externalProviders: { safety },
        resources: { shields: [{ name: 'strict', provider: 'guard' }] },
        networking: { port: 9323 },
      },
      [lockOf({ [reference]: { digest, folder: join(folder, 'lls-provider') } })],
    );
    const { metadata } = deployment;
    // Else podman 4.3 removes one that has ended before it has seen its end.
    if (metadata) metadata.annotations = { ...metadata.annotations, [initContainerType]: 'always' };
    pod = new Pod(deployment, configMaps, folder);
    await pod.start();
  });

  afterAll(() => {
    pod.end();
    run('podman', 'image', 'rm', '--force', reference);
    rmSync(folder, { recursive: true, force: true });
  });

  it('installs the wheels as the user of the pod, where the server can only read them', () => {
    const packages = '/opt/llama-stack/external-providers/guard';
    expect(pod.shell(`stat -c %u ${packages}/acme_words.py`)).toBe('1001');
    expect(pod.shell(`touch ${packages}/x`)).toContain('Read-only file system');
  });

  it('answers with the provider of the image', async () => {
    expect(JSON.parse(await useShield(9323))).toMatchObject({
      violation: { user_message: 'Good day, you', metadata: { package: 'acme.guard' } },
    });
  });
});
