import type { JsonObject } from '../krm/result.ts';
import { tlsDirectory } from '../mounts.ts';
import type { Stack } from '../spec/stack.ts';

/**
 * `server` of config.yaml: the port (which `llama stack run` takes from its variable instead), the workers, and the TLS
 * files. With several workers the host is written: releases 0.4–0.6 crash on their own default there, and later ones
 * bind only IPv6. A host that the base config names stays.
 */
export function buildServer({ networking, workload }: Stack, base: JsonObject): JsonObject {
  const workers = workload.workers ?? base.workers;
  const leavesHost = typeof base.host !== 'string';
  return {
    ...base,
    ...(typeof workers === 'number' && workers > 1 && leavesHost && { host: '0.0.0.0' }),
    port: networking.port,
    ...(workers !== undefined && { workers }),
    ...(networking.tls && { tls_certfile: `${tlsDirectory}/tls.crt`, tls_keyfile: `${tlsDirectory}/tls.key` }),
  };
}
