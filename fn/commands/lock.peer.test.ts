import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { peer } from '../../tools/peers/env.ts';
import { Registries, user } from '../../tools/peers/registries.ts';
import { tar } from '../registry/registry.fixture.ts';
import { acmeConfig, labelsWith, stackOn, TestPackage } from './lock.fixture.ts';

const areThere = ['docker-registry', 'registry', 'token-server', 'crane'].map(peer).every((one) => one !== undefined);

describe.runIf(areThere)('real registries', () => {
  let registries: Registries;
  let pack: TestPackage;
  let layer: string;
  const hosts = { plain: '', basic: '', bearer: '' };
  /** The config.json after a login at each registry that asks for one. */
  let login: string;

  beforeAll(async () => {
    registries = new Registries();
    layer = join(registries.folder, 'layer.tar');
    writeFileSync(layer, tar({ path: 'config.yaml', content: acmeConfig }));
    hosts.plain = await registries.plain();
    hosts.basic = await registries.basic();
    hosts.bearer = await registries.bearer();
    registries.logIn(hosts.basic);
    login = registries.logIn(hosts.bearer);
  });

  afterAll(() => {
    registries.close();
  });

  beforeEach(() => {
    pack = new TestPackage();
  });

  afterEach(() => {
    pack.remove();
  });

  const logIn = (): void => {
    mkdirSync(pack.environment.DOCKER_CONFIG!);
    writeFileSync(join(pack.environment.DOCKER_CONFIG!, 'config.json'), login);
  };
  const trusting = (): string[] => ['--ca', registries.authority.certificate];

  const kinds = [
    ["go-containerregistry's, open to all", 'plain'],
    ["Debian's, with a password and TLS", 'basic'],
    ["Debian's, with a token server", 'bearer'],
  ] as const;

  test.each(kinds)('%s: lock, render offline, and check after the tag has moved', async (_, kind) => {
    const image = `${hosts[kind]}/${user.name}/llama:stable`;
    const labels = { 'io.llamastack.config.path': '/config.yaml', 'org.opencontainers.image.version': '0.7.1' };
    const digest = registries.push(image, labels, layer);
    pack.write('stack.yaml', stackOn(image));
    logIn();
    const locked = await pack.run('lock', '.', ...trusting());
    expect(locked).toEqual({
      stdout: '',
      stderr: `distribution-lock.yaml: 1 image\n  + ${image} ${digest} (its config.yaml, release 0.7.1)\n`,
      status: 0,
    });
    const rendered = await pack.run('render', '.');
    expect(rendered.stdout).toContain(`image: ${image.replace(':stable', `@${digest}`)}\n`);
    expect(rendered.stdout).toContain('base_url: http://acme:8000/v1');
    expect(await pack.run('lock', '--check', '.', ...trusting())).toEqual({ stdout: '', stderr: '', status: 0 });
    const moved = registries.push(image, labelsWith(`${acmeConfig}# new\n`), layer);
    const checked = await pack.run('lock', '--check', '.', ...trusting());
    expect(checked.stderr).toContain(`has moved: it was ${digest}, and is now ${moved}; run`);
    expect(checked.status).toBe(1);
  });

  test('a Secret of the package logs in, and its password is shown nowhere', async () => {
    const images = [`${hosts.basic}/${user.name}/secret:0.7.1`, `${hosts.bearer}/${user.name}/secret:0.7.1`];
    for (const [index, image] of images.entries()) {
      registries.push(image, labelsWith(acmeConfig), layer);
      pack.write(`${index}.yaml`, stackOn(image, `stack-${index}`));
    }
    const secret = (config: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${Buffer.from(config).toString('base64')}\n`;
    pack.write('secret.yaml', secret(login));
    const { stderr, status } = await pack.run('lock', '.', ...trusting());
    expect(stderr).toMatch(/^distribution-lock.yaml: 2 images\n/);
    expect(status).toBe(0);
    pack.write('secret.yaml', secret(login.replaceAll(/"auth": ?"[^"]+"/g, `"auth": "${btoa('user:wrong-made-up')}"`)));
    const refused = await pack.run('lock', '.', ...trusting());
    expect(refused.status).toBe(1);
    expect(refused.stderr.match(/: error: .*(answered 401).*log in with `docker login/g)).toHaveLength(2);
    expect(refused.stderr).toMatch(/answered 401 for "[^"]*", also with the login in Secret "pull": log in/);
    expect(refused.stderr + pack.read()).not.toMatch(/made-up/);
  });

  test.each([
    [
      'without the authority',
      [],
      /error: .*localhost:\d+.* cannot be reached \(\w*(CERT|VERIFY)\w*\); name the file .* with `--ca`/,
    ],
    [
      'without a login',
      ['--ca'],
      /error: .*answered 401 .*: log in with `docker login localhost:\d+`, or put a Secret/,
    ],
  ])('%s the lock fails and says what to do, and no file is written', async (_, options, says) => {
    registries.push(`${hosts.basic}/${user.name}/llama:1`, {}, layer);
    pack.write('stack.yaml', stackOn(`${hosts.basic}/${user.name}/llama:1`));
    const { stderr, status } = await pack.run('lock', '.', ...(options.length > 0 ? trusting() : []));
    expect(stderr).toMatch(says);
    expect(status).toBe(1);
    expect(() => pack.read()).toThrow('ENOENT');
  });
});
