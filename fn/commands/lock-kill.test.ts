import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestRegistry } from '../registry/registry.fixture.ts';
import { acmeConfig, labelsWith, stackOn, TestPackage } from './lock.fixture.ts';

const kills = Number(process.env.LLSD_KILLS ?? 10);
const images = 8;

let registry: TestRegistry;
let pack: TestPackage;

beforeEach(async () => {
  registry = await new TestRegistry().listen();
  pack = new TestPackage();
  for (let index = 0; index < images; index++)
    pack.write(`${index}.yaml`, stackOn(`${registry.host}/acme/llama:${index}`, `stack-${index}`));
});

afterEach(() => {
  registry.close();
  pack.remove();
});

/** Long enough that writing it takes a while. */
const longConfig = (mark: string): string => acmeConfig + `# ${mark} ${'x'.repeat(100)}\n`.repeat(1_000);

function push(mark: string): void {
  for (let index = 0; index < images; index++) registry.image(`${index}`, labelsWith(longConfig(`${mark} ${index}`)));
}

test(
  `${kills} times killed at a random moment, the package has the old lock or the new one, and the next run works`,
  { timeout: 60_000 + 10_000 * kills },
  async () => {
    push('0');
    const started = Date.now();
    expect((await pack.run('lock', '.')).status).toBe(0);
    const usual = Date.now() - started;
    let old = pack.read();
    let killed = 0;
    for (let round = 1; round <= kills; round++) {
      push(String(round));
      const { child, ended } = pack.start('lock', '.');
      await sleep(usual * Math.random());
      child.kill('SIGKILL');
      if ((await ended).status === null) killed++;
      const left = pack.read();
      const next = await pack.run('lock', '.');
      expect({ status: next.status, errors: next.stderr.includes('error') }).toEqual({ status: 0, errors: false });
      const fresh = pack.read();
      expect([old, fresh].includes(left)).toBe(true);
      expect(fresh).not.toBe(old);
      old = fresh;
      expect(readdirSync(pack.folder).filter((name) => name.endsWith('.half'))).toEqual([]);
    }
    console.log(`${killed} of ${kills} runs were killed before their end`);
    expect(killed).toBeGreaterThan(0);
  },
);

test('the lock is replaced as a whole: who has it open reads the old one to its end', async () => {
  push('0');
  await pack.run('lock', '.');
  const old = pack.read();
  const file = openSync(join(pack.folder, 'distribution-lock.yaml'), 'r');
  push('1');
  await pack.run('lock', '.');
  expect(pack.read()).not.toBe(old);
  expect(readFileSync(file, 'utf8') === old).toBe(true);
  closeSync(file);
});

test('what a run leaves that was killed while it wrote is removed by the next', async () => {
  push('0');
  pack.write('.distribution-lock.yaml.999999999.half', 'half');
  pack.write(`.distribution-lock.yaml.${process.pid}.half`, 'of a run that is not over');
  expect((await pack.run('lock', '.')).status).toBe(0);
  expect(readdirSync(pack.folder).filter((name) => name.endsWith('.half'))).toEqual([
    `.distribution-lock.yaml.${process.pid}.half`,
  ]);
});
