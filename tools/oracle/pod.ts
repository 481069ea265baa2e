import { readResourceList, Unreadable } from '../../src/krm/resource-list.ts';
import { Report, type Json, type JsonObject } from '../../src/krm/result.ts';
import { annotations, configKeys, volumes } from '../../src/names.ts';
import { releaseFor, type Release } from '../../src/releases/index.ts';
import { readStack, type Stack } from '../../src/spec/stack.ts';

/** A variable of the container as the Deployment writes it. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string };
  };
}

/** One server that a ResourceList describes: its CR in normal form, and what its Deployment and ConfigMap give to it. */
export interface Pod {
  readonly name: string;
  readonly stack: Stack;
  readonly release: Release;
  /** The text of `config.yaml`; undefined where a ConfigMap that is not in the list brings it. */
  readonly config: string | undefined;
  /** The files of the start program, by name. */
  readonly program: Readonly<Record<string, string>>;
  readonly env: readonly EnvVar[];
  /** What a kubelet asks it: startup, readiness, liveness. */
  readonly probes: readonly Probe[];
  /** Where the container has its volumes: path → volume. */
  readonly mounts: ReadonlyMap<string, string>;
}

/** A request of a kubelet. */
export interface Probe {
  readonly path: string;
  readonly port: number;
  readonly scheme?: 'HTTP' | 'HTTPS';
}

interface Container {
  readonly name: string;
  readonly startupProbe?: { readonly httpGet?: Probe };
  readonly readinessProbe?: { readonly httpGet?: Probe };
  readonly livenessProbe?: { readonly httpGet?: Probe };
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Deployment {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
      };
    };
  };
}

/** The pods that a rendered ResourceList describes, one for each CR. */
export function podsOf(rendered: string): readonly Pod[] {
  const list = readResourceList(rendered);
  if (list instanceof Unreadable) throw new Error('what was rendered must be a ResourceList');
  const items = list.functionConfig === undefined ? list.items : [...list.items, list.functionConfig];
  const ofKind = (kind: string) => items.filter((item) => item.kind === kind);
  const crs = new Map(ofKind('LlamaStackDistribution').map((item) => [`${item.namespace ?? ''}/${item.name}`, item]));
  const configMaps = new Map(
    ofKind('ConfigMap').map((item) => [`${item.namespace ?? ''}/${item.name}`, item.value() as JsonObject]),
  );
  return ofKind('Deployment').flatMap((item) => {
    const deployment = item.value() as unknown as Deployment;
    // The config of an image that its CR does not name further need be of no release that is known.
    if (deployment.metadata.annotations[annotations.distribution] === undefined) return [];
    const owner = deployment.metadata.annotations[annotations.generatedFrom];
    const cr = crs.get(`${item.namespace ?? ''}/${owner ?? ''}`);
    if (owner === undefined || cr === undefined) return [];
    const stack = readStack(cr.value() as JsonObject, new Report());
    if (stack === undefined) throw new Error(`the CR "${owner}" was rendered and must be readable`);
    return [podOf(stack, deployment, (name) => configMaps.get(`${item.namespace ?? ''}/${name}`))];
  });
}

function podOf(stack: Stack, deployment: Deployment, configMap: (name: string) => JsonObject | undefined): Pod {
  const { containers, volumes: mounted } = deployment.spec.template.spec;
  const [container] = containers;
  const version = deployment.metadata.annotations[annotations.distribution]?.split('@')[1];
  const release = version === undefined ? undefined : releaseFor(version);
  if (container === undefined || release === undefined)
    throw new Error(`the Deployment of "${stack.name}" is not ours`);
  const source = mounted.find(({ name }) => name === volumes.config)?.configMap?.name;
  const data = (source === undefined ? undefined : (configMap(source)?.data as Readonly<Record<string, Json>>)) ?? {};
  const { [configKeys.config]: config, ...program } = data;
  return {
    name: stack.name,
    stack,
    release,
    config: typeof config === 'string' ? config : undefined,
    program: stack.overrideConfig ? {} : (program as Record<string, string>),
    env: container.env ?? [],
    probes: [container.startupProbe, container.readinessProbe, container.livenessProbe].flatMap(
      (probe) => probe?.httpGet ?? [],
    ),
    mounts: new Map((container.volumeMounts ?? []).map(({ name, mountPath }) => [mountPath, name])),
  };
}
