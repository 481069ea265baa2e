import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer, requirePeer } from '../../tools/peers/env.ts';
import { Registries } from '../../tools/peers/registries.ts';
import { tar } from '../registry/registry.fixture.ts';
import { acmeConfig, labelsWith, stackOn, TestPackage } from './lock.fixture.ts';

const areThere = ['registry', 'crane'].map(peer).every((one) => one !== undefined);
const distributions = 5;
const tags = 10;

describe.runIf(areThere)('50 images of 5 distributions in a registry of this machine', () => {
  const registries = new Registries();
  const pack = new TestPackage();
  const images: string[] = [];

  beforeAll(async () => {
    const host = await registries.plain();
    const layer = join(registries.folder, 'layer.tar');
    writeFileSync(layer, tar({ path: 'config.yaml', content: acmeConfig }));
    for (let distribution = 0; distribution < distributions; distribution++) {
      const first = `${host}/acme/distribution-${distribution}:0`;
      registries.push(first, labelsWith(`${acmeConfig}# ${distribution}\n`), layer);
      // The tags of a distribution are images of their own, with the same layer.
      for (let tag = 0; tag < tags; tag++) {
        const image = `${host}/acme/distribution-${distribution}:${tag}`;
        if (tag > 0) registries.crane('mutate', '--insecure', first, '--label', `tag=${tag}`, '--tag', image);
        images.push(image);
      }
    }
    for (const [index, image] of images.entries()) pack.write(`${index}.yaml`, stackOn(image, `stack-${index}`));
  });

  afterAll(() => {
    registries.close();
    pack.remove();
  });

  test('`llsd lock` asks for each manifest and config once; its time beside `crane digest` and `crane config`', async () => {
    /** The shortest of some runs, since other programs share the machine. */
    const seconds = async (work: () => unknown): Promise<number> => {
      let shortest = Infinity;
      for (let run = 0; run < 5; run++) {
        const started = process.hrtime.bigint();
        await work();
        shortest = Math.min(shortest, Number(process.hrtime.bigint() - started) / 1e9);
      }
      return shortest;
    };
    const lock = async (): Promise<void> => {
      for (const path of [pack.environment.XDG_CACHE_HOME!, join(pack.folder, 'distribution-lock.yaml')])
        rmSync(path, { recursive: true, force: true });
      expect(await pack.run('lock', '.')).toMatchObject({ status: 0 });
    };
    const asked = registries.requests().length;
    await lock();
    const requests = registries.requests().slice(asked);
    const ours = await seconds(lock);
    const list = join(registries.folder, 'images');
    writeFileSync(list, images.map((image) => `${image}\n`).join(''));
    const crane = requirePeer('crane').path;
    const both = ['digest', 'config'].map((command) => `${crane} ${command} --insecure {} >/dev/null`).join(' && ');
    const shell = (atOnce: number): unknown =>
      execFileSync('xargs', ['-P', String(atOnce), '-I{}', '-a', list, 'sh', '-c', both]);
    const before = registries.requests().length;
    shell(1);
    const theirRequests = registries.requests().length - before;
    const theirs = await seconds(() => shell(1));
    const parallel = await seconds(() => shell(8));
    console.log(
      [
        `llsd lock            ${ours.toFixed(2)} s, ${requests.length} requests`,
        `crane, one by one    ${theirs.toFixed(2)} s, ${theirRequests} requests; ratio ${(ours / theirs).toFixed(2)}`,
        `crane, 8 at a time   ${parallel.toFixed(2)} s; ratio ${(ours / parallel).toFixed(2)}`,
      ].join('\n'),
    );
    expect(requests).toHaveLength(2 * images.length);
    expect(new Set(requests).size).toBe(requests.length);
    expect(requests.length).toBeLessThan(theirRequests);
    const beforeCheck = registries.requests().length;
    expect(await pack.run('lock', '--check', '.')).toMatchObject({ status: 0, stderr: '' });
    expect(registries.requests().length - beforeCheck).toBe(images.length);
  });
});
