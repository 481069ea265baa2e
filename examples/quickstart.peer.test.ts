import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { peer, podReleases } from '../tools/peers/env.ts';

const podman = peer('podman');
const postgres = peer('postgres');

const databasePort = 15_471;
const upstreamPort = 8000;
const server = 'http://127.0.0.1:8321';
const token = 'made-up-token';
/** Every character that a connection string gives a meaning to. */
const password = 'p@s/w:o#r%d?&=+';

interface Pod {
  metadata?: Record<string, unknown>;
  spec: { containers: { ports?: unknown }[] };
}

interface KubernetesObject {
  kind: string;
  metadata: { name: string };
  spec?: { template: Pod };
}

/** The objects of the README's example, as `npm start` prints them; for another release, by the option that chooses it. */
function rendered(release: string): KubernetesObject[] {
  const others =
    release === '0.7.1' ? [] : ['--image-overrides', `starter=${peer(`pod-image-${release}`)?.path ?? ''}`];
  const command = ['dist/llsd.cjs', 'render', 'examples/quickstart', ...others];
  const text = execFileSync(process.execPath, command, { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** ConfigMap and Deployment as they are, but for what the host network of podman cannot do. */
function playable(release: string): string {
  const wanted = rendered(release).filter(({ kind }) => kind === 'ConfigMap' || kind === 'Deployment');
  for (const { spec } of wanted) {
    if (!spec) continue;
    for (const container of spec.template.spec.containers) delete container.ports;
  }
  // podman calls the volume of an emptyDir by its name alone, so that other pods of this machine would share it.
  return wanted
    .map((object) => stringify(object))
    .join('---\n')
    .replaceAll(/name: (lls-storage|tmp)$/gm, 'name: quickstart-$1');
}

const releases = podReleases.filter((release) => peer(`pod-image-${release}`));

describe.runIf(podman && postgres).each(releases)(
  'the example of the README, as a pod with the real server %s',
  (release) => {
    const folder = mkdtempSync(join(tmpdir(), 'llsd-pod-'));
    const manifests = join(folder, 'pod.yaml');
    const upstreamLog = join(folder, 'upstream.jsonl');
    const env = { ...process.env, ...podman?.env, CONTAINERS_CONF: join(folder, 'containers.conf') };
    let upstream: ChildProcess | undefined;

    const run = (...args: string[]): string =>
      execFileSync('podman', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const sql = (text: string, database = 'llamastack'): string =>
      execFileSync(
        'psql',
        ['-h', '127.0.0.1', '-p', String(databasePort), '-U', 'postgres', '-d', database, '-Atqc', text],
        {
          env: { ...env, PGPASSWORD: 'postgres' },
          encoding: 'utf8',
        },
      ).trim();

    function makeSecret(name: string, key: string, value: string): void {
      spawnSync('podman', ['secret', 'rm', name], { env });
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify({ [key]: Buffer.from(value).toString('base64') }));
      run('secret', 'create', name, file);
    }

    async function get(path: string): Promise<unknown> {
      const response = await fetch(server + path);
      expect(`${path} ${response.status}`).toBe(`${path} 200`);
      return response.json();
    }

    async function post(path: string, body: unknown): Promise<unknown> {
      // The server answers before its tables are made: the first request may get a 500 and leave a broken connection.
      for (let attempt = 0; ; attempt += 1) {
        const answer = await fetch(server + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: JSON.stringify(body),
        }).then(
          async (response) => ({ ok: response.ok, text: await response.text() }),
          (error: unknown) => ({ ok: false, text: String(error) }),
        );
        if (answer.ok) return JSON.parse(answer.text) as unknown;
        if (attempt >= 20) throw new Error(`${path} fails: ${answer.text}`);
        await sleep(500);
      }
    }

    async function play(): Promise<void> {
      run('kube', 'play', '--network=host', manifests);
      for (let attempt = 0; attempt < 240; attempt += 1) {
        const healthy = await fetch(`${server}/v1/health`).then(
          (response) => response.ok,
          () => false,
        );
        if (healthy) return;
        await sleep(500);
      }
      throw new Error(
        `the pod is not healthy: ${spawnSync('podman', ['logs', '--tail', '30', 'my-stack-pod-0-llama-stack'], { env, encoding: 'utf8' }).stderr}`,
      );
    }

    beforeAll(async () => {
      // The name that the CR's endpoint has in a cluster.
      writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost vllm\n');
      const settings = readFileSync(podman?.env.CONTAINERS_CONF ?? '', 'utf8');
      writeFileSync(
        env.CONTAINERS_CONF,
        settings.replace('[containers]', `[containers]\nbase_hosts_file = "${join(folder, 'hosts')}"`),
      );
      execFileSync(postgres?.path ?? '', ['start', String(databasePort)], { stdio: 'ignore' });
      sql(`create role stack login password '${password}'`);
      sql('create database stack owner stack');
      upstream = spawn('python3', ['tools/peers/fake-openai.py', String(upstreamPort), upstreamLog], {
        stdio: 'ignore',
      });
      makeSecret('vllm-creds', 'token', token);
      makeSecret(
        'pg-creds',
        'url',
        `postgresql://stack:${encodeURIComponent(password)}@127.0.0.1:${databasePort}/stack`,
      );
      writeFileSync(manifests, playable(release));
      for (const volume of ['lls-storage', 'tmp'])
        spawnSync('podman', ['volume', 'rm', '-f', `quickstart-${volume}`], { env });
      await play();
    });

    afterAll(() => {
      spawnSync('podman', ['kube', 'down', manifests], { env });
      for (const name of ['vllm-creds', 'pg-creds']) spawnSync('podman', ['secret', 'rm', name], { env });
      upstream?.kill();
      spawnSync(postgres?.path ?? '', ['stop', String(databasePort)]);
      rmSync(folder, { recursive: true, force: true });
    });

    it('runs as user 1001 on a read-only root file system', () => {
      expect(run('exec', 'my-stack-pod-0-llama-stack', 'id', '-u').trim()).toBe('1001');
      const touch = spawnSync('podman', ['exec', 'my-stack-pod-0-llama-stack', 'touch', '/app/x'], {
        env,
        encoding: 'utf8',
      });
      expect(touch.stderr).toContain('Read-only file system');
    });

    it('has the provider at the URL of the CR', async () => {
      const { data } = (await get('/v1/providers')) as {
        data: { provider_id: string; config: Record<string, unknown> }[];
      };
      const { config = {} } = data.find((provider) => provider.provider_id === 'vllm') ?? {};
      // releases up to 0.3 call it `url`
      expect({ url: config.base_url ?? config.url, token: config.api_token }).toEqual({
        url: 'http://vllm:8000/v1',
        token: '********',
      });
    });

    it('has the model of the CR', async () => {
      const { data } = (await get('/v1/models')) as { data: { id?: string; identifier?: string }[] };
      // releases up to 0.3 call it `identifier`
      expect(data.map(({ id, identifier }) => id ?? identifier)).toContain('vllm/llama3.2-8b');
    });

    it('sends the token of the Secret with an inference request', async () => {
      await post('/v1/chat/completions', { model: 'vllm/llama3.2-8b', messages: [{ role: 'user', content: 'ping' }] });
      const requests = readFileSync(upstreamLog, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(requests).toContainEqual(
        expect.objectContaining({ method: 'POST', path: '/v1/chat/completions', authorization: `Bearer ${token}` }),
      );
    });

    it('finds a conversation again in PostgreSQL after a restart', async () => {
      const { id } = (await post('/v1/conversations', { metadata: { topic: 'state' } })) as { id: string };
      expect(sql('select count(*) from openai_conversations', 'stack')).toBe('1');
      run('kube', 'down', manifests);
      await play();
      expect(await get(`/v1/conversations/${id}`)).toMatchObject({ id, metadata: { topic: 'state' } });
    }, 300_000);
  },
);
