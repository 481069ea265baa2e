import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { peer, type Peer } from '../tools/peers/env.ts';

const examples = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), 'llsd-examples-'));

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
      };
    };
  };
}

/** Runs a program with `llsd` on PATH, as a user of the examples has it. */
function run(program: string, args: readonly string[], cwd: string, env: Peer['env'] = {}): string {
  const PATH = [join(scratch, 'bin'), process.env.PATH].join(delimiter);
  return execFileSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env, PATH }, stdio: 'pipe' });
}

const kinds = (objects: readonly KubernetesObject[]): string[] => objects.map(({ kind }) => kind).sort();
const five = ['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount'];

function only(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const [object, ...others] = objects.filter((candidate) => candidate.kind === kind);
  if (!object || others.length > 0)
    throw new Error(`There are ${String(others.length + (object ? 1 : 0))} of kind ${kind}`);
  return object;
}

/** The name of the ConfigMap that the Deployment mounts as its config. */
function configMapInUse(objects: readonly KubernetesObject[]): string | undefined {
  const volumes = only(objects, 'Deployment').spec?.template?.spec.volumes;
  return volumes?.find(({ name }) => name === 'user-config')?.configMap?.name;
}

beforeAll(() => {
  mkdirSync(join(scratch, 'bin'));
  symlinkSync(join(examples, '../dist/llsd.cjs'), join(scratch, 'bin/llsd'));
});

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe.each(['kustomize-5.8.1', 'kustomize-5.4.3'])('%s', (name) => {
  const kustomize = peer(name);
  const build = (folder: string): KubernetesObject[] => {
    const out = run(kustomize?.path ?? '', ['build', '--enable-alpha-plugins', '--enable-exec', folder], examples);
    return parseAllDocuments(out).map((document) => document.toJS() as KubernetesObject);
  };

  test.runIf(kustomize)('a CR as generator gives its objects, in the namespace of the kustomization', () => {
    const objects = build('kustomize-generator');
    expect(kinds(objects)).toEqual(five);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['llama']));
  });

  test.runIf(kustomize)('CRs among the resources give their objects, and are not applied themselves', () => {
    expect(kinds(build('kustomize-transformer/base'))).toEqual(five);
  });

  test.runIf(kustomize)("an overlay's prefix reaches the ConfigMap and the Deployment's reference to it", () => {
    const objects = build('kustomize-transformer/overlay');
    expect(kinds(objects)).toEqual(five);
    expect(objects.filter(({ metadata }) => !metadata.name.startsWith('team-a-my-stack'))).toEqual([]);
    expect(configMapInUse(objects)).toBe(only(objects, 'ConfigMap').metadata.name);
  });

  test.runIf(kustomize)('a second build gives the same bytes', () => {
    expect(build('kustomize-transformer/overlay')).toEqual(build('kustomize-transformer/overlay'));
  });
});

describe('kpt', () => {
  const kpt = peer('kpt');

  test.runIf(kpt)('a second render of a package changes nothing, its files beside the CR', () => {
    const folder = join(scratch, 'kpt');
    const git = (...args: string[]): string =>
      run('git', ['-c', 'user.name=llsd', '-c', 'user.email=llsd@example.com', ...args], folder);
    const render = (): string => run(kpt?.path ?? '', ['fn', 'render', '--allow-exec'], folder);
    cpSync(join(examples, 'kpt'), folder, { recursive: true });
    git('init', '--quiet');
    render();
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Render');
    render();
    expect(git('status', '--porcelain')).toBe('');
    expect(readdirSync(folder).sort()).toEqual([
      '.git',
      'Kptfile',
      'configmap_my-stack-config.yaml',
      'deployment_my-stack.yaml',
      'networkpolicy_my-stack-network-policy.yaml',
      'service_my-stack-service.yaml',
      'serviceaccount_my-stack-sa.yaml',
      'stack.yaml',
    ]);
  });
});
