import { beforeEach, expect, test } from 'vitest';
import type { TestRegistry } from '../registry/registry.fixture.ts';
import { acmeConfig, emptyPackage, labelsWith, stackOn, type TestPackage } from './lock.fixture.ts';

let registry: TestRegistry;
let pack: TestPackage;
let image: string;

beforeEach(async () => {
  const own = await emptyPackage();
  ({ registry, pack } = own);
  image = `${registry.host}/acme/llama:0.7.1`;
  return own.remove;
});

test('a render of an image that nothing is known of names three ways out', async () => {
  pack.write('stack.yaml', stackOn(image));
  const { stdout, stderr, status } = await pack.run('render', '.');
  expect(stderr).toMatch(
    /No base config is known for the image ".*" .*; run `llsd lock` to read it from the image, build the image with the label `io.llamastack.config.base64`, or bring your own config with `spec.overrideConfig`\n$/,
  );
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
});

test('the first: the image has labels, and `llsd lock` reads them', async () => {
  registry.image('0.7.1', labelsWith(acmeConfig));
  pack.write('stack.yaml', stackOn(image));
  expect((await pack.run('lock', '.')).status).toBe(0);
  const { stdout, status } = await pack.run('render', '.');
  expect(stdout).toContain('base_url: http://acme:8000/v1');
  expect(status).toBe(0);
});

test('the second: an image without labels is locked with a warning, is built again with one, and works', async () => {
  registry.image('0.7.1', {});
  pack.write('stack.yaml', stackOn(image));
  const first = await pack.run('lock', '.');
  expect(first.stderr).toMatch(
    /^stack.yaml:6: warning: .*No base config is known .*; `llsd lock` found no label in it that leads to one: build the image with the label/,
  );
  expect(first.status).toBe(0);
  expect((await pack.run('render', '.')).status).toBe(1);
  registry.image('0.7.1', labelsWith(acmeConfig));
  expect((await pack.run('lock', '.')).stderr).toMatch(
    /^ {2}~ .* sha256:\w+ -> sha256:\w+ \(its config.yaml, release 0.7.1\)$/m,
  );
  expect((await pack.run('render', '.')).status).toBe(0);
});

test('the third: a config of the package, with or without a lock', async () => {
  const { digest } = registry.image('0.7.1', { 'io.llamastack.config.base64': 'no base64' });
  pack.write('stack.yaml', stackOn(image, 'my-stack', '  overrideConfig:\n    configMapName: mine\n'));
  pack.write(
    'config.yaml',
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mine\ndata:\n  config.yaml: |\n${acmeConfig.replace(/^/gm, '    ').trimEnd()}\n`,
  );
  expect((await pack.run('render', '.')).status).toBe(0);
  expect((await pack.run('lock', '.')).status).toBe(0);
  const { stdout, status } = await pack.run('render', '.');
  expect(stdout).toContain(`@${digest}`);
  expect(status).toBe(0);
});

test('an image that tells its release neither by its tag nor by labels: the lock warns of what the render then says', async () => {
  registry.image('stable', {});
  pack.write('stack.yaml', stackOn(image.replace(':0.7.1', ':stable')));
  const { stderr, status } = await pack.run('lock', '.');
  const says =
    /spec\.distribution\.image: The server release of the image ".*:stable" cannot be told from its tag, nor from its labels, .* build the image with the label `org\.opencontainers\.image\.version`, or/;
  expect(stderr).toMatch(new RegExp(`^stack\\.yaml:7: warning: .*${says.source}`));
  expect(status).toBe(0);
  const rendered = await pack.run('render', '.');
  expect(rendered.stderr).toMatch(new RegExp(`^stack\\.yaml:7: error: .*${says.source}`));
  expect(rendered.status).toBe(1);
});
