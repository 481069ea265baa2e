import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { KeyPair } from './certificates.ts';

/** A started `fake-openai.py`. */
export interface Upstream {
  readonly port: number;
  end(): void;
}

/** Starts an OpenAI-compatible server on a free port of 127.0.0.1, which writes its requests to the file `log`. */
export async function startUpstream(log: string, tls?: KeyPair): Promise<Upstream> {
  const options = tls ? ['--tls', tls.certificate, tls.key] : [];
  const script = join(import.meta.dirname, 'fake-openai.py');
  const process: ChildProcess = spawn('python3', [script, ...options, '0', log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!process.stdout) throw new Error('no stdout');
  const [line] = (await once(createInterface(process.stdout), 'line')) as [string];
  return { port: Number(line.replace('ready ', '')), end: () => process.kill() };
}
