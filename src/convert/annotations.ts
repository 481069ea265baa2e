import { isMapping, Path, Report, type Json, type JsonObject } from '../krm/result.ts';
import { keptAnnotations, strayMessage } from '../spec/kept-annotations.ts';
import { readField } from '../spec/read-field.ts';
import type { Version } from '../spec/version.ts';
import { ANNOTATIONS, EXPOSE, extras, ownFields, restAnnotation, sections } from './version-fields.ts';

/** The annotations of the operator's first conversion, each of one field of v1alpha1. */
const legacyAnnotations: Readonly<Record<string, string>> = {
  'llamastack.io/v1alpha1-container-name': 'containerName',
  'llamastack.io/v1alpha1-termination-grace-period': 'terminationGracePeriod',
  'llamastack.io/v1alpha1-user-config-namespace': 'userConfigNamespace',
  'llamastack.io/v1alpha1-ca-bundle-namespace': 'caBundleNamespace',
  'llamastack.io/v1alpha1-ca-bundle-keys': 'caBundleKeys',
};

/** What an earlier conversion kept of `to`: field → value, and the annotations that are done with once it is restored. */
export interface Kept {
  readonly fields: ReadonlyMap<string, Json>;
  readonly annotations: readonly string[];
}

/** Reads what an earlier conversion kept of the version `to`; what cannot be read is an error, since it would be lost. */
export function readKept(annotations: JsonObject, to: Version, report: Report): Kept {
  const fields = new Map<string, Json>();
  const done: string[] = [];
  for (const [name, key] of Object.entries(to === 'v1alpha1' ? legacyAnnotations : {})) {
    const field = extras[to].fields[key];
    if (!Object.hasOwn(annotations, name) || field === undefined) continue;
    const value = legacyValue(key, annotations[name] ?? null);
    if (value === undefined)
      report.error(annotationAt(name), `The annotation \`${name}\` must be a number of seconds; ${REMEDY}`);
    else if (isTaken(to, field, value, name, report)) {
      done.push(name);
      fields.set(field, value);
    }
  }
  for (const name of [extras[to].annotation, restAnnotation[to]]) {
    if (!Object.hasOwn(annotations, name)) continue;
    const kept = parse(annotations[name] ?? null);
    if (!isMapping(kept)) {
      report.error(annotationAt(name), `The annotation \`${name}\` must be a JSON object; ${REMEDY}`);
      continue;
    }
    done.push(name);
    for (const [field, value] of keptFields(kept, name, to, report)) {
      if (isTaken(to, field, value, name, report)) fields.set(field, value);
    }
  }
  return { fields, annotations: done };
}

const REMEDY = 'mend it, or remove it and lose what it keeps';

const annotationAt = (name: string): Path => Path.root.field('metadata').field('annotations').field(name);

/** The entries of an annotation by the fields that they are of; keys that no conversion writes are reported. */
function keptFields(kept: JsonObject, name: string, to: Version, report: Report): [field: string, value: Json][] {
  const keys = keysOf(name, to);
  return Object.entries(kept).flatMap(([key, value]): [string, Json][] => {
    const field = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (field !== undefined) return [[field, key === 'exposeHostname' ? { hostname: value } : value]];
    report.error(
      annotationAt(name),
      `The annotation \`${name}\` holds the unknown key "${key}"; its keys are ${Object.keys(keys).join(', ')}`,
      { currentValue: key },
    );
    return [];
  });
}

/** The keys that a conversion writes into an annotation, each with its field. */
function keysOf(name: string, to: Version): Readonly<Record<string, string>> {
  const { annotation, fields } = extras[to];
  const expose = to === 'v1alpha2' ? [EXPOSE] : [];
  if (name === annotation) return { ...fields, ...(to === 'v1alpha2' && { exposeHostname: EXPOSE }) };
  return Object.fromEntries([...sections[to], ...ownFields[to], ...expose, ANNOTATIONS].map((field) => [field, field]));
}

/** Whether the reader of `to` takes a kept value; what it says is reported at the annotation, where it is to be mended. */
function isTaken(to: Version, field: string, value: Json, name: string, report: Report): boolean {
  const found = new Report();
  if (field === ANNOTATIONS || sections[to].includes(field)) {
    if (!isMapping(value) || Object.keys(value).length > 0)
      found.error(undefined, `\`${field}\` must be \`{}\`, since its fields are kept each for itself`);
  } else readField(to, field, value, found);
  for (const { message, field: place } of found.results) {
    report.error(
      annotationAt(name),
      `The annotation \`${name}\` keeps for \`${place?.path ?? field}\` what that cannot be: ${message.replace(/[^.?]$/, '$&.')} ${sentence(REMEDY)}`,
      { currentValue: place?.currentValue },
    );
  }
  return !found.failed;
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Reports annotations that keep fields of the very version that the CR has: they say the same things twice. */
export function checkStray(annotations: JsonObject, version: Version, report: Report): void {
  for (const name of keptAnnotations[version].filter((one) => Object.hasOwn(annotations, one)))
    report.error(annotationAt(name), strayMessage(name, version));
}

/** The value of an annotation of the first conversion; undefined where it is not one of that field. */
function legacyValue(name: string, value: Json): Json | undefined {
  if (typeof value !== 'string') return value;
  if (name === 'terminationGracePeriod') return /^[0-9]+$/.test(value) ? Number(value) : undefined;
  return name === 'caBundleKeys' ? (parse(value) ?? value.split(',')) : value;
}

function parse(text: Json): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
