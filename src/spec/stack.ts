import type { Json, JsonObject, Report } from '../krm/result.ts';
import { Path } from '../krm/result.ts';
import { nearest } from '../nearest.ts';
import { disabledSchema, readDisabled, type DisabledApi } from './disabled.ts';
import { DISTRIBUTION_ANNOTATION, distributionSchema, readDistribution, type Distribution } from './distribution.ts';
import { externalProvidersSchema, readExternalProviders, type ExternalProvider } from './external-providers.ts';
import { reportKeptAnnotations } from './kept-annotations.ts';
import { readMetadata, type Metadata } from './metadata.ts';
import { networkingSchema, readNetworking, type Networking } from './networking.ts';
import { overrideConfigSchema, readOverrideConfig, type OverrideConfig } from './override-config.ts';
import { providersSchema, readProviders, type Provider } from './providers.ts';
import { readFields } from './read-shape.ts';
import { readResources, resourcesSchema, type Resources } from './resources.ts';
import { excludes } from './rules.ts';
import { object, optional, required } from './shape.ts';
import { readStorage, storageSchema, type Storage } from './storage.ts';
import { readV1alpha1, type OperatorMeaning } from './v1alpha1.ts';
import { readVersion } from './version.ts';
import { readWorkload, workloadSchema, type Workload } from './workload.ts';

/**
 * The normal form of a LlamaStackDistribution of any version: defaults filled, both spellings of each polymorphic
 * field made one. What was invalid is reported and left out, so that all later checks still run.
 */
export interface Stack {
  readonly name: string;
  readonly namespace?: string;
  readonly distribution: Distribution;
  /** All providers of `spec.providers`, in the order of the CR. */
  readonly providers: readonly Provider[];
  readonly externalProviders: readonly ExternalProvider[];
  readonly resources: Resources;
  readonly storage: Storage;
  readonly disabled: readonly DisabledApi[];
  readonly networking: Networking;
  readonly workload: Workload;
  readonly overrideConfig?: OverrideConfig;
  /** Of a v1alpha1 CR alone: what it means under the operator. */
  readonly operator?: OperatorMeaning;
}

/** The sections that shape the generated configuration, which `overrideConfig` replaces as a whole (FR-070). */
const REPLACED = ['providers', 'resources', 'storage', 'disabled'];

/** `spec` of a LlamaStackDistribution v1alpha2 as written. */
export const specSchema = object(
  () => ({
    distribution: required(
      'The image that runs the server, and the configuration that it starts from.',
      distributionSchema,
    ),
    providers: optional('The providers of each API.', providersSchema),
    resources: optional('What the server registers at start.', resourcesSchema),
    storage: optional('Where the server keeps its state.', storageSchema),
    disabled: optional('APIs that the server does not offer.', disabledSchema),
    networking: optional('How the server is reached.', networkingSchema),
    workload: optional('How the pods run.', workloadSchema),
    externalProviders: optional('Providers that come in images of their own.', externalProvidersSchema),
    overrideConfig: optional('A configuration of your own, in place of the generated one.', overrideConfigSchema),
  }),
  {
    must: 'must be an object with `distribution`, such as `{distribution: {name: starter}}`',
    rules: () => REPLACED.map((section) => excludes('overrideConfig', section)),
    aliases: {
      server: 'distribution',
      replicas: 'workload.replicas',
      workers: 'workload.workers',
      network: 'networking',
      port: 'networking.port',
      tls: 'networking.tls',
      models: 'resources.models',
      tools: 'resources.tools',
      shields: 'resources.shields',
      userConfig: 'overrideConfig',
      env: 'workload.overrides.env',
      autoscaling: 'workload.autoscaling',
      podDisruptionBudget: 'workload.podDisruptionBudget',
      topologySpreadConstraints: 'workload.topologySpreadConstraints',
    },
  },
);

/** The fields of a LlamaStackDistribution beside `spec`. */
const ROOT_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/**
 * Reads a LlamaStackDistribution; undefined where its version is not ours or it has no `spec` to read. Every fault
 * that can be told without release and base config is reported, each with its path from the root.
 */
export function readStack(cr: JsonObject, report: Report): Stack | undefined {
  const version = readVersion(cr.apiVersion, cr.spec, report);
  if (version === undefined) return undefined;
  for (const key of Object.keys(cr).filter((name) => !ROOT_FIELDS.includes(name))) {
    const meant = nearest(key, ROOT_FIELDS);
    report.error(
      Path.root.field(key),
      `Unknown field \`${key}\`. ${meant === undefined ? 'What the server needs stands under `spec`' : `Did you mean \`${meant}\`?`}`,
      { currentValue: key, proposedValue: meant },
    );
  }
  const metadataAt = Path.root.field('metadata');
  const metadata = readMetadata(cr.metadata, metadataAt, report);
  reportKeptAnnotations(metadata, version, metadataAt, report);
  const at = Path.root.field('spec');
  if (cr.spec === undefined) {
    const proposedValue = { distribution: { name: 'starter' } };
    if (version === 'v1alpha2')
      report.error(at, '`spec` is required and must be an object with `distribution`', { proposedValue });
    else
      report.error(at, '`spec` is required and must be an object with `server`', {
        proposedValue: { server: proposedValue },
      });
    return undefined;
  }
  if (version === 'v1alpha1') return readV1alpha1(metadata, cr.spec, [metadataAt, at], report);
  return readV1alpha2(metadata, cr.spec, [metadataAt, at], report);
}

function readV1alpha2(
  { name, namespace, annotations }: Metadata,
  written: Json,
  [metadataAt, at]: readonly [metadata: Path, spec: Path],
  report: Report,
): Stack | undefined {
  const spec = readFields(specSchema, written, at, report);
  if (spec === undefined) return undefined;
  const stack: Stack = {
    name,
    ...(namespace !== undefined && { namespace }),
    distribution: readDistribution(
      spec.distribution,
      at.field('distribution'),
      annotations[DISTRIBUTION_ANNOTATION],
      metadataAt.field('annotations').field(DISTRIBUTION_ANNOTATION),
      report,
    ),
    providers: readProviders(spec.providers, at.field('providers'), report),
    externalProviders: readExternalProviders(spec.externalProviders, at.field('externalProviders'), report),
    resources: readResources(spec.resources, at.field('resources'), report),
    storage: readStorage(spec.storage, at.field('storage'), report),
    disabled: readDisabled(spec.disabled, at.field('disabled'), report),
    networking: readNetworking(spec.networking, at.field('networking'), report),
    workload: readWorkload(spec.workload, at.field('workload'), report),
    ...overrideConfigOf(spec, at, report),
  };
  checkExclusions(spec, at, report);
  checkDisabled(stack, report);
  return stack;
}

function overrideConfigOf(spec: JsonObject, at: Path, report: Report): Pick<Stack, 'overrideConfig'> {
  const overrideConfig = readOverrideConfig(spec.overrideConfig, at.field('overrideConfig'), report);
  return overrideConfig === undefined ? {} : { overrideConfig };
}

function checkExclusions(spec: JsonObject, at: Path, report: Report): void {
  if (!Object.hasOwn(spec, 'overrideConfig')) return;
  for (const section of REPLACED) {
    if (!Object.hasOwn(spec, section)) continue;
    report.error(
      at.field(section),
      `\`spec.${section}\` cannot stand beside \`spec.overrideConfig\`, whose config.yaml is used as it is: remove one of them`,
    );
  }
}

/** An API that is disabled and has providers: one of the two was not meant. */
function checkDisabled(stack: Stack, report: Report): void {
  for (const { api, written, at } of stack.disabled) {
    const provider = [...stack.providers, ...stack.externalProviders].find((candidate) => candidate.api === api);
    if (provider === undefined) continue;
    report.error(
      at,
      `"${written}" is disabled at \`${at.toString()}\` and has a provider at \`${provider.at.toString()}\`: remove one of them`,
      { currentValue: written },
    );
  }
}
