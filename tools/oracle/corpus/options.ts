import fc from 'fast-check';
import type { JsonObject } from '../../../src/krm/result.ts';
import type { Draw } from './draw.ts';

/** The annotation that holds the options of a CR, as YAML; without it where it would hold none. */
export function options(): Draw<JsonObject> {
  const some = fc.record(
    {
      providerMerge: fc.constantFrom('Overlay', 'Replace'),
      platform: fc.constantFrom('openshift', 'kubernetes'),
      podSecurity: fc.constantFrom('baseline', 'restricted'),
      networkPolicy: fc.constantFrom('Off', 'On'),
      missingReferences: fc.constantFrom('Warn', 'Info'),
    },
    { requiredKeys: [] },
  );
  return some.map((chosen): JsonObject =>
    Object.keys(chosen).length === 0 ? {} : { 'fn.llamastack.io/options': JSON.stringify(chosen) },
  );
}
