import type { Container, Lifecycle } from 'kubernetes-types/core/v1.d.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { containerName, servicePortName } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import { buildEnvironment } from './environment.ts';
import { livenessProbe, readinessProbe, startupProbe } from './probes.ts';
import { buildResources } from './resources.ts';
import { containerSecurityContext } from './security.ts';
import { buildVolumeMounts } from './volumes.ts';

/**
 * The server's container. The image's own entrypoint stays unless `workload.overrides` says otherwise: it reads
 * RUN_CONFIG_PATH. No imagePullPolicy: the API's default pulls `:latest` always and a release's tag once, which is right.
 */
export function buildContainer(resolved: Resolved, config: ServerConfig): Container {
  const { networking, workload, operator } = resolved.stack;
  const { command, args, terminationGracePeriodSeconds } = workload.overrides;
  const lifecycle = buildLifecycle(terminationGracePeriodSeconds);
  return {
    name: operator?.containerName ?? containerName,
    image: resolved.distribution.image,
    ...(command !== undefined && { command: [...command] }),
    ...(args !== undefined && { args: [...args] }),
    ports: [{ name: servicePortName, containerPort: networking.port, protocol: 'TCP' }],
    env: buildEnvironment(resolved, config),
    resources: buildResources(workload),
    startupProbe: startupProbe(resolved),
    readinessProbe: readinessProbe(resolved),
    livenessProbe: livenessProbe(resolved),
    ...(lifecycle !== undefined && { lifecycle }),
    securityContext: containerSecurityContext(resolved),
    volumeMounts: buildVolumeMounts(resolved, config),
  };
}

/** Seconds for which a pod that is to end still takes requests, until every node has heard that it goes. */
const drainSeconds = 5;

/** A `sleep` handler would need no program in the image, but clusters before 1.30 refuse it. */
function buildLifecycle(gracePeriodSeconds: number | undefined): Lifecycle | undefined {
  // The time to drain counts towards the grace period; the server needs the greater part of it.
  if (gracePeriodSeconds !== undefined && gracePeriodSeconds < 2 * drainSeconds) return undefined;
  return { preStop: { exec: { command: ['sleep', String(drainSeconds)] } } };
}
