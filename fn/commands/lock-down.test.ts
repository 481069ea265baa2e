import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestRegistry } from '../registry/registry.fixture.ts';
import { stackOn, TestPackage } from './lock.fixture.ts';

let pack: TestPackage;
const images = 50;

beforeEach(() => {
  pack = new TestPackage();
});

afterEach(() => {
  pack.remove();
});

async function lock(host: string): Promise<{ lines: readonly string[]; seconds: number }> {
  for (let index = 0; index < images; index++)
    pack.write(`${index}.yaml`, stackOn(`${host}/acme/llama-${index}:1`, `stack-${index}`));
  const started = Date.now();
  const { stdout, stderr, status } = await pack.run('lock', '.');
  const seconds = (Date.now() - started) / 1000;
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(() => pack.read()).toThrow('ENOENT');
  return { lines: stderr.trimEnd().split('\n'), seconds };
}

test('50 images of a registry that refuses connections: all are told of, once its first was tried four times', async () => {
  const registry = await new TestRegistry().listen();
  const { host } = registry;
  registry.close();
  const { lines, seconds } = await lock(host);
  expect(lines).toHaveLength(images);
  for (const line of lines) expect(line).toMatch(/^\d+\.yaml:7: error: .* cannot be reached \(ECONNREFUSED\)/);
  expect(lines.filter((line) => line.includes('and was not asked for')).length).toBeGreaterThan(images - 10);
  console.log(`${images} images of a registry that refuses connections: ${seconds.toFixed(1)} s`);
  // It waits 0.5, 1 and 2 seconds between the tries.
  expect(seconds).toBeLessThan(10);
});

test('50 images of a host that takes connections and never says a word: all are told of, after ten seconds', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { lines, seconds } = await lock(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  expect(lines).toHaveLength(images);
  for (const line of lines) expect(line).toMatch(/^\d+\.yaml:7: error: .* did not answer in time/);
  console.log(`${images} images of a host that never says a word: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(16);
});
