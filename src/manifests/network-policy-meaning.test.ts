import { createHash } from 'node:crypto';
import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import type { NetworkPolicy, NetworkPolicyPeer } from 'kubernetes-types/networking/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../run.ts';

type Labels = Readonly<Record<string, string>>;

/** A pod of the cluster, its namespace by name and labels. */
interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
}

/** The namespaces of the cluster; each has the label of its name, as the API server gives it. */
const namespaces: Readonly<Record<string, Labels>> = {
  ai: {},
  apps: {},
  tools: {},
  research: { team: 'ai' },
  sales: { team: 'sales' },
  'ingress-nginx': {},
  'openshift-ingress': { 'network.openshift.io/policy-group': 'ingress' },
};

const server: Pod = { namespace: 'ai', labels: { app: 'llama-stack', 'app.kubernetes.io/instance': 'demo' } };

/**
 * Whether a pod may connect to another, by the rules of the Kubernetes API (`kubectl explain networkpolicy.spec`): a pod that
 * no policy selects is open; else some rule of some policy must have the peer and the port.
 */
function mayConnect(from: Pod, to: Pod, port: number, policies: readonly NetworkPolicy[]): boolean {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata?.namespace === to.namespace &&
      (spec?.policyTypes ?? ['Ingress']).includes('Ingress') &&
      selects(spec?.podSelector, to.labels),
  );
  if (selecting.length === 0) return true;
  const rules = selecting.flatMap(({ spec }) => spec?.ingress ?? []);
  return rules.some(
    ({ from: peers = [], ports = [] }) =>
      (peers.length === 0 || peers.some((peer) => isPeer(from, peer, to.namespace))) &&
      (ports.length === 0 || ports.some((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP')),
  );
}

/** Both selectors must hold where both are there; without one of namespaces, the policy's own is meant. */
function isPeer(pod: Pod, { namespaceSelector, podSelector, ipBlock }: NetworkPolicyPeer, own: string): boolean {
  if (ipBlock !== undefined) throw new Error('addresses are not judged here');
  const labels = { 'kubernetes.io/metadata.name': pod.namespace, ...namespaces[pod.namespace] };
  const inNamespace = namespaceSelector === undefined ? pod.namespace === own : selects(namespaceSelector, labels);
  return inNamespace && (podSelector === undefined || selects(podSelector, pod.labels));
}

/** An empty selector selects all. */
function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    })
  );
}

/** The policies of the CR `demo` in the namespace `ai`. */
function policiesOf(networking: object, options: object): NetworkPolicy[] {
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: {
      name: 'demo',
      namespace: 'ai',
      annotations: { 'fn.llamastack.io/options': JSON.stringify(options) },
    },
    spec: { distribution: { name: 'starter' }, networking },
  };
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr] };
  const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');
  const { out, err, code } = run(JSON.stringify(list), { sha256hex });
  if (code !== 0) throw new Error(err);
  const { items } = parse(out) as { items: readonly NetworkPolicy[] };
  return items.filter(({ metadata }) => metadata?.name === 'demo-network-policy');
}

/** The namespaces whose pods reach the server at the port. */
function reaching(policies: readonly NetworkPolicy[], port: number, to = server): string[] {
  const labels = { app: 'client' };
  return Object.keys(namespaces).filter((namespace) => mayConnect({ namespace, labels }, to, port, policies));
}

const all = Object.keys(namespaces);

describe('who reaches the server', () => {
  test.each<[string, object, object, readonly string[]]>([
    ['by default: its own namespace', {}, {}, ['ai']],
    ['an allowed namespace', { allowedFrom: { namespaces: ['apps', 'tools'] } }, {}, ['ai', 'apps', 'tools']],
    ['namespaces that have a label', { allowedFrom: { labels: ['team'] } }, {}, ['ai', 'research', 'sales']],
    ['namespaces with a value of a label', { allowedFrom: { labels: ['team=ai'] } }, {}, ['ai', 'research']],
    [
      'namespaces by name or by label',
      { allowedFrom: { namespaces: ['tools'], labels: ['team=sales'] } },
      {},
      ['ai', 'tools', 'sales'],
    ],
    ['`*`: all', { allowedFrom: { namespaces: ['*'] } }, {}, all],
    ['`*` besides others: all', { allowedFrom: { namespaces: ['apps', '*'], labels: ['team'] } }, {}, all],
    ['exposed, and nobody told which namespace the controller is in', { expose: true }, {}, ['ai']],
    [
      'exposed: the namespaces of the controllers',
      { expose: true },
      { ingressNamespaces: ['ingress-nginx'] },
      ['ai', 'ingress-nginx'],
    ],
    ['not exposed: no controller', {}, { ingressNamespaces: ['ingress-nginx'] }, ['ai']],
    ["exposed on OpenShift: the router's", { expose: true }, { platform: 'openshift' }, ['ai', 'openshift-ingress']],
    ['not exposed on OpenShift', {}, { platform: 'openshift' }, ['ai']],
    ['`networkPolicy: Off`: all', {}, { networkPolicy: 'Off' }, all],
  ])('%s', (_what, networking, options, namespacesThatReach) => {
    expect(reaching(policiesOf(networking, options), 8321)).toEqual(namespacesThatReach);
  });
});

test('nobody reaches another port of the pod', () => {
  const policies = policiesOf({ port: 9000, allowedFrom: { namespaces: ['*'] } }, {});
  expect(reaching(policies, 9000)).toEqual(all);
  expect(reaching(policies, 8321)).toEqual([]);
});

test('other pods of the namespace are as open as before', () => {
  const policies = policiesOf({}, {});
  expect(reaching(policies, 8321, { ...server, labels: { app: 'client' } })).toEqual(all);
  const sibling = { ...server, labels: { ...server.labels, 'app.kubernetes.io/instance': 'other' } };
  expect(reaching(policies, 8321, sibling)).toEqual(all);
});
