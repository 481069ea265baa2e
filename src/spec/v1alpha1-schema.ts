import { distributionSchema } from './distribution.ts';
import { dnsLabel } from './formats.ts';
import { networkingSchema } from './networking.ts';
import { overrideConfigSchema } from './override-config.ts';
import { overridesSchema } from './overrides.ts';
import { fieldsOf, flag, integer, object, optional, required } from './shape.ts';
import { workloadSchema } from './workload.ts';

/** `spec.server.containerSpec` as written. */
export const containerSpecSchema = object(() => {
  const { env, command, args } = fieldsOf(overridesSchema);
  return {
    name: optional('The name of the container.', dnsLabel()),
    port: fieldsOf(networkingSchema).port,
    resources: fieldsOf(workloadSchema).resources,
    env,
    command,
    args,
  };
});

/** `spec.server.podOverrides` as written. */
export const podOverridesSchema = object(() => {
  const { serviceAccountName, terminationGracePeriodSeconds, volumes, volumeMounts } = fieldsOf(overridesSchema);
  return { serviceAccountName, terminationGracePeriodSeconds, volumes, volumeMounts };
});

/** `spec.server.userConfig` as written. */
export const userConfigSchema = object(
  () => ({
    ...fieldsOf(overrideConfigSchema),
    configMapNamespace: optional('Its namespace, which must be that of the CR.', dnsLabel()),
  }),
  { must: 'must be an object with `configMapName`' },
);

/** `spec.server` as written. */
export const serverSchema = object(
  () => {
    const { workers, storage, podDisruptionBudget, topologySpreadConstraints, autoscaling } = fieldsOf(workloadSchema);
    return {
      distribution: required(
        'The image that runs the server, and the configuration that it starts from.',
        distributionSchema,
      ),
      containerSpec: optional('The container of the server.', containerSpecSchema),
      workers,
      storage,
      userConfig: optional('A configuration of your own, in place of that of the image.', userConfigSchema),
      tlsConfig: optional(
        'Whom the server trusts.',
        object(() => ({ caBundle: fieldsOf(fieldsOf(networkingSchema).tls._zod.def.innerType).caBundle })),
      ),
      podOverrides: optional('What is added to the pod.', podOverridesSchema),
      podDisruptionBudget,
      topologySpreadConstraints,
      autoscaling,
    };
  },
  { must: 'must be an object with `distribution`, such as `{distribution: {name: starter}}`' },
);

/** `spec.network` as written. */
export const networkSchema = object(() => ({
  exposeRoute: optional('Whether the server is reached from beyond the cluster.', flag()),
  allowedFrom: fieldsOf(networkingSchema).allowedFrom,
}));

/** `spec` of a LlamaStackDistribution v1alpha1 as written. */
export const v1alpha1Schema = object(
  () => ({
    replicas: optional('The number of pods.', integer(0)),
    server: required('The server and its pods.', serverSchema),
    network: optional('How the server is reached.', networkSchema),
  }),
  { must: 'must be an object with `server`, such as `{server: {distribution: {name: starter}}}`' },
);
