/** Kind → a generated field (`*` is any one index) → the field of the CR that it is made from. */
const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Deployment: {
    'spec.replicas': 'spec.workload.replicas',
    'spec.template.spec.containers[*].image': 'spec.distribution',
    'spec.template.spec.containers[*].resources': 'spec.workload.resources',
    'spec.template.spec.containers[*].env': 'spec.workload.overrides.env',
    'spec.template.spec.containers[*].command': 'spec.workload.overrides.command',
    'spec.template.spec.containers[*].args': 'spec.workload.overrides.args',
    'spec.template.spec.containers[*].volumeMounts': 'spec.workload.overrides.volumeMounts',
    'spec.template.spec.containers[*].ports': 'spec.networking.port',
    'spec.template.spec.initContainers': 'spec.externalProviders',
    'spec.template.spec.volumes': 'spec.workload.overrides.volumes',
    'spec.template.spec.serviceAccountName': 'spec.workload.overrides.serviceAccountName',
    'spec.template.spec.terminationGracePeriodSeconds': 'spec.workload.overrides.terminationGracePeriodSeconds',
    'spec.template.spec.topologySpreadConstraints': 'spec.workload.topologySpreadConstraints',
  },
  Service: { 'spec.ports': 'spec.networking.port' },
  NetworkPolicy: { 'spec.ingress': 'spec.networking.allowedFrom' },
  Ingress: { 'spec.rules': 'spec.networking.expose', 'spec.tls': 'spec.networking.tls' },
  Route: { 'spec.host': 'spec.networking.expose.hostname', 'spec.tls': 'spec.networking.tls' },
  HorizontalPodAutoscaler: { spec: 'spec.workload.autoscaling' },
  PodDisruptionBudget: { spec: 'spec.workload.podDisruptionBudget' },
  PersistentVolumeClaim: { 'spec.resources': 'spec.workload.storage.size' },
  ConfigMap: { 'data["config.yaml"]': 'spec.providers' },
};

/**
 * The field of the CR in which an edit of a generated object belongs: `Deployment`, `spec.replicas` →
 * `spec.workload.replicas`; undefined where the CR has none.
 */
export function fieldOfCr(kind: string, path: string): string | undefined {
  const known = Object.hasOwn(fields, kind) ? fields[kind] : undefined;
  const generic = path.replace(/\[\d+\]/g, '[*]');
  const found = Object.keys(known ?? {}).filter(
    (field) => generic === field || (/^[.[]/.test(generic.slice(field.length)) && generic.startsWith(field)),
  );
  const longest = found.reduce<string | undefined>(
    (best, field) => (best !== undefined && best.length >= field.length ? best : field),
    undefined,
  );
  return longest === undefined ? undefined : known?.[longest];
}
