import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAuthority, makeServerCertificate, type KeyPair } from './certificates.ts';
import { requirePeer } from './env.ts';
import { freePort } from './free-port.ts';

/** A user that the registries know; made up. */
export const user = { name: 'user', password: 'made-up-password' };

/** Real registries on this machine, each with a port of its own; `folder` holds their files and crane's config.json. */
export class Registries {
  readonly folder = mkdtempSync(join(tmpdir(), 'llsd-registries-'));
  readonly authority: KeyPair = makeAuthority(this.folder, 'authority');
  private readonly certificate = makeServerCertificate(
    this.folder,
    'localhost',
    this.authority,
    'DNS:localhost,IP:127.0.0.1',
  );
  private readonly running: ChildProcess[] = [];

  /** go-containerregistry's own, over plain http and open to all; gives its host. */
  async plain(): Promise<string> {
    const port = await freePort();
    return this.start(port, requirePeer('registry').path, ['-port', String(port)]);
  }

  /** What the plain registry was asked so far: `GET /v2/a/b/manifests/1`. */
  requests(): readonly string[] {
    const log = readFileSync(join(this.folder, 'registry.log'), 'utf8');
    return [...log.matchAll(/ ((?:GET|HEAD|POST|PUT|PATCH) \/v2\/\S*)/g)].map(([, request = '']) => request);
  }

  /** Debian's, over TLS with a certificate of the authority, for those who log in with name and password. */
  async basic(): Promise<string> {
    const port = await freePort();
    return this.docker(port, { htpasswd: { realm: 'r', path: this.passwords() } });
  }

  /** Debian's, with tokens from a server of its own: they are for repositories below the user's name. */
  async bearer(): Promise<string> {
    const [port, tokens] = [await freePort(), await freePort()];
    const signer = this.signer();
    const { certificate, key } = this.certificate;
    await this.start(tokens, requirePeer('token-server').path, [
      ...['-addr', `127.0.0.1:${tokens}`, '-issuer', 'test', '-realm', 'r', '-passwd', this.passwords()],
      ...['-key', signer.key, '-tlscert', certificate, '-tlskey', key],
    ]);
    const realm = `https://localhost:${tokens}/token/`;
    return this.docker(port, {
      token: { realm, service: 'registry', issuer: 'test', rootcertbundle: signer.certificate },
    });
  }

  /** Runs crane, which pushes to all of them. */
  crane(...args: readonly string[]): string {
    const env = { ...process.env, SSL_CERT_FILE: this.authority.certificate, DOCKER_CONFIG: this.folder };
    return execFileSync(requirePeer('crane').path, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Logs crane in, and thereby writes the config.json that `docker login` would; gives its text. */
  logIn(host: string): string {
    this.crane('auth', 'login', host, '--username', user.name, '--password', user.password);
    return readFileSync(join(this.folder, 'config.json'), 'utf8');
  }

  /** Pushes an image with labels and the layer that is in a file; gives its digest. */
  push(reference: string, labels: Readonly<Record<string, string>>, layer: string): string {
    this.crane('append', '--insecure', '--new_layer', layer, '--new_tag', reference);
    const args = Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
    this.crane('mutate', '--insecure', reference, ...args, '--set-platform', 'linux/amd64', '--tag', reference);
    return this.crane('digest', '--insecure', reference).trim();
  }

  close(): void {
    for (const child of this.running) child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private docker(port: number, auth: object): Promise<string> {
    const { certificate, key } = this.certificate;
    const http = { addr: `127.0.0.1:${port}`, tls: { certificate, key } };
    const config = { version: 0.1, log: { level: 'error' }, storage: { inmemory: {} }, http, auth };
    const file = join(this.folder, `registry-${port}.yml`);
    writeFileSync(file, JSON.stringify(config));
    return this.start(port, requirePeer('docker-registry').path, ['serve', file]);
  }

  private passwords(): string {
    const file = join(this.folder, 'htpasswd');
    writeFileSync(file, execFileSync('htpasswd', ['-Bbn', user.name, user.password], { stdio: 'pipe' }));
    return file;
  }

  /** What signs the tokens; the server reads no key but one of PKCS #1. */
  private signer(): KeyPair {
    const pair = { key: join(this.folder, 'signer.key'), certificate: join(this.folder, 'signer.crt') };
    execFileSync('openssl', ['genrsa', '-traditional', '-out', pair.key, '2048'], { stdio: 'pipe' });
    const asked = [
      'req',
      '-x509',
      '-new',
      '-key',
      pair.key,
      '-subj',
      '/CN=signer',
      '-days',
      '2',
      '-out',
      pair.certificate,
    ];
    execFileSync('openssl', asked, { stdio: 'pipe' });
    return pair;
  }

  private async start(port: number, program: string, args: readonly string[]): Promise<string> {
    const log = openSync(join(this.folder, `${basename(program)}.log`), 'a');
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
    });
    closeSync(log);
    this.running.push(child);
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await answers(port)) return `localhost:${port}`;
      if (child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`${program} does not listen on port ${port}`);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}
