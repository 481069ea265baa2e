import { expect, test } from 'vitest';
import { networkPolicy } from './network-policy.ts';
import { anywhere, demoLabels, demoSelector, resolved, type Given } from './resolved.fixture.ts';

const sameNamespace = { podSelector: {} };

function namespace(name: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

function peersOf(given: Given) {
  return networkPolicy(resolved(given))?.spec?.ingress?.[0]?.from;
}

test('the same namespace may reach the server port, and nobody else', () => {
  expect(networkPolicy(resolved({ networking: { port: 9000 } }))).toStrictEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'demo-network-policy', namespace: 'ai', labels: demoLabels },
    spec: {
      podSelector: { matchLabels: demoSelector },
      policyTypes: ['Ingress'],
      ingress: [{ from: [sameNamespace], ports: [{ protocol: 'TCP', port: 9000 }] }],
    },
  });
});

test('`allowedFrom` opens namespaces by name and by label, each once', () => {
  const allowedFrom = {
    namespaces: ['apps', 'tools', 'apps'],
    labels: ['team', 'team=ai', 'example.com/empty=', 'team'],
  };
  expect(peersOf({ networking: { allowedFrom } })).toStrictEqual([
    sameNamespace,
    namespace('apps'),
    namespace('tools'),
    { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } },
    { namespaceSelector: { matchLabels: { team: 'ai' } } },
    { namespaceSelector: { matchLabels: { 'example.com/empty': '' } } },
  ]);
});

test('`*` among the namespaces opens all of them', () => {
  const allowedFrom = { namespaces: ['apps', '*'], labels: ['team'] };
  expect(peersOf({ networking: { allowedFrom, expose: { at: anywhere } } })).toStrictEqual([{ namespaceSelector: {} }]);
});

test("an exposed server is open to the ingress controller's namespaces", () => {
  const options = { ingressNamespaces: ['ingress-nginx'] };
  expect(peersOf({ networking: { expose: { at: anywhere } }, options })).toStrictEqual([
    sameNamespace,
    namespace('ingress-nginx'),
  ]);
  expect(peersOf({ options })).toStrictEqual([sameNamespace]);
});

test("an exposed server on OpenShift is open to the router's namespace, by its label", () => {
  const options = { platform: 'openshift', ingressNamespaces: ['shard'] } as const;
  expect(peersOf({ networking: { expose: { at: anywhere } }, options })).toStrictEqual([
    sameNamespace,
    namespace('shard'),
    { namespaceSelector: { matchLabels: { 'network.openshift.io/policy-group': 'ingress' } } },
  ]);
  expect(peersOf({ options })).toStrictEqual([sameNamespace]);
});

test('`networkPolicy: Off` leaves the pods open', () => {
  expect(networkPolicy(resolved({ options: { networkPolicy: 'Off' } }))).toBeUndefined();
});
