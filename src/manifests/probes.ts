import type { Probe } from 'kubernetes-types/core/v1.d.ts';
import type { Resolved } from '../resolve/resolved.ts';

/** Ten minutes to start: the first start may make its tables, read large models and wait for other services. */
export function startupProbe(resolved: Resolved): Probe {
  return { httpGet: healthRequest(resolved), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 };
}

/** Takes a pod that does not answer for half a minute out of the Service. */
export function readinessProbe(resolved: Resolved): Probe {
  return { httpGet: healthRequest(resolved), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
}

/** Restarts a server that hangs; patient, since one that is busy embedding a large file may not answer for minutes. */
export function livenessProbe(resolved: Resolved): Probe {
  return { httpGet: healthRequest(resolved), periodSeconds: 30, timeoutSeconds: 30, failureThreshold: 6 };
}

/** The health path is open even where the server asks for a login; kubelet does not verify the certificate. */
function healthRequest({ release, stack }: Resolved): NonNullable<Probe['httpGet']> {
  const { port, tls } = stack.networking;
  return { path: release.healthPath, port, scheme: tls === undefined ? 'HTTP' : 'HTTPS' };
}
