import type * as z from 'zod/v4/core';
import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { DISTRIBUTION_ANNOTATION, readDistribution } from './distribution.ts';
import type { Metadata } from './metadata.ts';
import { readNetworking } from './networking.ts';
import { readOverrideConfig } from './override-config.ts';
import { readFields, readShape } from './read-shape.ts';
import { fieldsOf, isObject } from './shape.ts';
import type { Stack } from './stack.ts';
import { reportV1alpha2Fields } from './version.ts';
import { v1alpha1Message, v1alpha1Path } from './v1alpha1-fields.ts';
import {
  containerSpecSchema,
  networkSchema,
  podOverridesSchema,
  serverSchema,
  userConfigSchema,
  v1alpha1Schema,
} from './v1alpha1-schema.ts';
import { readWorkload } from './workload.ts';

/** What a v1alpha1 CR means under the operator that no field of v1alpha2 says. */
export interface OperatorMeaning {
  /** `spec.server.containerSpec.name`, where it is given. */
  readonly containerName?: string;
  /** Without `spec.server.userConfig` the image's own config runs, and none is generated. */
  readonly imageConfig: boolean;
  /** A NetworkPolicy is made only with `spec.network`. */
  readonly networkPolicy: boolean;
  /** Variables that the operator sets, for configs and commands that read them: `LLS_PORT`. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
}

/** The sections of a v1alpha1 CR, each of the fields below it as written. */
interface Sections {
  readonly spec: JsonObject;
  readonly server: JsonObject;
  readonly container: JsonObject;
  readonly pod: JsonObject;
  readonly userConfig: JsonObject | undefined;
  readonly tlsConfig: JsonObject;
  readonly network: JsonObject | undefined;
}

/**
 * Reads `spec` of a v1alpha1 CR into the same `Stack`: its fields are moved to where v1alpha2 has them, and read there;
 * what is then reported is told in the words of v1alpha1.
 */
export function readV1alpha1(
  { name, namespace, annotations }: Metadata,
  written: Json,
  [metadataAt, at]: readonly [metadata: Path, spec: Path],
  report: Report,
): Stack | undefined {
  const sections = readSections(written, at, report);
  if (sections === undefined) return undefined;
  const { server, userConfig, tlsConfig, network } = sections;
  const moved = reportInV1alpha1(report);
  const exposeRouteAt = at.field('network').field('exposeRoute');
  const workload = readWorkload(workloadOf(sections, at, report), at.field('workload'), moved);
  const networking = readNetworking(
    present({
      port: sections.container.port,
      tls: present({ caBundle: tlsConfig.caBundle }),
      expose: readShape(fieldsOf(networkSchema).exposeRoute, network?.exposeRoute, exposeRouteAt, report),
      allowedFrom: network?.allowedFrom,
    }),
    at.field('networking'),
    moved,
  );
  const overrideConfig = readUserConfig(userConfig, namespace, at, report, moved);
  const containerName = readShape(
    fieldsOf(containerSpecSchema).name,
    sections.container.name,
    at.field('server').field('containerSpec').field('name'),
    report,
  );
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    distribution: readDistribution(
      server.distribution,
      at.field('distribution'),
      annotations[DISTRIBUTION_ANNOTATION],
      metadataAt.field('annotations').field(DISTRIBUTION_ANNOTATION),
      moved,
    ),
    providers: [],
    externalProviders: [],
    resources: { models: [], tools: [], shields: [], at },
    storage: { at },
    disabled: [],
    networking,
    workload,
    ...(overrideConfig && { overrideConfig }),
    operator: {
      ...(containerName !== undefined && { containerName }),
      imageConfig: userConfig === undefined,
      networkPolicy: network !== undefined,
      variables: [
        { name: 'LLS_WORKERS', value: String(workload.workers ?? 1) },
        { name: 'LLS_PORT', value: String(networking.port) },
      ],
    },
  };
}

/** The same report for whoever knows the fields of a v1alpha1 CR by where v1alpha2 has them. */
export function reportInV1alpha1(report: Report): Report {
  return report.inWordsOf({ path: v1alpha1Path, message: v1alpha1Message });
}

function readSections(written: Json, at: Path, report: Report): Sections | undefined {
  const foreign = reportV1alpha2Fields(written, at, report);
  const own = isObject(written) ? omit(written, foreign) : written;
  const spec = readFields(v1alpha1Schema, own, at, report);
  const serverAt = at.field('server');
  const server = spec?.server === undefined ? undefined : readFields(serverSchema, spec.server, serverAt, report);
  if (spec === undefined || server === undefined) return undefined;
  const { tlsConfig } = fieldsOf(serverSchema);
  const section = (field: string, schema: z.$ZodObject): JsonObject | undefined => {
    const value = server[field];
    return value === undefined ? undefined : (readFields(schema, value, serverAt.field(field), report) ?? {});
  };
  return {
    spec,
    server,
    container: section('containerSpec', containerSpecSchema) ?? {},
    pod: section('podOverrides', podOverridesSchema) ?? {},
    userConfig: section('userConfig', userConfigSchema),
    tlsConfig: section('tlsConfig', tlsConfig._zod.def.innerType) ?? {},
    network:
      spec.network === undefined
        ? undefined
        : (readFields(networkSchema, spec.network, at.field('network'), report) ?? {}),
  };
}

function workloadOf({ spec, server, container, pod }: Sections, at: Path, report: Report): JsonObject {
  const { env, command, args } = container;
  return present({
    replicas: spec.replicas,
    workers: server.workers,
    resources: container.resources,
    storage: server.storage,
    podDisruptionBudget: budgetOf(server.podDisruptionBudget, at.field('server'), report),
    topologySpreadConstraints: server.topologySpreadConstraints,
    autoscaling: server.autoscaling,
    overrides: present({ env, command, args, ...pod }),
  });
}

/** The operator makes a budget of neither field, which says nothing; the API server's meaning of that is no limit. */
function budgetOf(value: Json | undefined, at: Path, report: Report): Json | undefined {
  if (!isObject(value) || Object.keys(value).length > 0) return value;
  report.info(at.field('podDisruptionBudget'), 'An empty `podDisruptionBudget` is taken as `{maxUnavailable: 1}`');
  return { maxUnavailable: 1 };
}

/** `spec.server.userConfig`; a pod mounts only ConfigMaps of its own namespace, whatever the operator looks up. */
function readUserConfig(
  userConfig: JsonObject | undefined,
  namespace: string | undefined,
  at: Path,
  report: Report,
  moved: Report,
): Stack['overrideConfig'] {
  if (userConfig === undefined) return undefined;
  const { configMapName, configMapNamespace } = userConfig;
  const place = at.field('server').field('userConfig').field('configMapNamespace');
  const given = readShape(fieldsOf(userConfigSchema).configMapNamespace, configMapNamespace, place, report);
  if (given !== undefined && given !== namespace) {
    const own = namespace === undefined ? '' : `, "${namespace}",`;
    report.error(
      place,
      `\`configMapNamespace\` must be the namespace of the CR${own} since a pod mounts no ConfigMap of another: copy the ConfigMap there and remove this field`,
      { currentValue: given, proposedValue: namespace },
    );
  }
  if (configMapName === undefined) return undefined;
  const read = readOverrideConfig({ configMapName }, at.field('overrideConfig'), moved);
  return read && { ...read, allKeys: true };
}

function omit(fields: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

/** The fields that are there; undefined is no value of the JSON data model. */
function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as JsonObject;
}
