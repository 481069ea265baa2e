import type { Ingress, IngressRule } from 'kubernetes-types/networking/v1.d.ts';
import { exposedHost, names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { buildMetadata } from './metadata.ts';

/**
 * The way in for clients outside the cluster, with `networking.expose` on kubernetes. With `networking.tls` the certificate
 * of the server is the host's too, and ingress-nginx is told that the server speaks HTTPS; other controllers learn that
 * from their own annotation in `ingressAnnotations`.
 */
export function ingress(resolved: Resolved): Written<Ingress> | undefined {
  const { stack, options } = resolved;
  const { expose, tls } = stack.networking;
  if (expose === undefined || options.platform !== 'kubernetes') return undefined;
  const host = exposedHost(stack, options);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: buildMetadata(resolved, names.ingress(stack.name), {
      ...(tls !== undefined && { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' }),
      ...options.ingressAnnotations,
    }),
    spec: {
      ...(options.ingressClassName !== undefined && { ingressClassName: options.ingressClassName }),
      ...(tls !== undefined && {
        tls: [{ ...(host !== undefined && { hosts: [host] }), secretName: tls.secretName }],
      }),
      rules: [buildRule(resolved, host)],
    },
  };
}

function buildRule({ stack }: Resolved, host: string | undefined): IngressRule {
  const backend = { service: { name: names.service(stack.name), port: { number: stack.networking.port } } };
  return {
    ...(host !== undefined && { host }),
    http: { paths: [{ path: '/', pathType: 'Prefix', backend }] },
  };
}
