import { expect, test } from 'vitest';
import { ingress } from './ingress.ts';
import { anywhere, demoLabels, resolved } from './resolved.fixture.ts';

const backend = { service: { name: 'demo-service', port: { number: 8321 } } };
const http = { paths: [{ path: '/', pathType: 'Prefix', backend }] };

test('`expose` without a domain is a rule for any host', () => {
  expect(ingress(resolved({ networking: { expose: { at: anywhere } } }))).toStrictEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'demo-ingress', namespace: 'ai', labels: demoLabels },
    spec: { rules: [{ http }] },
  });
});

test('class and annotations come from the options, the host from name, namespace and domain', () => {
  const given = resolved({
    networking: { expose: { at: anywhere } },
    options: {
      ingressClassName: 'nginx',
      ingressAnnotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '600' },
      ingressDomain: 'apps.example.com',
    },
  });
  expect(ingress(given)).toStrictEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'demo-ingress',
      namespace: 'ai',
      labels: demoLabels,
      annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '600' },
    },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'demo-ai.apps.example.com', http }] },
  });
});

test('`expose.hostname` is the host, whatever the domain', () => {
  const given = resolved({
    networking: { expose: { hostname: 'llama.example.com', at: anywhere } },
    options: { ingressDomain: 'apps.example.com' },
  });
  expect(ingress(given)?.spec?.rules).toStrictEqual([{ host: 'llama.example.com', http }]);
});

test("with TLS the host has the server's certificate and nginx speaks HTTPS to the server", () => {
  const given = resolved({
    networking: {
      expose: { hostname: 'llama.example.com', at: anywhere },
      tls: { secretName: 'cert', at: anywhere },
    },
  });
  expect(ingress(given)?.metadata.annotations).toStrictEqual({
    'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS',
  });
  expect(ingress(given)?.spec).toStrictEqual({
    tls: [{ hosts: ['llama.example.com'], secretName: 'cert' }],
    rules: [{ host: 'llama.example.com', http }],
  });
});

test('with TLS and no host the certificate is for any', () => {
  const given = resolved({ networking: { expose: { at: anywhere }, tls: { secretName: 'cert', at: anywhere } } });
  expect(ingress(given)?.spec?.tls).toStrictEqual([{ secretName: 'cert' }]);
});

test("the user's annotation wins over ours", () => {
  const annotation = { 'nginx.ingress.kubernetes.io/backend-protocol': 'GRPCS' };
  const given = resolved({
    networking: { expose: { at: anywhere }, tls: { secretName: 'cert', at: anywhere } },
    options: { ingressAnnotations: annotation },
  });
  expect(ingress(given)?.metadata.annotations).toStrictEqual(annotation);
});

test('there is none without `expose`, and none on OpenShift, which has a Route', () => {
  expect(ingress(resolved())).toBeUndefined();
  const options = { platform: 'openshift' } as const;
  expect(ingress(resolved({ networking: { expose: { at: anywhere } }, options }))).toBeUndefined();
});
