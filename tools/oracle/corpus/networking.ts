import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/krm/result.ts';
import { maybe, present, type Draw } from './draw.ts';

/** `spec.networking`: port, TLS, a CA bundle, and who may reach the server. */
export function networking(): Draw<JsonObject> {
  const tls = fc.oneof(
    fc.constantFrom<JsonObject>({ secretName: 'server-tls' }, { enabled: true, secretName: 'server-tls' }),
    fc.constantFrom<JsonObject>(
      { caBundle: { configMapName: 'company-ca' } },
      { secretName: 'server-tls', caBundle: { configMapName: 'company-ca', configMapKeys: ['root.crt'] } },
    ),
  );
  return fc
    .record({
      port: maybe(50, fc.integer({ min: 1024, max: 65_535 })),
      tls: maybe(20, tls),
      expose: maybe(40, fc.constantFrom<Json>(true, false, {}, { enabled: true }, { hostname: 'llama.example' })),
      allowedFrom: maybe(
        40,
        fc.record(
          {
            namespaces: fc.constantFrom(['apps'], ['*'], ['a', 'b']),
            labels: fc.constantFrom(['team'], ['team=a', 'zone']),
          },
          { requiredKeys: [] },
        ),
      ),
    })
    .map(({ expose, ...rest }) => ({ ...present(rest), ...(expose !== undefined && { expose }) }));
}
