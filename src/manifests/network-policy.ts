import type { NetworkPolicy, NetworkPolicyPeer } from 'kubernetes-types/networking/v1.d.ts';
import { names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { selectorLabels } from './labels.ts';
import { buildMetadata } from './metadata.ts';

/** Who may reach the server's port; egress stays open, since providers are anywhere. None with `networkPolicy: Off`, nor for a v1alpha1 CR without `spec.network`. */
export function networkPolicy(resolved: Resolved): Written<NetworkPolicy> | undefined {
  const { stack, options } = resolved;
  if (options.networkPolicy === 'Off' || stack.operator?.networkPolicy === false) return undefined;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: buildMetadata(resolved, names.networkPolicy(stack.name)),
    spec: {
      podSelector: { matchLabels: selectorLabels(resolved) },
      policyTypes: ['Ingress'],
      ingress: [{ from: buildPeers(resolved), ports: [{ protocol: 'TCP', port: stack.networking.port }] }],
    },
  };
}

function buildPeers({ stack, options }: Resolved): NetworkPolicyPeer[] {
  const { allowedFrom, expose } = stack.networking;
  if (allowedFrom.namespaces.includes('*')) return [{ namespaceSelector: {} }];
  const namespaces = [...allowedFrom.namespaces, ...(expose === undefined ? [] : options.ingressNamespaces)];
  return [
    { podSelector: {} },
    ...[...new Set(namespaces)].map(toNamespacePeer),
    ...[...new Set(allowedFrom.labels)].map(toLabelPeer),
    ...(expose !== undefined && options.platform === 'openshift' ? [openshiftRouter] : []),
  ];
}

/** The namespace of OpenShift's router, whatever its name. */
const openshiftRouter: NetworkPolicyPeer = {
  namespaceSelector: { matchLabels: { 'network.openshift.io/policy-group': 'ingress' } },
};

function toNamespacePeer(namespace: string): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** `team` → namespaces that have the label; `team=ai` → those where it is `ai`. */
function toLabelPeer(label: string): NetworkPolicyPeer {
  const equals = label.indexOf('=');
  if (equals < 0) return { namespaceSelector: { matchExpressions: [{ key: label, operator: 'Exists' }] } };
  return { namespaceSelector: { matchLabels: { [label.slice(0, equals)]: label.slice(equals + 1) } } };
}
