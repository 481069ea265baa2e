import { expect, test } from 'vitest';
import { anywhere, demoLabels, resolved } from './resolved.fixture.ts';
import { route } from './route.ts';

const platform = 'openshift';

test('without TLS of the server the router ends it, and the host is its choice', () => {
  expect(route(resolved({ networking: { expose: { at: anywhere } }, options: { platform } }))).toStrictEqual({
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { name: 'demo-ingress', namespace: 'ai', labels: demoLabels },
    spec: {
      to: { kind: 'Service', name: 'demo-service', weight: 100 },
      port: { targetPort: 'http' },
      tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' },
    },
  });
});

test("with TLS the router passes the server's own through, under the host and annotations that were given", () => {
  const ingressAnnotations = { 'haproxy.router.openshift.io/timeout': '10m' };
  const given = resolved({
    networking: {
      expose: { hostname: 'llama.example.com', at: anywhere },
      tls: { secretName: 'cert', at: anywhere },
    },
    options: { platform, ingressAnnotations },
  });
  expect(route(given)).toStrictEqual({
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { name: 'demo-ingress', namespace: 'ai', labels: demoLabels, annotations: ingressAnnotations },
    spec: {
      host: 'llama.example.com',
      to: { kind: 'Service', name: 'demo-service', weight: 100 },
      port: { targetPort: 'http' },
      tls: { termination: 'passthrough', insecureEdgeTerminationPolicy: 'Redirect' },
    },
  });
});

test('there is none without `expose`, and none on other platforms', () => {
  expect(route(resolved({ options: { platform } }))).toBeUndefined();
  expect(route(resolved({ networking: { expose: { at: anywhere } } }))).toBeUndefined();
});
