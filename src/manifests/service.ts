import type { Service } from 'kubernetes-types/core/v1.d.ts';
import { names, servicePortName } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { selectorLabels } from './labels.ts';
import { buildMetadata } from './metadata.ts';

/** The address that clients hold: `<n>-service` on `networking.port`. */
export function service(resolved: Resolved): Written<Service> {
  const { name, networking } = resolved.stack;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: buildMetadata(resolved, names.service(name)),
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(resolved),
      ports: [
        {
          name: servicePortName,
          protocol: 'TCP',
          // A mesh takes the protocol from the port's name, which must stay the operator's, unless this says otherwise.
          ...(networking.tls !== undefined && { appProtocol: 'https' }),
          port: networking.port,
          targetPort: networking.port,
        },
      ],
    },
  };
}
