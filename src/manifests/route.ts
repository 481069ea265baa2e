import { exposedHost, names, servicePortName } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { buildMetadata } from './metadata.ts';

/** A Route of OpenShift (`route.openshift.io/v1`), as far as it is written here. */
export interface Route extends KubernetesObject {
  readonly apiVersion: 'route.openshift.io/v1';
  readonly kind: 'Route';
  readonly spec: {
    readonly host?: string;
    readonly to: { readonly kind: 'Service'; readonly name: string; readonly weight: number };
    readonly port: { readonly targetPort: string };
    readonly tls: {
      readonly termination: 'edge' | 'passthrough';
      readonly insecureEdgeTerminationPolicy: 'Redirect';
    };
  };
}

/**
 * The way in for clients outside the cluster, with `networking.expose` on OpenShift; without a host the router makes
 * one. Clients always speak HTTPS: the router's certificate, or with `networking.tls` the server's own. Re-encrypting
 * there would need the server's CA in the Route, which only the Secret holds.
 */
export function route(resolved: Resolved): Route | undefined {
  const { stack, options } = resolved;
  const { expose, tls } = stack.networking;
  if (expose === undefined || options.platform !== 'openshift') return undefined;
  const host = exposedHost(stack, options);
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: buildMetadata(resolved, names.ingress(stack.name), options.ingressAnnotations),
    spec: {
      ...(host !== undefined && { host }),
      to: { kind: 'Service', name: names.service(stack.name), weight: 100 },
      port: { targetPort: servicePortName },
      tls: { termination: tls === undefined ? 'edge' : 'passthrough', insecureEdgeTerminationPolicy: 'Redirect' },
    },
  };
}
