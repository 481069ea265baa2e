import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { Header } from 'tar';
import { expect, test } from 'vitest';
import { tar, TestRegistry } from '../registry/registry.fixture.ts';
import { acmeConfig, stackOn, TestPackage } from './lock.fixture.ts';

/** Megabytes of the layer; by hand, LLSD_LAYER_MB=2048. */
const megabytes = Number(process.env.LLSD_LAYER_MB ?? 96);
/** Kilobytes that the program may take: it takes 60 MB to start. */
const most = 200_000;

const megabyte = randomBytes(1 << 20);

/** A layer with a big file before the config, made on the way. */
function* layer(): Generator<Buffer> {
  const header = Buffer.alloc(512);
  new Header({ path: 'big', type: 'File', size: megabytes * 2 ** 20, mode: 0o644 }).encode(header, 0);
  yield header;
  for (let sent = 0; sent < megabytes; sent++) yield megabyte;
  yield tar({ path: 'config.yaml', content: acmeConfig });
}

async function send(response: ServerResponse): Promise<void> {
  response.writeHead(200);
  for (const piece of layer()) if (!response.write(piece)) await once(response, 'drain');
  response.end();
}

/** The most memory that a process has had, in kilobytes. */
function peakOf(id: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id ?? 0}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

test.runIf(process.platform === 'linux')(
  `a config in a layer of ${megabytes} MB is found in memory that does not grow with the layer`,
  { timeout: 600_000 },
  async () => {
    const hash = createHash('sha256');
    let size = 0;
    for (const piece of layer()) {
      hash.update(piece);
      size += piece.length;
    }
    const digest = `sha256:${hash.digest('hex')}`;
    const registry = await new TestRegistry().listen();
    const labels = { 'io.llamastack.config.path': 'config.yaml', 'org.opencontainers.image.version': '0.7.1' };
    const config = registry.blob(Buffer.from(JSON.stringify({ config: { Labels: labels } })));
    registry.manifest('1', { schemaVersion: 2, config, layers: [{ mediaType: '', digest, size }] });
    registry.hook = (request, response) => {
      if (!request.url?.endsWith(digest)) return false;
      void send(response);
      return true;
    };
    const pack = new TestPackage();
    pack.write('stack.yaml', stackOn(`${registry.host}/acme/llama:1`));
    const started = Date.now();
    const { child, ended } = pack.start('lock', '.');
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 10);
    const { stderr, status } = await ended;
    clearInterval(timer);
    console.log(
      `a layer of ${megabytes} MB: ${((Date.now() - started) / 1000).toFixed(1)} s, at most ${Math.round(peak / 1024)} MB of memory`,
    );
    registry.close();
    expect(stderr).toContain('(its config.yaml, release 0.7.1)');
    expect(status).toBe(0);
    pack.remove();
    expect(peak).toBeGreaterThan(30_000);
    expect(peak).toBeLessThan(most);
  },
);
