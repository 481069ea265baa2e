import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tar, TestRegistry } from '../registry/registry.fixture.ts';

const program = join(import.meta.dirname, '../../dist/llsd.cjs');

/** What a run of the program came to; without `status` it was killed. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** A package in a folder of its own, with a cache and a docker config that no other run has. */
export class TestPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'llsd-lock-'));
  readonly environment: Record<string, string> = {
    XDG_CACHE_HOME: `${this.folder}.cache`,
    DOCKER_CONFIG: `${this.folder}.docker`,
  };

  write(path: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path = 'distribution-lock.yaml'): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Starts the program in the folder; a registry of this process can answer it meanwhile. */
  start(...args: string[]) {
    return this.spawn(process.execPath, [program, ...args]);
  }

  /** Runs the program to its end with a terminal for stdout and stderr, which `stdout` then has. */
  runOnTerminal(...args: string[]): Promise<Run> {
    return this.spawn('script', ['-qec', [process.execPath, program, ...args].join(' '), '/dev/null']).ended;
  }

  private spawn(command: string, args: readonly string[]) {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (piece: string) => (text[name] += piece));
    const ended = new Promise<Run>((resolve) =>
      child.on('close', (status) => {
        resolve({ ...text, status });
      }),
    );
    return { child, ended };
  }

  /** Runs the program to its end. */
  run(...args: string[]): Promise<Run> {
    return this.start(...args).ended;
  }

  remove(): void {
    for (const end of ['', '.cache', '.docker']) rmSync(this.folder + end, { recursive: true, force: true });
  }
}

/** A registry and a package with nothing in them; `beforeEach` returns `remove`. */
export async function emptyPackage() {
  const registry = await new TestRegistry().listen();
  const pack = new TestPackage();
  const remove = (): void => {
    registry.close();
    pack.remove();
  };
  return { registry, pack, remove };
}

/** A CR that runs on an image, with more lines of its spec. */
export const stackOn = (image: string, name = 'my-stack', more = ''): string =>
  `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: ${name}\nspec:\n  distribution:\n    image: ${image}\n${more}`;

/** A config.yaml that the server 0.7.1 takes. */
export const acmeConfig = `# The config of acme's own distribution.
version: 2
distro_name: acme
apis:
- inference
providers:
  inference:
  - provider_id: acme
    provider_type: remote::vllm
    config:
      base_url: http://acme:8000/v1
storage:
  backends:
    kv_default:
      type: kv_sqlite
      db_path: /tmp/kv.db
    sql_default:
      type: sql_sqlite
      db_path: /tmp/sql.db
  stores:
    metadata:
      namespace: registry
      backend: kv_default
`;

/** The labels of an image of release 0.7.1 that brings this config. */
export const labelsWith = (config: string): Record<string, string> => ({
  'io.llamastack.config.base64': Buffer.from(config).toString('base64'),
  'org.opencontainers.image.version': '0.7.1',
});

/** What `/lls-provider/lls-provider-spec.yaml` of a provider's image may say. */
export const providerSpec = 'packageName: acme\nproviderType: remote::acme\napi: inference\n';

/** The layer of an external provider. */
export const providerLayer = tar({ path: 'lls-provider/lls-provider-spec.yaml', content: providerSpec });
