import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseChallenge } from './challenge.ts';
import { credentialsIn } from './credentials.ts';
import { dockerConfig } from './docker-config.ts';
import { testReader, TestRegistry } from './registry.fixture.ts';

const auth = (user: string): { auth: string } => ({ auth: Buffer.from(`${user}:pw:with:colons`).toString('base64') });

const matches: readonly (readonly [key: string, registry: string, name: string, fits: boolean])[] = [
  ['quay.io', 'quay.io', 'a/b', true],
  ['quay.io', 'quay.io.evil.example', 'a/b', false],
  ['https://quay.io', 'quay.io', 'a/b', true],
  ['https://quay.io/v2/', 'quay.io', 'a/b', true],
  ['https://index.docker.io/v1/', 'docker.io', 'library/a', true],
  ['docker.io', 'docker.io', 'a/b', true],
  ['localhost:5000', 'localhost:5000', 'a', true],
  ['localhost:5000', 'localhost:5001', 'a', false],
  ['quay.io/team', 'quay.io', 'team/b', true],
  ['quay.io/team', 'quay.io', 'teams/b', false],
  ['*.example.com', 'registry.example.com', 'a', true],
  ['*.example.com', 'a.registry.example.com', 'a', false],
  ['*.example.com', 'registry.example.com.evil', 'a', false],
];

test.each(matches)('credentials under "%s" for %s/%s: %s', (key, registry, name, fits) => {
  const found = credentialsIn({ [key]: auth('me') }, { registry, name });
  expect(found).toEqual(fits ? { user: 'me', password: 'pw:with:colons' } : undefined);
});

test('of several keys the longest path wins', () => {
  const auths = { 'quay.io': auth('host'), 'quay.io/a/b': auth('repository'), 'quay.io/a': auth('folder') };
  expect(credentialsIn(auths, { registry: 'quay.io', name: 'a/b' })).toMatchObject({ user: 'repository' });
  expect(credentialsIn(auths, { registry: 'quay.io', name: 'a/c' })).toMatchObject({ user: 'folder' });
  expect(credentialsIn(auths, { registry: 'quay.io', name: 'c' })).toMatchObject({ user: 'host' });
});

const challenges: readonly (readonly [header: string, parsed: unknown])[] = [
  ['Basic realm="r"', { scheme: 'basic', parameters: { realm: 'r' } }],
  [
    'Bearer realm="https://a/t?x=1,2",service="s",scope="repository:a/b:pull,push"',
    { scheme: 'bearer', parameters: { realm: 'https://a/t?x=1,2', service: 's', scope: 'repository:a/b:pull,push' } },
  ],
  ['Basic realm="r", Bearer realm="https://a/t"', { scheme: 'bearer', parameters: { realm: 'https://a/t' } }],
  ['bearer Realm=plain', { scheme: 'bearer', parameters: { realm: 'plain' } }],
  ['Negotiate', undefined],
  ['', undefined],
];

test.each(challenges)('the challenge %s', (header, parsed) => {
  expect(parseChallenge(header)).toEqual(parsed);
});

let registry: TestRegistry;

beforeEach(async () => {
  registry = await new TestRegistry().listen();
});

afterEach(() => {
  registry.close();
});

/** Lets in whoever has this header. */
function protect(challenge: string, header: string): void {
  registry.hook = (request, response) => {
    if ((request.url ?? '').startsWith('/token')) {
      const given = request.headers.authorization ?? 'none';
      response.end(JSON.stringify({ access_token: Buffer.from(given).toString('base64url') }));
      return true;
    }
    if (request.headers.authorization === header) return false;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const source = (user: string) => ({ name: user, of: () => Promise.resolve({ user, password: 'pw' }) });

test('basic: the first source that the registry takes, and one login for all requests', async () => {
  registry.image('1', {});
  protect('Basic realm="r"', basic('second:pw'));
  const { reader, close } = testReader({ credentials: [source('first'), source('second')] });
  await reader.read(`${registry.host}/a/b:1`);
  await close();
  const sent = registry.authorizations.map((header) => header && Buffer.from(header.slice(6), 'base64').toString());
  expect(sent).toEqual([undefined, 'first:pw', 'second:pw', 'second:pw']);
});

test('bearer: the token server gets the credentials, scope and service; the registry its token', async () => {
  registry.image('1', {});
  const token = Buffer.from(basic('me:pw')).toString('base64url');
  protect(`Bearer realm="http://${registry.host}/token",service="my service"`, `Bearer ${token}`);
  const { reader, close } = testReader({ credentials: [source('me')] });
  await reader.read(`${registry.host}/a/b:1`);
  await close();
  expect(registry.requests.filter((one) => one.includes('/token'))).toEqual([
    'GET /token?service=my+service&scope=repository%3Aa%2Fb%3Apull',
  ]);
});

test('bearer: without credentials a token is asked for anonymously', async () => {
  registry.image('1', {});
  const token = Buffer.from('none').toString('base64url');
  protect(`Bearer realm="http://${registry.host}/token"`, `Bearer ${token}`);
  const { reader, close } = testReader();
  await reader.read(`${registry.host}/a/b:1`);
  await close();
  expect(registry.requests.length).toBe(4);
});

/** A docker config.json, and helpers that answer with the given text. */
function configFolder(config: unknown, helpers: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'llsd-docker-'));
  writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  for (const [name, script] of Object.entries(helpers)) {
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, `docker-credential-${name}`), 0o755);
  }
  process.env.PATH = `${folder}:${path}`;
  return { DOCKER_CONFIG: folder };
}

const path = process.env.PATH ?? '';
afterEach(() => {
  process.env.PATH = path;
});

const repository = { registry: 'quay.io', name: 'a/b' };

test('config.json: a helper of the registry, one of all, and auths', async () => {
  const answer = `read server; echo "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"`;
  const own = dockerConfig(
    configFolder({ credHelpers: { 'quay.io': 'a' }, auths: { 'quay.io': auth('me') } }, { a: answer }),
  );
  expect(await own?.of(repository)).toEqual({ user: 'quay.io', password: 's' });
  const store = dockerConfig(configFolder({ credsStore: 'a' }, { a: answer }));
  expect(await store?.of({ registry: 'docker.io', name: 'a' })).toEqual({
    user: 'https://index.docker.io/v1/',
    password: 's',
  });
  const none = dockerConfig(
    configFolder({ credsStore: 'a', auths: { 'quay.io': auth('me') } }, { a: 'echo credentials not found; exit 1' }),
  );
  expect(await none?.of(repository)).toMatchObject({ user: 'me' });
  expect(dockerConfig({ DOCKER_CONFIG: '/nonexistent' })).toBeUndefined();
});

test.each([
  [{ credsStore: 'absent' }, /`docker-credential-absent get` gave no credentials for "quay.io": it is not on PATH/],
  [{ credsStore: '../../bin/sh' }, /its name in config.json must be letters/],
  [{ credsStore: 'broken' }, /it failed; log in again/],
  [{ credsStore: 'html' }, /its answer is no credential/],
])('config.json %j: %s', async (config, says) => {
  const found = dockerConfig(configFolder(config, { broken: 'echo the secret is abc; exit 1', html: 'echo "<html>"' }));
  await expect(found?.of(repository)).rejects.toThrow(says);
  await expect(found?.of(repository)).rejects.not.toThrow(/abc/);
});

test('a config.json that is no JSON is told, not passed over', () => {
  expect(() => dockerConfig(configFolder('{'))).toThrow(/must be docker's config.json/);
});
