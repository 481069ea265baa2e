import { execFileSync } from 'node:child_process';
import { requirePeer } from '../peers/env.ts';
import { freePort } from '../peers/free-port.ts';

/** A database that a pod is led to, whatever host its CR names. */
export interface Database {
  readonly port: number;
  readonly name: string;
}

/** Real PostgreSQL and Redis, started when the first case needs them; each case gets a database or a server of its own. */
export class Databases {
  #postgres: Promise<number> | undefined;
  readonly #redis: number[] = [];
  #made = 0;

  /** An empty PostgreSQL database; user and password are `postgres`. */
  async postgres(): Promise<Database> {
    this.#postgres ??= freePort().then((port) => {
      execFileSync(requirePeer('postgres').path, ['start', String(port)]);
      return port;
    });
    const port = await this.#postgres;
    const name = `case${String((this.#made += 1))}`;
    const args = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-qc', `CREATE DATABASE ${name}`];
    execFileSync('psql', args, { env: { ...process.env, PGPASSWORD: 'postgres' }, stdio: 'ignore' });
    return { port, name };
  }

  /** The port of an empty Redis with this password, or without one. */
  async redis(password?: string): Promise<number> {
    const port = await freePort();
    execFileSync(requirePeer('redis').path, ['start', String(port), ...(password === undefined ? [] : [password])]);
    this.#redis.push(port);
    return port;
  }

  async stop(): Promise<void> {
    for (const port of this.#redis) execFileSync(requirePeer('redis').path, ['stop', String(port)]);
    const port = await this.#postgres;
    if (port !== undefined) execFileSync(requirePeer('postgres').path, ['stop', String(port)]);
  }
}
