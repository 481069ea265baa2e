import { isMap } from 'yaml';
import { isMapping, Path, type Json, type JsonObject, type Report } from '../krm/result.ts';
import { movedFields } from '../spec/v1alpha1-fields.ts';
import { fieldsOfVersion, type Version } from '../spec/version.ts';
import { extras } from './annotations.ts';
import {
  mappingAt,
  pairOf,
  put,
  putValue,
  removeEmpty,
  take,
  type Mapping,
  addComments,
  commentsOf,
} from './fields.ts';

/** A field that moved, and where to. */
export type Move = readonly [from: string, to: string];

/** The mappings of a version whose fields the other has elsewhere, the innermost first. */
const sections: Readonly<Record<Version, readonly string[]>> = {
  v1alpha1: [
    'spec.server.containerSpec',
    'spec.server.podOverrides',
    'spec.server.userConfig',
    'spec.server.tlsConfig',
    'spec.server',
    'spec.network',
  ],
  v1alpha2: [
    'spec.networking.tls',
    'spec.networking',
    'spec.workload.overrides',
    'spec.workload',
    'spec.overrideConfig',
  ],
};

/** The fields that the other version lacks, in words of our own annotation; those of the operator's are in `extras`. */
const ownFields: Readonly<Record<Version, readonly string[]>> = {
  v1alpha1: [],
  v1alpha2: ['spec.networking.tls.enabled', 'spec.networking.tls.secretName'],
};

const EXPOSE = 'spec.networking.expose';

/** What the other version cannot hold: by the keys of the operator's annotation, and by field for our own. */
export interface Left {
  readonly extras: Record<string, Json>;
  readonly fields: Record<string, Json>;
}

/** Moves every field of a CR from one version to the other; `value` is what the CR means. */
export function moveFields(
  root: Mapping,
  value: JsonObject,
  from: Version,
  report: Report,
): { readonly moves: readonly Move[]; readonly left: Left } {
  const left: Left = { extras: {}, fields: {} };
  const expose = from === 'v1alpha2' ? valueAt(value, EXPOSE) : undefined;
  for (const section of sections[from]) {
    if (mappingAt(root, section)?.items.length === 0) left.fields[section] = {};
  }
  if (expose !== undefined) keepExpose(expose, left);
  for (const [key, field] of Object.entries(extras[from].fields)) keep(field, left.extras, key);
  for (const field of ownFields[from]) keep(field, left.fields, field);
  const moves = movedFields.flatMap(([old, now]): Move[] => {
    const [here, there] = from === 'v1alpha1' ? [old, now] : [now, old];
    const pair = take(root, here);
    if (pair === undefined) return [];
    put(root, there, pair);
    return [[here, there]];
  });
  if (typeof expose === 'object') {
    take(root, 'spec.network.exposeRoute');
    putValue(root, 'spec.network.exposeRoute', isExposed(expose));
  }
  for (const section of sections[from]) removeEmpty(root, section);
  reportLeftovers(root, from, report);
  return { moves, left };

  function keep(field: string, into: Record<string, Json>, key: string): void {
    const kept = valueAt(value, field);
    // What the other version has a field for moves there.
    if (kept === undefined || movesAlong(field)) return;
    const pair = take(root, field);
    const spec = mappingAt(root, 'spec');
    // A comment has no place in an annotation, and stays with the others at the end.
    if (pair && spec) addComments(spec, commentsOf(pair));
    into[key] = kept;
  }
}

/** Whether a field is, or stands in, one that both versions have. */
function movesAlong(field: string): boolean {
  return movedFields.some((pair) => pair.some((moved) => field === moved || field.startsWith(`${moved}.`)));
}

/** `{hostname}` as the operator keeps it; other spellings than true and false by our own annotation. */
function keepExpose(expose: Json, left: Left): void {
  if (!isMapping(expose)) return;
  const { hostname } = expose;
  if (Object.keys(expose).length === 1 && hostname !== undefined) left.extras.exposeHostname = hostname;
  else left.fields[EXPOSE] = expose;
}

/** Whether `networking.expose` asks for a way in, in any of its spellings. */
export function isExposed(expose: Json): boolean {
  return isMapping(expose) ? expose.enabled !== false : expose === true;
}

/** Gives fields that an earlier conversion kept back to the version that has them. */
export function restoreFields(root: Mapping, value: JsonObject, fields: ReadonlyMap<string, Json>): readonly string[] {
  const restored: string[] = [];
  for (const [field, kept] of fields) {
    if (field === EXPOSE) {
      // What was switched since then stays so.
      if (isExposed(kept) !== (valueAt(value, 'spec.network.exposeRoute') === true)) continue;
      take(root, field);
    } else if (isPresent(root, field) || !field.startsWith('spec.')) continue;
    putValue(root, field, kept);
    restored.push(field);
  }
  return restored;
}

function isPresent(root: Mapping, field: string): boolean {
  const end = field.lastIndexOf('.');
  const holder = mappingAt(root, field.slice(0, end));
  return holder !== undefined && pairOf(holder, field.slice(end + 1)) !== undefined;
}

/** Reports what stands where the other version has nothing: it is a mistake, or a field that is not known. */
function reportLeftovers(root: Mapping, from: Version, report: Report): void {
  const spec = mappingAt(root, 'spec');
  for (const field of fieldsOfVersion(from)) {
    const at = Path.root.field('spec').field(field);
    const value = spec && pairOf(spec, field)?.value;
    if (isMap(value)) {
      for (const path of leaves(value as Mapping, at))
        report.error(path, `Unknown field of ${from}; remove it, or correct its name, before the CR is converted`);
    } else if (spec && pairOf(spec, field)) {
      report.error(at, `\`${field}\` must be an object, or left out`);
    }
  }
}

function leaves(mapping: Mapping, at: Path): Path[] {
  return mapping.items.flatMap(({ key, value }) =>
    isMap(value) && value.items.length > 0 ? leaves(value as Mapping, at.field(key.value)) : [at.field(key.value)],
  );
}

/** The value at a path of dots. */
export function valueAt(value: JsonObject, path: string): Json | undefined {
  return path
    .split('.')
    .reduce<Json | undefined>(
      (found, key) => (isMapping(found) && Object.hasOwn(found, key) ? found[key] : undefined),
      value,
    );
}
