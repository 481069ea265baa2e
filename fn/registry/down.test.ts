import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestRegistry, testReader, type Hook } from './registry.fixture.ts';

let registry: TestRegistry;

beforeEach(async () => {
  registry = await new TestRegistry().listen();
  for (const tag of tags) registry.image(tag, { tag });
});

afterEach(() => {
  registry.close();
});

const tags = Array.from({ length: 50 }, (_, index) => String(index));
/** Milliseconds: the first image costs three tries or one wait of 400 ms, and that is all. */
const most = 1_500;

type Reader = ReturnType<typeof testReader>['reader'];

/** What became of each image: its label, or the failure. */
async function readAll(reader: Reader, host: string, atOnce: number): Promise<{ said: string[]; took: number }> {
  const started = Date.now();
  const said: string[] = [];
  const waiting = tags.entries();
  const work = async (): Promise<void> => {
    for (const [index, tag] of waiting)
      said[index] = await reader.read(`${host}/a/b:${tag}`).then(
        ({ labels }) => labels.tag ?? '',
        (error: unknown) => (error as Error).message,
      );
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { said, took: Date.now() - started };
}

const refuse = (): void => {
  registry.close();
};
const answerBy = (hook: Hook) => (): void => {
  registry.hook = hook;
};
const hang: Hook = () => true;
const unavailable: Hook = (_, response) => {
  response.writeHead(503).end();
  return true;
};

test.each([
  ['refuses connections', refuse, 'cannot be reached (ECONNREFUSED)'],
  ['never answers', answerBy(hang), 'did not answer in time'],
  ['answers 503 each time', answerBy(unavailable), 'answered 503 each time'],
])('a registry that %s costs the time of one image, and each image is told of', async (_, prepare, what) => {
  const { host } = registry;
  prepare();
  for (const atOnce of [1, 8]) {
    const { reader, close } = testReader();
    const { said, took } = await readAll(reader, host, atOnce);
    await close();
    expect(said).toHaveLength(tags.length);
    for (const one of said) expect(one).toContain(what);
    for (const tag of tags.slice(8)) expect(said[Number(tag)]).toContain(`was not asked for /v2/a/b/manifests/${tag};`);
    expect(took).toBeLessThan(most);
  }
});

test('a host that takes connections and says nothing, not even TLS, costs the time of one image', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const { reader, close } = testReader();
  const host = `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const { said, took } = await readAll(reader, host, 1);
  await close();
  server.close();
  for (const one of said) expect(one).toContain('did not answer in time');
  expect(took).toBeLessThan(most);
});

test('a registry that goes down on the way is asked no more', async () => {
  registry.hook = (request) => {
    if (request.url?.endsWith('/manifests/20') === true) registry.hook = hang;
    return registry.hook === hang;
  };
  const { reader, close } = testReader();
  const { said, took } = await readAll(reader, registry.host, 1);
  await close();
  expect(said.slice(0, 20)).toEqual(tags.slice(0, 20));
  expect(said[20]).toMatch(/manifests\/20 did not answer in time/);
  for (const one of said.slice(21)) expect(one).toContain('and was not asked for');
  expect(took).toBeLessThan(most);
});

test('one image that a registry does not give is no reason to give up the others, not even the first of all', async () => {
  registry.hook = (request) => request.url?.endsWith('/manifests/0') === true;
  const { reader, close } = testReader();
  const { said } = await readAll(reader, registry.host, 8);
  await close();
  expect(said[0]).toMatch(/manifests\/0 did not answer in time; try again/);
  expect(said.slice(1)).toEqual(tags.slice(1));
});

test('a mirror that is down is asked for one image alone, and the others come from the registry', async () => {
  const { reader, close } = testReader({ mirrors: { [registry.host]: '127.0.0.1:1' } });
  const { said, took } = await readAll(reader, registry.host, 1);
  await close();
  expect(said).toEqual(tags);
  expect(took).toBeLessThan(most);
});

test('the first request finds out for all what the registry speaks, and whether it wants a login', async () => {
  registry.hook = (request, response) => {
    if (request.headers.authorization !== undefined) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    return true;
  };
  const login = { name: 'test', of: () => Promise.resolve({ user: 'me', password: 'made-up' }) };
  const { reader, http, close } = testReader({ credentials: [login], limits: { alone: 1_000 } });
  const { said } = await readAll(reader, registry.host, 8);
  await close();
  expect(said).toEqual(tags);
  expect(registry.authorizations.filter((one) => one === undefined)).toHaveLength(1);
  // One by https, and one without a login, besides manifests and configs.
  expect(http.requests).toBe(2 + 2 * tags.length);
});
