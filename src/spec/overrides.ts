import type { EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type * as z from 'zod/v4/core';
import type { Json, Path, Report } from '../krm/result.ts';
import { dnsSubdomain } from './formats.ts';
import { env, VARIABLE_SOURCES } from './kubernetes-env.ts';
import { complete } from './kubernetes-fields.ts';
import { volume, VOLUME_SOURCES, volumeMount } from './kubernetes-volumes.ts';
import { type Holed, integer, isList, isObject, list, nonEmptyList, object, optional, string } from './shape.ts';

/** `spec.workload.overrides`: what is added to the pod; fields of the Kubernetes API, passed on as written. */
export interface Overrides {
  readonly serviceAccountName?: string;
  readonly env: readonly EnvVar[];
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly terminationGracePeriodSeconds?: number;
  readonly at: Path;
}

/** `spec.workload.overrides` as written. */
export const overridesSchema = object(() => ({
  serviceAccountName: optional('The ServiceAccount of the pods.', dnsSubdomain()),
  env: optional(
    'Environment variables of the container.',
    list(env(), {
      must: 'must be a list of objects with `name`, and `value` or `valueFrom`',
      confidential: true,
      uniqueBy: 'name',
    }),
  ),
  command: optional(
    'In place of the entrypoint of the image.',
    nonEmptyList(words(), 'must be a list of at least one string', { confidential: true }),
  ),
  args: optional(
    'In place of the arguments of the image.',
    list(words(), { must: 'must be a list of strings', confidential: true }),
  ),
  volumes: optional(
    'Further volumes of the pod.',
    list(volume(), {
      must: 'must be a list of volumes, such as `[{name: cache, emptyDir: {}}]`',
      uniqueBy: 'name',
      examples: [[{ name: 'cache', emptyDir: {} }]],
    }),
  ),
  volumeMounts: optional(
    'Further mounts of the container.',
    list(volumeMount(), { must: 'must be a list of objects with `name` and `mountPath`', uniqueBy: 'mountPath' }),
  ),
  terminationGracePeriodSeconds: optional('How long the server may take to end, in seconds.', integer(0)),
}));

/** A word of a command line, which may hold a password. */
function words() {
  return string({ must: 'must be a string', confidential: true });
}

/** Makes `spec.workload.overrides` of its valid part `given`; `written` tells what is there though invalid. */
export function readOverrides(
  given: Holed<z.infer<typeof overridesSchema>>,
  written: Json | undefined,
  at: Path,
  report: Report,
): Overrides {
  const { serviceAccountName, command, args, terminationGracePeriodSeconds } = given;
  const env = complete<EnvVar>(given.env ?? [], ['name']);
  const volumes = complete<Volume>(given.volumes ?? [], ['name']);
  const volumeMounts = complete<VolumeMount>(given.volumeMounts ?? [], ['name', 'mountPath']);
  reportDoubles(given.env ?? [], 'name', at.field('env'), report);
  reportDoubles(given.volumes ?? [], 'name', at.field('volumes'), report);
  reportDoubles(given.volumeMounts ?? [], 'mountPath', at.field('volumeMounts'), report);
  checkEnv(itemsOf(written, 'env'), at.field('env'), report);
  checkVolumeMounts(given.volumeMounts ?? [], at.field('volumeMounts'), report);
  checkVolumes(itemsOf(written, 'volumes'), at.field('volumes'), report);
  const strings = (list: readonly (string | undefined)[]): string[] => list.filter((word) => word !== undefined);
  return {
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    env,
    ...(command && { command: strings(command) }),
    ...(args && { args: strings(args) }),
    volumes,
    volumeMounts,
    ...(terminationGracePeriodSeconds !== undefined && { terminationGracePeriodSeconds }),
    at,
  };
}

function reportDoubles<F extends string>(
  items: readonly (Readonly<Partial<Record<F, string>>> | undefined)[],
  field: F,
  at: Path,
  report: Report,
): void {
  const first = new Map<string, Path>();
  for (const [index, item] of items.entries()) {
    const name = item?.[field];
    if (name === undefined) continue;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, at.item(index));
    else {
      report.error(
        at.item(index).field(field),
        `\`${field}: ${name}\` stands already at \`${earlier.toString()}\`: remove one`,
        { currentValue: name },
      );
    }
  }
}

/** A variable has a value or a source, and a source is one thing; the API server refuses all else. */
function checkEnv(items: readonly Json[], at: Path, report: Report): void {
  for (const [index, item] of items.entries()) {
    if (!isObject(item) || !isObject(item.valueFrom)) continue;
    if (Object.hasOwn(item, 'value') && item.value !== '') {
      report.error(at.item(index), 'Only one of `value` or `valueFrom` can be specified for a variable: remove one');
    }
    const valueFromAt = at.item(index).field('valueFrom');
    checkOneOf(
      Object.keys(item.valueFrom),
      VARIABLE_SOURCES,
      '`valueFrom` must have one source, such as `secretKeyRef`',
      valueFromAt,
      report,
    );
    checkDivisor(item.valueFrom.resourceFieldRef, valueFromAt.field('resourceFieldRef').field('divisor'), report);
  }
}

/** The units that the API server takes: CPU in cores or thousandths, all else in powers of 1000 or 1024. */
function checkDivisor(reference: Json | undefined, at: Path, report: Report): void {
  if (!isObject(reference) || !Object.hasOwn(reference, 'divisor')) return;
  const { resource, divisor } = reference;
  const isCpu = typeof resource === 'string' && resource.endsWith('.cpu');
  if (typeof divisor !== 'string' && typeof divisor !== 'number') return;
  if ((isCpu ? /^(0|1|1m)$/ : /^(0|1|1[kMGTPE]|1[KMGTPE]i)$/).test(String(divisor))) return;
  report.error(at, `\`divisor\` must be ${isCpu ? '"1" or "1m" for CPU' : 'one unit, such as "1Mi"'}`);
}

function checkVolumeMounts(
  items: readonly (Partial<VolumeMount & { recursiveReadOnly: string }> | undefined)[],
  at: Path,
  report: Report,
): void {
  for (const [index, { subPath, subPathExpr, recursiveReadOnly, readOnly, mountPropagation } = {}] of items.entries()) {
    const recursive = recursiveReadOnly !== undefined && recursiveReadOnly !== 'Disabled';
    if (subPath !== undefined && subPathExpr !== undefined) {
      report.error(at.item(index), 'Only one of `subPath` or `subPathExpr` can be specified for a mount: remove one');
    }
    if (recursive && readOnly !== true) {
      report.error(at.item(index).field('recursiveReadOnly'), '`recursiveReadOnly` needs `readOnly: true` beside it');
    }
    if (recursive && mountPropagation === 'HostToContainer') {
      report.error(
        at.item(index).field('mountPropagation'),
        '`mountPropagation` must be "None" beside `recursiveReadOnly`',
      );
    }
  }
}

function checkVolumes(items: readonly Json[], at: Path, report: Report): void {
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) continue;
    const kinds = Object.keys(item).filter((key) => key !== 'name');
    checkOneOf(kinds, VOLUME_SOURCES, 'A volume must have one kind, such as `emptyDir: {}`', at.item(index), report);
  }
}

/** Reports keys of which not exactly one is known; where all are misspelt, they are reported as unknown fields. */
function checkOneOf(keys: readonly string[], known: readonly string[], rule: string, at: Path, report: Report): void {
  const found = keys.filter((key) => known.includes(key));
  if (found.length > 1)
    report.error(at, `${rule}, not ${found.map((key) => `\`${key}\``).join(' and ')}: remove all but one`);
  else if (keys.length === 0) report.error(at, rule);
}

function itemsOf(overrides: Json | undefined, field: string): readonly Json[] {
  const items = isObject(overrides) ? overrides[field] : undefined;
  return items !== undefined && isList(items) ? items : [];
}
