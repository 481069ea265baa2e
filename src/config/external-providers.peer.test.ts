import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { parse } from 'yaml';
import { host } from '../../fn/function.ts';
import { bootByCommandLine } from '../../tools/oracle/command-line.ts';
import type { Boot } from '../../tools/oracle/boot.ts';
import { peer } from '../../tools/peers/env.ts';
import { lockOf, makeProvider, runInstall } from '../../tools/peers/provider-image.ts';
import type { JsonObject } from '../krm/result.ts';
import { externalProvidersDirectory } from '../mounts.ts';
import { knownReleases } from '../releases/index.ts';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'llsd-external-'));
const images = {
  'registry.example/acme-guard:1': { folder: join(folder, 'acme.guard') },
  'registry.example/acme-other:1': { folder: join(folder, 'acme.other') },
};

beforeAll(() => {
  makeProvider('acme.guard', images['registry.example/acme-guard:1'].folder);
  makeProvider('acme.other', images['registry.example/acme-other:1'].folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The config, start program and pod of a CR with the two images, two providers of the first and one of the second. */
function render(release: string) {
  const externalProviders = {
    safety: [
      {
        providerId: 'guard',
        image: 'registry.example/acme-guard:1',
        config: { greeting: 'Good day', api_token: { secretKeyRef: { name: 'acme', key: 'token' } } },
      },
      { providerId: 'guard-2', image: 'registry.example/acme-guard:1', config: { greeting: 'Once more' } },
      { providerId: 'other', image: 'registry.example/acme-other:1' },
    ],
  };
  const shields = ['guard', 'guard-2', 'other'].map((provider) => ({ name: `by-${provider}`, provider }));
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'peer', annotations: { 'llamastack.io/distribution': `starter@${release}` } },
    spec: { distribution: { name: 'starter' }, externalProviders, resources: { shields } },
  };
  const items = [cr, lockOf(images)];
  const { out, err, code } = run(
    JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items }),
    host,
  );
  if (code !== 0) throw new Error(err);
  const rendered = (parse(out) as { items: readonly JsonObject[] }).items;
  const ofKind = (kind: string) => rendered.find((item) => item.kind === kind) as unknown;
  const { data } = ofKind('ConfigMap') as { data: Record<string, string> };
  const { spec } = ofKind('Deployment') as { spec: { template: { spec: PodSpec } } };
  return { data, pod: spec.template.spec };
}

/** Runs the init containers one after the other, each with its image's folder and one volume for all. */
function install(containers: readonly Container[], volume: string): void {
  for (const container of containers) {
    const image = container.image?.includes('acme-other') ? 'acme.other' : 'acme.guard';
    const { status, said } = runInstall(container, {
      [externalProvidersDirectory]: volume,
      '/lls-provider': join(folder, image),
    });
    if (status !== 0) throw new Error(said);
  }
}

const ask = (shield: string) =>
  ['/v1/safety/run-shield', { shield_id: shield, messages: [{ role: 'user', content: 'you' }], params: {} }] as const;

describe.runIf(peer('server-0.7.1'))('the command of an init container', () => {
  /** Runs it for an image with these wheels of the first provider. */
  function installFrom(image: string, wheels: readonly string[]) {
    const [from, to] = [join(folder, 'acme.guard', 'packages'), join(folder, image, 'packages')];
    mkdirSync(to, { recursive: true });
    for (const wheel of wheels) copyFileSync(join(from, wheel), join(to, wheel));
    const volume = join(folder, image, 'volume');
    const [container] = render('0.7.1').pod.initContainers ?? [];
    if (container === undefined) throw new Error('a Deployment without init containers');
    const folders = { [externalProvidersDirectory]: volume, '/lls-provider': join(folder, image) };
    return { ...runInstall(container, folders), installed: join(volume, 'guard') };
  }
  const guard = 'acme_guard-1.0.0-py3-none-any.whl';
  const words = 'acme_words-1.0.0-py3-none-any.whl';

  it('installs the wheels of the image, and again over what is half there', () => {
    const first = installFrom('whole', [guard, words]);
    expect(first.status, first.said).toBe(0);
    rmSync(join(first.installed, 'acme/guard/provider.py'));
    expect(installFrom('whole', [guard, words]).status).toBe(0);
    expect(readdirSync(join(first.installed, 'acme/guard'))).toContain('provider.py');
    expect(readdirSync(first.installed)).toContain('acme_words.py');
  });

  it.each([
    ['lacks a package that a wheel needs', [guard], 'No matching distribution found for acme-words==1.0.0'],
    ['has no wheels', [], 'is not a valid wheel filename'],
  ])('fails and says why where the image %s', (what, wheels, why) => {
    const { status, said } = installFrom(what.replaceAll(' ', '-'), wheels);
    expect(status).not.toBe(0);
    expect(said).toContain(why);
  });
});

for (const release of knownReleases()) {
  describe.runIf(peer(`server-${release}`))(`external providers of the server ${release}`, () => {
    let boot: Boot;

    beforeAll(async () => {
      const state = join(folder, release);
      const volume = join(state, 'volume');
      mkdirSync(volume, { recursive: true });
      const { data, pod } = render(release);
      const { 'config.yaml': config = '', ...program } = data;
      install(pod.initContainers ?? [], volume);
      writeFileSync(join(state, 'config.yaml'), config);
      const path = pod.containers[0]?.env?.find(({ name }) => name === 'PYTHONPATH')?.value ?? '';
      const packages = path.replaceAll(externalProvidersDirectory, volume).split(':').slice(1);
      boot = await bootByCommandLine(release, {
        config: join(state, 'config.yaml'),
        env: { HOME: state, SQLITE_STORE_DIR: join(state, 'stores'), LLSD_GUARD_API_TOKEN: '12345678' },
        state,
        program,
        packages,
        get: ['/v1/providers', '/v1/shields'],
        post: [ask('by-guard'), ask('by-guard-2'), ask('by-other')],
        timeout: 240,
      });
    });

    it('are listed with their config beside the others', () => {
      expect(boot.verdict, boot.log_tail).toBe('ok');
      const { data } = boot.get['/v1/providers']?.[1] as { data: readonly JsonObject[] };
      const listed = data.filter(({ api }) => api === 'safety');
      expect(listed).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            provider_id: 'guard',
            provider_type: 'remote::acme-guard',
            config: { greeting: 'Good day', api_token: '********' },
          }),
          expect.objectContaining({ provider_id: 'other', provider_type: 'remote::acme-other' }),
          expect.objectContaining({ provider_id: 'llama-guard' }),
        ]),
      );
    });

    it.each([
      ['guard', 0, 'Good day, you', { token: '12345678', package: 'acme.guard' }],
      ['guard-2', 1, 'Once more, you', { token: '', package: 'acme.guard' }],
      ['other', 2, 'hello, you', { token: '', package: 'acme.other' }],
    ])('answer at first use, each by its own config and package: %s', (_, index, message, metadata) => {
      expect(boot.post[index], boot.log_tail).toEqual([
        200,
        { violation: { violation_level: 'error', user_message: message, metadata } },
      ]);
    });
  });
}
