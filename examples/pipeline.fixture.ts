import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { peer, type Peer } from '../tools/peers/env.ts';

/** How a pipeline runs the function, by the name that the table of `npm run peers` has for it. */
export interface Mode {
  readonly name: string;
  /** The program that is `llsd` on PATH. */
  readonly program: string;
}

const node: Mode = { name: 'exec Node', program: resolve('dist/llsd.cjs') };
const executable = peer('static');

/** The modes that can run here; under CI the static executable must be there. */
export const modes: readonly Mode[] = [
  node,
  ...(executable ? [{ name: 'exec static', program: executable.path }] : []),
];

/** What a program that was run has said. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A Kubernetes object, as far as tests look into one. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** A copy of the examples, with `llsd` on PATH as a user of them has it. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'llsd-examples-'));

  constructor(private readonly mode: Mode) {
    mkdirSync(join(this.folder, 'bin'));
    symlinkSync(this.mode.program, join(this.folder, 'bin/llsd'));
    cpSync(import.meta.dirname, join(this.folder, 'examples'), { recursive: true });
  }

  /** A path below the copy's folder. */
  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /** Runs a program in a folder of the copy; that it fails is for the caller to judge. */
  run(program: string, args: readonly string[], { cwd = '.', env = {}, input = '' }: Run = {}): Said {
    const PATH = [this.path('bin'), process.env.PATH].join(delimiter);
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: this.path(cwd),
      input,
      encoding: 'utf8',
      env: { ...process.env, ...env, PATH },
      maxBuffer: 1 << 28,
    });
    if (error) throw error;
    return { code: status, out: stdout, err: stderr };
  }

  /** Runs a program as a user who may read all of the copy and write nothing but what `writable` names; only root can. */
  runAsNobody(program: string, args: readonly string[], { writable = [], ...options }: Run & Writable = {}): Said {
    this.run('chmod', ['-R', 'a+rX,go-w', this.folder]);
    for (const path of writable) this.run('chmod', ['a+w', this.path(path)]);
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    // Node's program is a link to a folder that nobody need not be able to enter.
    this.run('cp', ['--remove-destination', '--dereference', this.mode.program, this.path('bin/llsd')]);
    return this.run('setpriv', [...nobody, '--', program, ...args], {
      ...options,
      env: { HOME: this.folder, ...options.env },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Writable {
  readonly writable?: readonly string[];
}

interface Run {
  readonly cwd?: string;
  readonly env?: Peer['env'];
  readonly input?: string;
}

/** A workbench of the tests around this call. */
export function workbench(mode: Mode): { readonly current: Workbench } {
  let bench: Workbench | undefined;
  beforeAll(() => {
    bench = new Workbench(mode);
  });
  afterAll(() => {
    bench?.remove();
  });
  return {
    get current() {
      if (!bench) throw new Error('A workbench is there only while tests run');
      return bench;
    },
  };
}

/** What a successful run has printed; else an error with what it said. */
export function outputOf({ code, out, err }: Said): string {
  if (code !== 0) throw new Error(`Exit code ${String(code)}: ${err}`);
  return out;
}

/** The objects of a stream of YAML documents. */
export function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as KubernetesObject;
  });
}

/** The one object of a kind, whose name ends as told. */
export function only(objects: readonly KubernetesObject[], kind: string, ending = ''): KubernetesObject {
  const found = objects.filter(({ kind: other, metadata }) => other === kind && metadata.name.endsWith(ending));
  const [object] = found;
  if (!object || found.length > 1) throw new Error(`There are ${String(found.length)} of kind ${kind}, …${ending}`);
  return object;
}

/** Kind and name of each object, sorted: "Service/my-stack-service". */
export function namesOf(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

/** All values that stand under a key anywhere in an object. */
export function valuesOf(value: unknown, key: string): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => valuesOf(item, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => [
    ...(name === key ? [inner] : []),
    ...valuesOf(inner, key),
  ]);
}
