import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../tools/peers/certificates.ts';
import { readLabels } from './base-config.ts';
import { Http } from './http.ts';
import type { Limits } from './limits.ts';
import { sha256, tar, testReader, TestRegistry, tightLimits, type Hook } from './registry.fixture.ts';

const secret = 'hunter2-very-secret';
const login = { name: 'test', of: () => Promise.resolve({ user: 'me', password: secret }) };

let registry: TestRegistry;
let elsewhere: TestRegistry;

beforeEach(async () => {
  registry = await new TestRegistry().listen();
  elsewhere = await new TestRegistry().listen();
});

afterEach(() => {
  registry.close();
  elsewhere.close();
});

const answer =
  (status: number, headers: Record<string, string>, body = ''): Hook =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };
const onManifest =
  (hook: Hook): Hook =>
  (request, response) =>
    (request.url ?? '').includes('/manifests/') && hook(request, response);
const onBlob =
  (hook: Hook): Hook =>
  (request, response) =>
    (request.url ?? '').includes('/blobs/') && hook(request, response);
/** Sends pieces until the other side hangs up. */
const endless =
  (pause: number, piece: Buffer): Hook =>
  (_, response) => {
    response.writeHead(200);
    const send = (): void => {
      if (!response.destroyed) response.write(piece, () => setTimeout(send, pause));
    };
    send();
    return true;
  };

interface Case {
  readonly what: string;
  /** Prepares the registry; the image is then read, and the file `etc/config.yaml` of it. */
  readonly prepare: () => void;
  readonly limits?: Partial<Limits>;
  readonly says: RegExp;
}

/** The config comes first, then the layers. */
const onLayer =
  (hook: Hook): Hook =>
  (request, response) =>
    registry.requests.filter((one) => one.includes('/blobs/')).length > 1 && onBlob(hook)(request, response);

const config = tar({ path: 'etc/config.yaml', content: 'version: 2\n' });
const layerOf = (bytes: Buffer, type?: string): void => {
  const layer = registry.blob(bytes);
  const { digest, size } = registry.blob(Buffer.from('{}'));
  registry.manifest('1', { schemaVersion: 2, config: { digest, size }, layers: [layer] }, type);
};

const cases: readonly Case[] = [
  {
    what: 'a manifest of another digest',
    prepare: () => {
      registry.hook = onManifest(answer(200, { 'docker-content-digest': sha256('another') }, '{}'));
    },
    says: /not those of sha256/,
  },
  {
    what: 'a config of another digest',
    prepare: () => {
      const { size } = registry.blob(Buffer.from('{}'));
      registry.manifest('1', { schemaVersion: 2, config: { digest: sha256('other'), size }, layers: [] });
      registry.hook = onBlob(answer(200, {}, '{}'));
    },
    says: /not those of sha256/,
  },
  {
    what: 'a config longer than its size',
    prepare: () => {
      registry.image('1', {}, []);
      registry.hook = onBlob(answer(200, {}, ' '.repeat(5000)));
    },
    says: /more than \d+ bytes/,
  },
  {
    what: 'a config shorter than its size',
    prepare: () => {
      registry.image('1', {}, []);
      registry.hook = onBlob(answer(200, {}, '{}'));
    },
    says: /not those of sha256/,
  },
  {
    what: 'a config said to have 100 MB',
    prepare: () => {
      const { digest } = registry.blob(Buffer.from('{}'));
      registry.manifest('1', { schemaVersion: 2, config: { digest, size: 100_000_000 }, layers: [] });
    },
    says: /is said to have 100000000 bytes/,
  },
  {
    what: 'a truncated body',
    prepare: () => {
      registry.image('1', { long: 'x'.repeat(200) }, []);
      registry.hook = onBlob((_, response) => {
        response.writeHead(200, { 'content-length': '90' });
        response.write('{');
        setTimeout(() => response.destroy(), 20);
        return true;
      });
    },
    says: /broke off before the end of its answer; try again/,
  },
  {
    what: 'a body without end',
    prepare: () => {
      registry.hook = onManifest(endless(0, Buffer.alloc(10_000)));
    },
    says: /more than 100000 bytes/,
  },
  {
    what: 'a body that drips',
    prepare: () => {
      registry.hook = onManifest(endless(100, Buffer.from(' ')));
    },
    says: /did not answer in time/,
  },
  {
    what: 'a layer without end',
    prepare: () => {
      registry.image('1', {}, [config]);
      registry.hook = onLayer(endless(0, Buffer.alloc(10_000)));
    },
    says: /is longer than the \d+ bytes that its manifest tells/,
  },
  {
    what: 'a layer that drips',
    prepare: () => {
      registry.image('1', {}, [config]);
      registry.hook = onLayer(endless(100, Buffer.from([0x1f])));
    },
    says: /did not answer in time/,
  },
  {
    what: 'a truncated layer',
    prepare: () => {
      registry.image('1', {}, [config]);
      registry.hook = onLayer(answer(200, {}, 'half'));
    },
    says: /is no tar that can be read|does not have the bytes of its digest/,
  },
  {
    what: 'no answer at all',
    prepare: () => {
      registry.hook = () => true;
    },
    says: /did not answer in time/,
  },
  {
    what: 'a gzip bomb',
    prepare: () => {
      layerOf(gzipSync(Buffer.alloc(15_000_000)));
    },
    says: /unpacks to more than 200 times its size/,
  },
  {
    what: 'a layer that unpacks without end',
    prepare: () => {
      const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
      const content = noise.toString('latin1').repeat(500);
      layerOf(gzipSync(tar({ path: 'noise', content }), { level: 1 }));
    },
    says: /unpacks to more than/,
  },
  {
    what: 'a layer that is no gzip behind its first bytes',
    prepare: () => {
      layerOf(Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7]));
    },
    says: /is no gzip that can be read/,
  },
  {
    what: 'a layer that is no zstd behind its first bytes',
    prepare: () => {
      layerOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    },
    says: /is no zstd that can be read/,
  },
  {
    what: 'a layer that is no tar',
    prepare: () => {
      layerOf(Buffer.from('this is no tar '.repeat(100)));
    },
    says: /is no tar that can be read/,
  },
  {
    what: 'a layer of other bytes than its digest',
    prepare: () => {
      registry.image('1', {}, [config]);
      registry.hook = onLayer(answer(200, {}, ''));
    },
    says: /does not have the bytes of its digest/,
  },
  {
    what: 'a path that leads out of the image',
    prepare: () => {
      registry.image('1', {}, [tar({ path: '../../etc/config.yaml', content: 'stolen' })]);
    },
    says: /has no file "etc\/config.yaml"/,
  },
  {
    what: 'links in a circle',
    prepare: () => {
      registry.image('1', {}, [
        tar(
          { path: 'etc/config.yaml', type: 'SymbolicLink', linkpath: 'other' },
          { path: 'etc/other', type: 'SymbolicLink', linkpath: '/../etc/config.yaml' },
        ),
      ]);
    },
    says: /leads over more than 16 links/,
  },
  {
    what: 'a file of more bytes than are read',
    prepare: () => {
      registry.image('1', {}, [tar({ path: 'etc/config.yaml', content: 'x'.repeat(200_000) })]);
    },
    says: /holds "etc\/config.yaml" with 200000 bytes/,
  },
  {
    what: '10,000 layers',
    prepare: () => {
      const layer = registry.blob(Buffer.from('x'));
      const { digest, size } = registry.blob(Buffer.from('{}'));
      const layers = Array.from({ length: 10_000 }, () => layer);
      registry.manifest('1', { schemaVersion: 2, config: { digest, size }, layers });
    },
    limits: { documentBytes: 8 << 20 },
    says: /has 10000 layers, and runtimes take 128/,
  },
  {
    what: 'indexes in indexes',
    prepare: () => {
      let inner = registry.image('inner', {}, []);
      for (let depth = 0; depth < 6; depth++)
        inner = registry.manifest(
          '1',
          { schemaVersion: 2, manifests: [{ ...inner, depth }] },
          'application/vnd.oci.image.index.v1+json',
        );
    },
    says: /is an index of indexes without end/,
  },
  {
    what: 'a label with invalid base64',
    prepare: () => {
      registry.image('1', { 'io.llamastack.config.base64': 'no base64!' });
    },
    says: /has a label "io.llamastack.config.base64" that is no base64/,
  },
  {
    what: 'redirects without end',
    prepare: () => {
      registry.hook = (request, response) => answer(307, { location: `${request.url ?? ''}x` })(request, response);
    },
    says: /redirected more than 5 times/,
  },
  {
    what: 'a redirect to a file',
    prepare: () => {
      registry.hook = answer(302, { location: 'file:///etc/passwd' });
    },
    says: /was redirected to file:\/\/\/etc\/passwd, which is not https/,
  },
  {
    what: '401 whatever is sent',
    prepare: () => {
      registry.hook = answer(401, { 'www-authenticate': 'Basic realm="r"' });
    },
    says: /answered 401.*docker login/,
  },
  {
    what: '401 that asks for nothing known',
    prepare: () => {
      registry.hook = answer(401, { 'www-authenticate': 'Negotiate' });
    },
    says: /no kind of login that is known/,
  },
  {
    what: 'a token for another service, which it refuses',
    prepare: () => {
      registry.hook = (request, response) =>
        (request.url ?? '').startsWith('/token')
          ? answer(200, {}, '{"token":"for-another"}')(request, response)
          : answer(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token",service="x"` })(
              request,
              response,
            );
    },
    says: /answered 401.*docker login/,
  },
  {
    what: 'a token server over plain http elsewhere',
    prepare: () => {
      registry.hook = answer(401, { 'www-authenticate': 'Bearer realm="http://tokens.example/t",service="x"' });
    },
    says: /must be https/,
  },
  {
    what: 'HTML for a token',
    prepare: () => {
      registry.hook = (request, response) =>
        (request.url ?? '').startsWith('/token')
          ? answer(200, {}, '<html>')(request, response)
          : answer(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token"` })(request, response);
    },
    says: /what is no token/,
  },
  {
    what: 'HTML for a manifest',
    prepare: () => {
      registry.hook = onManifest(answer(200, { 'content-type': 'application/json' }, '<!DOCTYPE html><html>'));
    },
    says: /is HTML, no manifest/,
  },
  {
    what: 'wrong content types, but the right bytes',
    prepare: () => {
      layerOf(config, 'text/html');
    },
    says: /^was read$/,
  },
  {
    what: 'a manifest of a type that is no image',
    prepare: () => {
      registry.manifest('1', { schemaVersion: 2, mediaType: 'application/vnd.cncf.helm', layers: [] });
    },
    says: /"application\/vnd.cncf.helm", which is no image/,
  },
  {
    what: 'a manifest of schema 1',
    prepare: () => {
      registry.manifest('1', { schemaVersion: 1 });
    },
    says: /schema 1/,
  },
  {
    what: '503 each time',
    prepare: () => {
      registry.hook = answer(503, {});
    },
    says: /answered 503 each time/,
  },
  {
    what: 'a registry that is down',
    prepare: () => {
      registry.close();
    },
    says: /cannot be reached \(ECONNREFUSED\)/,
  },
];

describe('a hostile registry gives a clear failure in bounded time, and nothing of it is kept', () => {
  test.each(cases)('$what', { timeout: 10_000 }, async ({ what, prepare, limits = {}, says }) => {
    const { reader, close, cache } = testReader({ credentials: [login], limits });
    const { host } = registry;
    prepare();
    const started = Date.now();
    const memory = watchMemory();
    const outcome = await read(host, reader).catch((error: unknown) => error as Error);
    const took = Date.now() - started;
    const megabytes = memory.end();
    await close();
    const message = outcome instanceof Error ? outcome.message : 'content' in outcome ? 'was read' : outcome.missing;
    table.push([what, shortened(message), (took / 1000).toFixed(2), String(megabytes)]);
    expect(message).toMatch(says);
    expect(megabytes).toBeLessThan(150);
    expect(message).not.toContain(secret);
    expect(message).not.toContain(Buffer.from(`me:${secret}`).toString('base64'));
    expect(took).toBeLessThan(6_000);
    expect(readdirSync(cache).filter((name) => name.endsWith('.half'))).toEqual([]);
  });
});

/** Case, outcome, seconds, and megabytes that this process, which is the registry too, grew by. */
const table: string[][] = [];

afterAll(() => {
  if (process.env.LLSD_TABLE === undefined) return;
  const rows = [['case', 'outcome', 'seconds', 'MB'], ...table];
  console.log(rows.map((row) => `| ${row.join(' | ')} |`).join('\n'));
});

function shortened(message: string): string {
  return message
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/(sha256:\w{6})\w+/g, '$1…')
    .slice(0, 120);
}

function watchMemory(): { end: () => number } {
  const before = process.memoryUsage().rss;
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const timer = setInterval(look, 10);
  return {
    end: () => {
      clearInterval(timer);
      look();
      return Math.round((most - before) / 2 ** 20);
    },
  };
}

async function read(host: string, reader: ReturnType<typeof testReader>['reader']) {
  const image = await reader.read(`${host}/a/b:1`);
  await readLabels(image, `${host}/a/b:1`);
  return image.file('etc/config.yaml');
}

test('credentials do not follow a redirect to another host', async () => {
  const image = registry.image('1', {}, []);
  elsewhere.image('1', {}, []);
  registry.hook = (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization === undefined)
      return answer(401, { 'www-authenticate': 'Basic realm="r"' })(request, response);
    return onBlob(answer(307, { location: `http://${elsewhere.host}${request.url ?? ''}` }))(request, response);
  };
  const { reader, close } = testReader({ credentials: [login] });
  const { digest } = await reader.read(`${registry.host}/a/b:1`);
  await close();
  expect(digest).toBe(image.digest);
  expect(registry.authorizations.filter((one) => one !== undefined).length).toBeGreaterThan(0);
  expect(elsewhere.requests.length).toBe(1);
  expect(elsewhere.authorizations).toEqual([undefined]);
});

test('a redirect from https to plain http is not followed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llsd-tls-'));
  const authority = makeAuthority(folder, 'authority');
  const { key, certificate } = makeServerCertificate(folder, 'localhost', authority, 'DNS:localhost,IP:127.0.0.1');
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) => {
    response.writeHead(302, { location: `http://${elsewhere.host}/` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const http = new Http(tightLimits, readFileSync(authority.certificate, 'utf8'));
  const asked = http.ask({
    url: new URL(`https://127.0.0.1:${port}/v2/`),
    authorization: 'Basic made-up',
    time: 1_000,
  });
  await expect(asked).rejects.toThrow(/was redirected to http:\/\/127.0.0.1:\d+\/, which is not https/);
  await http.close();
  server.close();
  rmSync(folder, { recursive: true });
  expect(elsewhere.requests).toEqual([]);
});
