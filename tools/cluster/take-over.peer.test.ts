import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { JsonObject } from '../../src/krm/result.ts';
import { peer } from '../peers/env.ts';
import { ApiServer, runProgram } from './api-server.ts';
import { Kubelet } from './kubelet.ts';
import { operatedCr, operatorObjects, type OperatedStack } from './operator.ts';

const namespace = 'llama';
const name = 'my-stack';
const operator = { namespace: 'llama-stack-k8s-operator-system', name: 'llama-stack-k8s-operator-controller-manager' };
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'garbage-collector-controller',
  'persistentvolumeclaim-protection-controller',
];

interface Deployment {
  readonly metadata: { readonly uid: string; readonly ownerReferences?: unknown };
  readonly spec: {
    readonly selector: unknown;
    readonly strategy: unknown;
    readonly template: {
      readonly spec: { readonly containers: readonly Container[]; readonly volumes: readonly Volume[] };
    };
  };
}

interface Container {
  readonly command?: unknown;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Volume {
  readonly name: string;
}

interface Service {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly clusterIP: string; readonly selector: unknown; readonly ports: unknown };
}

/** The lines of the page's `sh` blocks, a list a block. */
function stepsOf(page: string): string[][] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^ *```sh\n([^]*?)^ *```/gm);
  return [...blocks].map(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

describe.runIf(peer('api-server'))('examples/take-over', () => {
  let server: ApiServer;
  let kubelet: Kubelet;
  let folder: string;

  beforeAll(async () => {
    server = await ApiServer.start({ controllers, definitions: [join(import.meta.dirname, 'llamastack-crd.yaml')] });
    kubelet = new Kubelet(server, namespace);
    await kubelet.start();
    folder = join(server.directory, 'work');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    symlinkSync(resolve('dist/llsd.cjs'), join(folder, 'bin/llsd'));
    writeFileSync(join(folder, 'bin/kubectl'), `#!/bin/sh\nexec '${server.program}' kubectl "$@"\n`, { mode: 0o755 });
    cpSync('examples', join(folder, 'examples'), { recursive: true });
    await server.makeNamespace(operator.namespace);
    await server.succeed(['create', 'deployment', operator.name, '-n', operator.namespace, '--image', 'operator']);
  });

  afterAll(async () => {
    await kubelet.stop();
    await server.stop();
  });

  afterEach(async () => {
    const kinds = 'llsd,deployment,service,pvc,serviceaccount,networkpolicy,configmap,pdb,pod';
    await server.succeed(['delete', kinds, '--all', '-n', namespace, '--timeout=60s']);
  });

  async function shell(command: string): Promise<string> {
    const env = { ...server.environment, PATH: `${join(folder, 'bin')}:${server.environment.PATH ?? ''}` };
    const { stdout, stderr, code } = await runProgram('bash', ['-ec', `cd '${folder}'; ${command}`], env, '');
    if (code !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout;
  }

  async function get<T>(kind: string, object: string): Promise<T> {
    return JSON.parse(await server.succeed(['get', kind, object, '-n', namespace, '-o', 'json'])) as T;
  }

  /** Has the operator make a stack, and waits until its pod is ready. */
  async function operate(stack: Pick<OperatedStack, 'storage' | 'replicas'>): Promise<void> {
    await server.succeed(['create', '-f', '-'], JSON.stringify(operatedCr({ name, namespace, ...stack })));
    const { metadata } = await get<{ metadata: { uid: string } }>('llamastackdistributions', name);
    const items = operatorObjects({ name, namespace, uid: metadata.uid, ...stack });
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await server.succeed(['create', '--field-manager=manager', '-f', '-'], list);
    // It applies again with every change, as a manager that has the CR's name.
    await server.succeed(['apply', '--server-side', '--force-conflicts', `--field-manager=${name}`, '-f', '-'], list);
    await server.succeed(['rollout', 'status', 'deployment', name, '-n', namespace, '--timeout=60s']);
  }

  /** The example's CR, changed. */
  function writeStack(change: (spec: JsonObject) => JsonObject): void {
    const file = 'examples/take-over/stack.yaml';
    const cr = parse(readFileSync(file, 'utf8')) as { spec: JsonObject };
    writeFileSync(join(folder, file), stringify({ ...cr, spec: change(cr.spec) }));
  }

  async function takeOver(): Promise<void> {
    for (const step of stepsOf('examples/take-over/README.md')) await shell(step.join('\n'));
  }

  test.each([
    { title: 'without a claim there is a ready pod at every moment', storage: false, replicas: 1 },
    { title: 'with a claim the pod restarts once', storage: true, replicas: 1 },
    { title: 'of several pods one is ready at every moment', storage: false, replicas: 2 },
  ])('$title, and Service, selector and data stay', async ({ storage, replicas }) => {
    const written = (spec: JsonObject): JsonObject => (storage ? spec : { ...spec, workload: { replicas } });
    writeStack(written);
    await operate({ storage, replicas });
    const before = await get<Deployment>('deployment', name);
    const service = await get<Service>('service', `${name}-service`);
    const claim = storage ? await get<Service>('pvc', `${name}-pvc`) : undefined;
    kubelet.takeRounds();

    await takeOver();

    const rounds = kubelet.takeRounds();
    const gaps = rounds.filter((ready, index) => ready.length === 0 && (rounds[index - 1]?.length ?? 0) > 0);
    expect(gaps).toHaveLength(storage ? 1 : 0);
    expect(new Set(rounds.flat()).size, 'each pod has one that follows it').toBe(2 * replicas);

    const after = await get<Deployment>('deployment', name);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.metadata.ownerReferences).toBeUndefined();
    expect(after.spec.selector).toEqual(before.spec.selector);
    const { uid } = service.metadata;
    expect(await get('service', `${name}-service`)).toMatchObject({
      metadata: { uid },
      spec: {
        clusterIP: service.spec.clusterIP,
        selector: service.spec.selector,
        ports: service.spec.ports,
      },
    });
    if (claim) expect(await get('pvc', `${name}-pvc`)).toMatchObject({ metadata: { uid: claim.metadata.uid } });
    expectSamePlace(before, after);
    await expectNothingLeft();

    writeStack((spec) => ({ ...written(spec), networking: { port: 9000 } }));
    await shell('llsd render examples/take-over | kubectl apply --server-side -f -');
    const { spec } = await get<Service>('service', `${name}-service`);
    expect(spec.ports).toEqual([{ name: 'http', protocol: 'TCP', port: 9000, targetPort: 9000 }]);
  });

  /** The data volume is the same one, at the path where the server looks for its state. */
  function expectSamePlace(before: Deployment, after: Deployment): void {
    const data = ({ spec }: Deployment): unknown => ({
      volume: spec.template.spec.volumes.find((volume) => volume.name === 'lls-storage'),
      mount: spec.template.spec.containers[0]?.volumeMounts.find((mount) => mount.name === 'lls-storage'),
    });
    expect(data(after)).toEqual(data(before));
    const env = after.spec.template.spec.containers[0]?.env ?? [];
    expect(env).toContainEqual({ name: 'SQLITE_STORE_DIR', value: '/.llama/distributions/starter' });
  }

  /** Nothing of the Deployment is the operator's own. */
  async function expectNothingLeft(): Promise<void> {
    const { spec } = await get<Deployment>('deployment', name);
    const [container] = spec.template.spec.containers;
    expect(container?.command).toBeUndefined();
    const operated = ['LLS_PORT', 'LLS_WORKERS', 'LLAMA_STACK_CONFIG', 'VLLM_URL'];
    expect((container?.env ?? []).filter((variable) => operated.includes(variable.name))).toEqual([]);
  }
});
