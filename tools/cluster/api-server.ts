import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/krm/result.ts';
import { requirePeer } from '../peers/env.ts';
import { freePort } from '../peers/free-port.ts';

/** What a program printed, and its exit code. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** The namespace of objects that name none. */
export const defaultNamespace = 'llama';

/** What runs in the cluster beside the API server. */
export interface ClusterOptions {
  /** The controllers that run; they make pods, for example, and delete what has lost its owner. None by default. */
  readonly controllers?: readonly string[];
  /** Files with the CustomResourceDefinitions that are there beside the Route's. */
  readonly definitions?: readonly string[];
}

const startSeconds = 240;

/** A Kubernetes API server on loopback with an etcd of its own, everything below one scratch directory. */
export class ApiServer {
  readonly #processes: ChildProcess[] = [];
  readonly #token = randomBytes(16).toString('hex');

  private constructor(
    /** The program that is server, controllers and kubectl in one. */
    readonly program: string,
    readonly directory: string,
    private readonly port: number,
  ) {}

  /** Starts one and waits until it is ready. */
  static async start({ controllers = [], definitions = [] }: ClusterOptions = {}): Promise<ApiServer> {
    const directory = mkdtempSync(join(tmpdir(), 'llsd-cluster-'));
    const server = new ApiServer(requirePeer('api-server').path, directory, await freePort());
    try {
      server.#serve();
      await server.#ready();
      server.#writeKubeconfig();
      await server.#define([join(import.meta.dirname, 'route-crd.yaml'), ...definitions]);
      // After the definitions: for kinds that come later the controllers look only now and then.
      if (controllers.length > 0) server.#control(controllers);
      await server.makeNamespace(defaultNamespace);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Runs kubectl as the administrator. */
  async kubectl(args: readonly string[], input = ''): Promise<Answer> {
    return runProgram(this.program, ['kubectl', ...args], this.environment, input);
  }

  /** The environment variables by which kubectl finds the server. */
  get environment(): Readonly<Record<string, string>> {
    return { PATH: process.env.PATH ?? '', HOME: this.directory, KUBECONFIG: join(this.directory, 'kubeconfig') };
  }

  /** Runs kubectl, which must succeed, and gives what it printed. */
  async succeed(args: readonly string[], input?: string): Promise<string> {
    const { stdout, stderr, code } = await this.kubectl(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Makes a namespace, or gives it the labels. */
  async makeNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    await this.succeed(['apply', '--server-side', '-f', '-'], JSON.stringify(namespace));
  }

  /** One request to the API, which must succeed, and the object that it answers with. */
  async request(method: string, path: string, body?: JsonObject, type = 'application/json'): Promise<JsonObject> {
    const { status, text } = await this.#send(method, path, body && { type, text: JSON.stringify(body) });
    if (status < 200 || status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as JsonObject;
  }

  /** Ends the server and removes all that it kept. */
  async stop(): Promise<void> {
    for (const child of [...this.#processes].reverse()) {
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  #serve(): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = this.#write('service-account.pem', privateKey.export({ type: 'pkcs1', format: 'pem' }) as string);
    const tokens = this.#write('tokens.csv', `${this.#token},admin,admin,system:masters\n`);
    this.#spawn('api-server', [
      'serve',
      this.directory,
      '--bind-address=127.0.0.1',
      `--secure-port=${this.port}`,
      `--token-auth-file=${tokens}`,
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.0.0.0/16',
      '--authorization-mode=RBAC',
      // It refuses pods whose ServiceAccount does not exist, which a dry run does not make.
      '--disable-admission-plugins=ServiceAccount',
    ]);
  }

  async #define(files: readonly string[]): Promise<void> {
    const named = files.flatMap((file) => ['-f', file]);
    await this.succeed(['apply', '--server-side', ...named]);
    await this.succeed(['wait', '--for=condition=Established', '--timeout=60s', ...named]);
  }

  #control(controllers: readonly string[]): void {
    this.#spawn('controllers', [
      'control',
      `--kubeconfig=${this.environment.KUBECONFIG ?? ''}`,
      `--controllers=${controllers.join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
    ]);
  }

  #spawn(name: string, args: readonly string[]): void {
    const log = openSync(join(this.directory, `${name}.log`), 'a');
    this.#processes.push(spawn(this.program, args, { stdio: ['pipe', log, log] }));
    closeSync(log);
  }

  async #ready(): Promise<void> {
    const [child] = this.#processes;
    const end = Date.now() + startSeconds * 1000;
    while (Date.now() < end && child?.exitCode === null) {
      const answer = await this.#send('GET', '/readyz').catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(250);
    }
    const log = readFileSync(join(this.directory, 'api-server.log'), 'utf8');
    throw new Error(`the API server did not get ready:\n${log.split('\n').slice(-20).join('\n')}`);
  }

  #writeKubeconfig(): void {
    const server = `https://127.0.0.1:${this.port}`;
    const authority = join(this.directory, 'certificates/apiserver.crt');
    const named = (key: string, value: object) => [{ name: 'test', [key]: value }];
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: named('cluster', { server, 'certificate-authority': authority }),
      users: named('user', { token: this.#token }),
      contexts: named('context', { cluster: 'test', user: 'test', namespace: defaultNamespace }),
      'current-context': 'test',
    };
    this.#write('kubeconfig', JSON.stringify(kubeconfig));
  }

  #write(name: string, text: string): string {
    const file = join(this.directory, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  #send(
    method: string,
    path: string,
    body?: { readonly type: string; readonly text: string },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const headers = { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': body.type }) };
    // The certificate is made by the server that is being reached, on loopback.
    const target = { host: '127.0.0.1', port: this.port, method, path, headers, rejectUnauthorized: false };
    return new Promise((resolve, reject) => {
      const sent = request(target, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      });
      sent.on('error', reject);
      sent.end(body?.text);
    });
  }
}

/** Runs a program to its end without stopping the tests' own timers. */
export async function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Answer> {
  const child = spawn(path, args, { env, stdio: 'pipe' });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined); // It need not read what it is given.
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code };
}
