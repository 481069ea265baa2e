import fc from 'fast-check';
import type { JsonObject } from '../../../src/krm/result.ts';
import { builtIn, type Release } from '../../../src/releases/index.ts';
import { disabledOf } from './disabled.ts';
import { distributionOf } from './distribution.ts';
import { present, type Draw } from './draw.ts';
import { networking } from './networking.ts';
import { options } from './options.ts';
import { providersOf, spelt, written } from './providers.ts';
import { resourcesOf } from './resources.ts';
import { storage } from './storage.ts';
import { workload } from './workload.ts';

/** A valid LlamaStackDistribution for a release. */
export function validCr(release: Release): Draw<JsonObject> {
  return distributionOf(release).chain((distribution) => {
    const base = builtIn(distribution.name, release.version)?.config;
    if (base === undefined) throw new Error(`${distribution.name}@${release.version} is not built in`);
    return providersOf(release, base)
      .chain((providers) => resourcesOf(release, base, providers).map((resources) => ({ providers, resources })))
      .chain(({ providers, resources }) => {
        const rest = fc.record({
          disabled: disabledOf(release, base, providers, resources),
          storage: storage(),
          networking: networking(),
          workload: workload(distribution.env),
          options: options(),
          namespace: fc.constantFrom(undefined, 'ai'),
          camel: fc.boolean(),
          lists: fc.boolean(),
        });
        return rest.map(({ camel, lists, disabled, options: chosen, namespace, ...parts }) => ({
          apiVersion: 'llamastack.io/v1alpha2',
          kind: 'LlamaStackDistribution',
          metadata: present({
            name: 'corpus',
            namespace,
            annotations: present({ ...distribution.annotations, ...chosen }),
          }),
          spec: {
            distribution: distribution.distribution,
            ...present({
              providers: written(providers, camel, lists),
              resources,
              ...parts,
              disabled: disabled.map((api) => spelt(api, camel)),
            }),
          },
        }));
      });
  });
}
