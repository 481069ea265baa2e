/** Every field that both versions have: where it stands in v1alpha1, and where in v1alpha2. */
export const movedFields: readonly (readonly [v1alpha1: string, v1alpha2: string])[] = [
  ['spec.server.distribution', 'spec.distribution'],
  ['spec.replicas', 'spec.workload.replicas'],
  ['spec.server.containerSpec.port', 'spec.networking.port'],
  ['spec.server.containerSpec.resources', 'spec.workload.resources'],
  ['spec.server.containerSpec.env', 'spec.workload.overrides.env'],
  ['spec.server.containerSpec.command', 'spec.workload.overrides.command'],
  ['spec.server.containerSpec.args', 'spec.workload.overrides.args'],
  ['spec.server.workers', 'spec.workload.workers'],
  ['spec.server.storage', 'spec.workload.storage'],
  ['spec.server.userConfig.configMapName', 'spec.overrideConfig.configMapName'],
  ['spec.server.tlsConfig.caBundle', 'spec.networking.tls.caBundle'],
  ['spec.server.podOverrides.serviceAccountName', 'spec.workload.overrides.serviceAccountName'],
  ['spec.server.podOverrides.terminationGracePeriodSeconds', 'spec.workload.overrides.terminationGracePeriodSeconds'],
  ['spec.server.podOverrides.volumes', 'spec.workload.overrides.volumes'],
  ['spec.server.podOverrides.volumeMounts', 'spec.workload.overrides.volumeMounts'],
  ['spec.server.podDisruptionBudget', 'spec.workload.podDisruptionBudget'],
  ['spec.server.topologySpreadConstraints', 'spec.workload.topologySpreadConstraints'],
  ['spec.server.autoscaling', 'spec.workload.autoscaling'],
  ['spec.network.exposeRoute', 'spec.networking.expose'],
  ['spec.network.allowedFrom', 'spec.networking.allowedFrom'],
];

/** Objects that messages name as a whole. */
const movedObjects: readonly (readonly [v1alpha1: string, v1alpha2: string])[] = [
  ['spec.server.userConfig', 'spec.overrideConfig'],
  ['spec.server.podOverrides', 'spec.workload.overrides'],
];

/**
 * The field of v1alpha1 that a field of v1alpha2 is there: `spec.workload.overrides.env[0].name` →
 * `spec.server.containerSpec.env[0].name`; undefined where v1alpha1 has none.
 */
export function v1alpha1Path(path: string): string | undefined {
  const [from, to] =
    [...movedFields, ...movedObjects].find(
      ([, there]) => path === there || (path.startsWith(there) && /^[.[]/.test(path.slice(there.length))),
    ) ?? [];
  return from === undefined || to === undefined ? undefined : from + path.slice(to.length);
}

/** A message with each field in backquotes as v1alpha1 calls it; one that it lacks is said to be of v1alpha2. */
export function v1alpha1Message(message: string): string {
  return message.replace(/`(spec\.[^`]*)`/g, (quoted, path: string) => {
    if (/^spec\.(server|network|replicas)\b/.test(path)) return quoted;
    const field = v1alpha1Path(path);
    return field === undefined ? `${quoted} of v1alpha2` : `\`${field}\``;
  });
}
