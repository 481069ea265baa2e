import type { Deployment, DeploymentStrategy } from 'kubernetes-types/apps/v1.d.ts';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { annotations, names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import { buildContainer } from './container.ts';
import { buildInitContainers } from './init-containers.ts';
import type { Written } from './kubernetes-object.ts';
import { selectorLabels } from './labels.ts';
import { buildMetadata, originAnnotations } from './metadata.ts';
import { buildAffinity, buildTopologySpread } from './scheduling.ts';
import { podSecurityContext } from './security.ts';
import { buildVolumes } from './volumes.ts';

/** The server's pods. */
export function deployment(resolved: Resolved, config: ServerConfig): Written<Deployment> {
  const { name, workload } = resolved.stack;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: buildMetadata(resolved, names.deployment(name), originAnnotations(resolved)),
    spec: {
      // The autoscaler owns the number: written here, every render would set it back.
      ...(workload.autoscaling === undefined && { replicas: workload.replicas }),
      selector: { matchLabels: selectorLabels(resolved) },
      strategy: buildStrategy(resolved),
      template: buildPodTemplate(resolved, config),
    },
  };
}

function buildStrategy({ stack }: Resolved): DeploymentStrategy {
  // A ReadWriteOnce volume cannot be on the old and the new pod's node at once: a rolling update would wait for ever.
  if (stack.workload.storage !== undefined) return { type: 'Recreate' };
  // The new pod is ready before the old one goes. Both fields are written although the first is the API's default: what
  // server-side apply did not write it cannot remove, and a surge left behind forbids a later change to Recreate.
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } };
}

function buildPodTemplate(resolved: Resolved, config: ServerConfig): PodTemplateSpec {
  const { name, workload } = resolved.stack;
  const affinity = buildAffinity(resolved);
  const topologySpread = buildTopologySpread(resolved);
  const initContainers = buildInitContainers(resolved);
  const podAnnotations = buildPodAnnotations(config);
  return {
    metadata: {
      labels: selectorLabels(resolved),
      ...(Object.keys(podAnnotations).length > 0 && { annotations: podAnnotations }),
    },
    spec: {
      serviceAccountName: workload.overrides.serviceAccountName ?? names.serviceAccount(name),
      automountServiceAccountToken: false,
      // A Service named `llama-stack` would set LLAMA_STACK_PORT to a URL, on which the server ends.
      enableServiceLinks: false,
      securityContext: podSecurityContext(resolved),
      terminationGracePeriodSeconds: workload.overrides.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds,
      ...(affinity !== undefined && { affinity }),
      ...(topologySpread.length > 0 && { topologySpreadConstraints: topologySpread }),
      ...(initContainers.length > 0 && { initContainers }),
      containers: [buildContainer(resolved, config)],
      volumes: buildVolumes(resolved, config),
    },
  };
}

/** Twice the API's default: at the end the server finishes the answers that it has begun, and a model's can be long. */
const defaultGracePeriodSeconds = 60;

function buildPodAnnotations({ hash, caBundleHash }: ServerConfig): Record<string, string> {
  return {
    ...(hash !== undefined && { [annotations.configHash]: hash }),
    ...(caBundleHash !== undefined && { [annotations.caBundleHash]: caBundleHash }),
  };
}
