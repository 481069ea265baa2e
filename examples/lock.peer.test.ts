import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tar } from '../fn/registry/registry.fixture.ts';
import { peer } from '../tools/peers/env.ts';
import { Registries } from '../tools/peers/registries.ts';

const areThere = ['registry', 'crane'].map(peer).every((one) => one !== undefined);
const page = readFileSync('examples/lock/README.md', 'utf8');
const commands = [...page.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) => (block ?? '').trim().split('\n'));
const labels = Object.fromEntries(
  [...readFileSync('examples/lock/image/Dockerfile', 'utf8').matchAll(/ (\S+)=(\S+)/g)].map(([, name, value]) => [
    name!,
    value!,
  ]),
);

describe.runIf(areThere)('the commands of examples/lock, with the image in a registry of this machine', () => {
  const registries = new Registries();
  const folder = mkdtempSync(join(tmpdir(), 'llsd-lock-example-'));
  const lock = join(folder, 'examples/lock/distribution-lock.yaml');
  let host: string;

  beforeAll(async () => {
    host = await registries.plain();
    const layer = join(registries.folder, 'layer.tar');
    writeFileSync(
      layer,
      tar({ path: 'opt/acme/config.yaml', content: readFileSync('examples/lock/image/config.yaml', 'utf8') }),
    );
    registries.push(`${host}/acme/llama-stack:stable`, labels, layer);
    cpSync('examples/lock', join(folder, 'examples/lock'), { recursive: true });
    for (const file of ['stack.yaml', 'distribution-lock.yaml']) {
      const path = join(folder, 'examples/lock', file);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('localhost:5000', host));
    }
    mkdirSync(join(folder, 'bin'));
    symlinkSync(resolve('dist/llsd.cjs'), join(folder, 'bin/llsd'));
  });

  afterAll(() => {
    registries.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(commands)('%s', (command) => {
    const before = readFileSync(lock, 'utf8');
    const out = execFileSync('bash', ['-ec', command.replaceAll('localhost:5000', host)], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        XDG_CACHE_HOME: join(folder, 'cache'),
        PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(out.includes('kind: Deployment')).toBe(command.startsWith('llsd render'));
    // The lock that is in the example is what the commands write.
    expect(readFileSync(lock, 'utf8')).toBe(before);
  });

  test('there are commands at all', () => {
    expect(commands.length).toBeGreaterThan(3);
  });
});
