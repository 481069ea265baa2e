import { isMap } from 'yaml';
import { isMapping, Path, Report, type Json, type JsonObject } from '../krm/result.ts';
import { readField } from '../spec/read-field.ts';
import { movedFields } from '../spec/v1alpha1-fields.ts';
import { fieldsOfVersion, type Version } from '../spec/version.ts';
import {
  mappingAt,
  pairAt,
  put,
  putValue,
  removeEmpty,
  replaceValue,
  take,
  type Mapping,
  commentsOf,
} from './fields.ts';
import { EXPOSE, extras, ownFields, sections } from './version-fields.ts';

/** A field that moved, and where to. */
export type Move = readonly [from: string, to: string];

/** What the other version cannot hold: by the keys of the operator's annotation, and by field for our own. */
export interface Left {
  readonly extras: Record<string, Json>;
  readonly fields: Record<string, Json>;
  /** The comments in and above what is kept, which go to the annotation that keeps it. */
  readonly comments: Readonly<Record<'extras' | 'fields', string[]>>;
}

/** Moves every field of a CR from one version to the other; `value` is what the CR means. */
export function moveFields(
  root: Mapping,
  value: JsonObject,
  from: Version,
  report: Report,
): { readonly moves: readonly Move[]; readonly left: Left } {
  const left: Left = { extras: {}, fields: {}, comments: { extras: [], fields: [] } };
  const expose = from === 'v1alpha2' ? valueAt(value, EXPOSE) : undefined;
  for (const section of sections[from]) {
    if (mappingAt(root, section)?.items.length === 0) left.fields[section] = {};
  }
  if (expose !== undefined) keepExpose(expose, left);
  for (const [key, field] of Object.entries(extras[from].fields)) keep(field, 'extras', key);
  for (const field of ownFields[from]) keep(field, 'fields', field);
  const moves = inOrder(root, from).map(({ here, there, pair }): Move => {
    put(root, there, pair);
    return [here, there];
  });
  const route = pairAt(root, 'spec.network.exposeRoute');
  if (route && typeof expose === 'object') replaceValue(route, isExposed(expose));
  for (const section of sections[from]) removeEmpty(root, section);
  reportLeftovers(root, value, from, report);
  return { moves, left };

  function keep(field: string, into: 'extras' | 'fields', key: string): void {
    const kept = valueAt(value, field);
    // What the other version has a field for moves there.
    if (kept === undefined || movesAlong(field)) return;
    // What the reader does not take could not come back.
    const holder = field.slice(0, field.lastIndexOf('.'));
    if (ofConfigMap.includes(holder)) readField(from, holder, valueAt(value, holder) ?? null, report);
    else readField(from, field, kept, report);
    const pair = take(root, field);
    if (pair) left.comments[into].push(...commentsOf(pair));
    left[into][key] = kept;
  }
}

/** Takes out the fields that move, in the order in which they stand, but for what all begins with. */
function inOrder(root: Mapping, from: Version) {
  const taken = movedFields.flatMap(([old, now]) => {
    const [here, there] = from === 'v1alpha1' ? [old, now] : [now, old];
    const pair = take(root, here);
    return pair === undefined ? [] : [{ here, there, pair }];
  });
  const place = ({ here, pair }: (typeof taken)[number]): number =>
    here.endsWith('.distribution') ? -1 : (pair.key.range?.[0] ?? 0);
  return taken.sort((one, other) => place(one) - place(other));
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

/** Gives fields that an earlier conversion kept back to the version that has them; what was changed since then stays so. */
export function restoreFields(
  root: Mapping,
  value: JsonObject,
  fields: ReadonlyMap<string, Json>,
  report: Report,
): readonly string[] {
  const restored: string[] = [];
  for (const [field, kept] of fields) {
    if (!field.startsWith('spec.')) continue;
    const why = whyDropped(root, value, field, kept);
    if (why === undefined) {
      const present = pairAt(root, field);
      if (present) replaceValue(present, kept);
      else putValue(root, field, kept);
      restored.push(field);
    } else if (why !== '') {
      report.warning(undefined, `What an annotation kept for \`${field}\` is not restored, since ${why}`);
    }
  }
  return restored;
}

/** Why a kept field is not restored; empty where nothing is lost. */
function whyDropped(root: Mapping, value: JsonObject, field: string, kept: Json): string | undefined {
  if (field === EXPOSE) {
    const exposed = valueAt(value, 'spec.network.exposeRoute') === true;
    return isExposed(kept) === exposed
      ? undefined
      : `\`spec.network.exposeRoute\` says ${exposed ? 'true' : 'no more that it is exposed'}`;
  }
  const holder = field.slice(0, field.lastIndexOf('.'));
  if (pairAt(root, field)) return isMapping(kept) && Object.keys(kept).length === 0 ? '' : 'that is given in the CR';
  return ofConfigMap.includes(holder) && pairAt(root, `${holder}.configMapName`) === undefined
    ? 'there is no `configMapName` beside it any more'
    : undefined;
}

/** The mappings of v1alpha1 whose fields say nothing without a `configMapName`. */
const ofConfigMap = ['spec.server.userConfig', 'spec.server.tlsConfig.caBundle'];

/** Reports what stands where the other version has nothing, as the reader does: it is a mistake, or a field that is not known. */
function reportLeftovers(root: Mapping, value: JsonObject, from: Version, report: Report): void {
  const spec = mappingAt(root, 'spec');
  const to = from === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1';
  const at = Path.root.field('spec');
  const left = (spec?.items ?? []).filter(({ key }) => !fieldsOfVersion(to).includes(key.value));
  const paths = left.flatMap(({ key, value: node }) =>
    isMap(node) && fieldsOfVersion(from).includes(key.value)
      ? leaves(node as Mapping, at.field(key.value))
      : [at.field(key.value)],
  );
  if (paths.length === 0) return;
  const found = new Report();
  readField(from, 'spec', value.spec ?? null, found);
  for (const path of paths) {
    const fault = found.results.find(({ field }) => field?.path === path.toString());
    const message = fault?.message ?? `Unknown field of ${from}; remove it, or correct its name`;
    const detail = { currentValue: fault?.field?.currentValue, proposedValue: fault?.field?.proposedValue };
    report.error(path, `${message.replace(/[^.?]$/, '$&.')} The CR is not converted before that is mended`, detail);
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
