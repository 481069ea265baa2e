import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { peer } from '../../tools/peers/env.ts';
import { makeProvider } from '../../tools/peers/provider-image.ts';
import { Registries } from '../../tools/peers/registries.ts';
import { tar } from '../registry/registry.fixture.ts';
import { acmeConfig, labelsWith, stackOn, TestPackage } from './lock.fixture.ts';

const areThere = ['registry', 'crane'].map(peer).every((one) => one !== undefined);

interface Rendered {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
}

interface ServerConfig {
  readonly apis: readonly string[];
  readonly providers: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

describe.runIf(areThere)('a package with an external provider, both images in a real registry', () => {
  const registries = new Registries();
  const pack = new TestPackage();
  const layers = { server: join(registries.folder, 'server.tar'), provider: join(registries.folder, 'provider.tar') };
  const spec = join(registries.folder, 'lls-provider/lls-provider-spec.yaml');
  const digests = { server: '', provider: '', moved: '' };
  let server: string;
  let provider: string;

  beforeAll(async () => {
    const host = await registries.plain();
    [server, provider] = [`${host}/acme/llama:stable`, `${host}/acme/guard:stable`];
    writeFileSync(layers.server, tar({ path: 'config.yaml', content: acmeConfig }));
    mkdirSync(join(registries.folder, 'lls-provider'));
    makeProvider('acme.guard', join(registries.folder, 'lls-provider'));
    execFileSync('tar', ['-cf', layers.provider, '-C', registries.folder, 'lls-provider']);
    digests.server = registries.push(server, labelsWith(acmeConfig), layers.server);
    digests.provider = registries.push(provider, {}, layers.provider);
    const more = `  externalProviders:\n    safety:\n    - providerId: guard\n      image: ${provider}\n      config:\n        greeting: Good day\n`;
    pack.write('stack.yaml', stackOn(server, 'my-stack', more));
  });

  afterAll(() => {
    registries.close();
    pack.remove();
  });

  test('`llsd lock` writes what the provider says of itself, as it is in the image', async () => {
    const { stdout, stderr, status } = await pack.run('lock', '.');
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    expect(stderr).toBe(
      `distribution-lock.yaml: 2 images\n  + ${provider} ${digests.provider} (its provider spec)\n  + ${server} ${digests.server} (its config.yaml, release 0.7.1)\n`,
    );
    const lock = parse(pack.read()) as { spec: { images: readonly Record<string, Record<string, string>>[] } };
    expect(lock.spec.images.map((entry) => entry.providerSpec?.content)).toEqual([
      readFileSync(spec, 'utf8'),
      undefined,
    ]);
  });

  /** Renders the package; no registry is asked. */
  const render = async () => {
    const asked = registries.requests().length;
    const { stdout, status } = await pack.run('render', '.');
    expect(status).toBe(0);
    expect(registries.requests()).toHaveLength(asked);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Rendered);
    const pod = (objects.find(({ kind }) => kind === 'Deployment') as Deployment | undefined)?.spec?.template.spec;
    const map = objects.find(({ kind }) => kind === 'ConfigMap');
    return { pod: pod!, config: parse(map?.data?.['config.yaml'] ?? '') as ServerConfig };
  };
  const at = (image: string, digest: string): string => image.replace(':stable', `@${digest}`);

  test('a render reads the lock alone: digests in the Deployment, and the provider in config.yaml', async () => {
    const { pod, config } = await render();
    expect(pod.containers.map(({ image }) => image)).toEqual([at(server, digests.server)]);
    expect(pod.initContainers?.map(({ name, image }) => ({ name, image }))).toEqual([
      { name: 'install-provider-guard', image: at(provider, digests.provider) },
    ]);
    expect(config.apis).toContain('safety');
    expect(config.providers.safety).toEqual([
      {
        provider_id: 'guard',
        provider_type: 'remote::acme-guard',
        module: 'acme.guard',
        config: { greeting: 'Good day' },
      },
    ]);
    expect(config.providers.inference).toHaveLength(1);
  });

  test('`--check` tells that the tag of the provider has moved, and the render stays what it was', async () => {
    expect(await pack.run('lock', '--check', '.')).toEqual({ stdout: '', stderr: '', status: 0 });
    digests.moved = registries.push(provider, { built: 'again' }, layers.provider);
    const { stderr, status } = await pack.run('lock', '--check', '.');
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^distribution-lock.yaml:\\d+: error: .*The image "${provider}" has moved: it was ${digests.provider}, and is now ${digests.moved}; run \`llsd lock --update ${provider}\``,
        ),
      ),
    ]);
    expect(status).toBe(1);
    const { pod } = await render();
    expect(pod.initContainers?.[0]?.image).toBe(at(provider, digests.provider));
  });

  test('what `--check` advises takes the new one, and leaves the server as it was', async () => {
    const updated = await pack.run('lock', '--update', provider, '.');
    expect(updated).toEqual({
      stdout: '',
      stderr: `distribution-lock.yaml: 2 images\n  ~ ${provider} ${digests.provider} -> ${digests.moved} (its provider spec)\n`,
      status: 0,
    });
    const { pod } = await render();
    expect([...(pod.initContainers ?? []), ...pod.containers].map(({ image }) => image)).toEqual([
      at(provider, digests.moved),
      at(server, digests.server),
    ]);
    expect(await pack.run('lock', '--check', '.')).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});
