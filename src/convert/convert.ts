import { isScalar } from 'yaml';
import type { Item } from '../krm/item.ts';
import { resourceListFromFiles, type PackageFile } from '../krm/resource-list-from-files.ts';
import { Path, type Report, type Result } from '../krm/result.ts';
import type { Version } from '../spec/version.ts';
import { checkStray, readKept } from './annotations.ts';
import {
  addComments,
  commentsOf,
  mappingAt,
  pairAt,
  pairOf,
  putText,
  putValue,
  take,
  takeKey,
  type Mapping,
} from './fields.ts';
import { loosen } from './layout.ts';
import { tellOfMeaning } from './meaning.ts';
import { textOf } from './text-of.ts';
import { checkBesideOverrideConfig, EXCLUDED, hasAliases, hasForeignFields, readCr } from './read-cr.ts';
import { moveFields, restoreFields, type Left, type Move } from './moves.ts';
import { providersFromEnvironment } from './providers-from-environment.ts';
import { ANNOTATIONS, extras, restAnnotation } from './version-fields.ts';

/** What to convert to, and how. */
export interface ConvertOptions {
  readonly to: Version;
  /** Whether well-known variables of the starter become providers of v1alpha2. */
  readonly providersFromEnv: boolean;
}

/** What became of a CR: the fields that moved, those that an annotation keeps, those that were restored from one. */
export interface Conversion {
  readonly item: Item;
  readonly moves: readonly Move[];
  readonly kept: readonly string[];
  readonly restored: readonly string[];
}

/** A file after conversion; `text` is as it was where there was nothing to convert. */
export interface ConvertedFile {
  readonly text: string;
  /** The CRs of the file, converted or not. */
  readonly crs: readonly Item[];
  readonly conversions: readonly Conversion[];
  readonly results: readonly Result[];
}

/** Converts every LlamaStackDistribution of a YAML file where it stands; all else keeps its bytes. */
export function convertFile(file: PackageFile, options: ConvertOptions): ConvertedFile {
  const bom = file.text.startsWith('\ufeff') ? 1 : 0;
  const { list, results: unreadable } = resourceListFromFiles([file]);
  const results = unreadable.filter(({ severity }) => severity === 'error');
  const conversions: Conversion[] = [];
  let { text } = file;
  const crs = list.items.filter(
    ({ kind, apiVersion }) => kind === 'LlamaStackDistribution' && /^llamastack\.(io|ai)\//.test(apiVersion),
  );
  for (const item of [...crs].reverse()) {
    const report = item.report();
    checkOneVersion(item, crs, report);
    const start = item.range.start + bom;
    const end = item.range.end + bom;
    const converted = convertCr(item, options, report);
    results.unshift(...report.results);
    if (converted === undefined || report.failed) continue;
    conversions.unshift(converted.conversion);
    text = text.slice(0, start) + converted.text + text.slice(end);
  }
  return { text, crs, conversions, results };
}

/** A CR in both versions would be there twice in the same one. */
function checkOneVersion(item: Item, crs: readonly Item[], report: Report): void {
  const version = ({ apiVersion }: Item): string => apiVersion.replace(/^.*\//, '');
  const earlier = crs
    .slice(0, crs.indexOf(item))
    .find(({ name, namespace }) => name === item.name && namespace === item.namespace);
  if (earlier === undefined || version(earlier) === version(item)) return;
  report.error(
    undefined,
    `This CR is there as ${version(earlier)} too, and both would be one object: remove one, or rename it`,
  );
}

function convertCr(
  item: Item,
  { to, providersFromEnv }: ConvertOptions,
  report: Report,
): { readonly text: string; readonly conversion: Conversion } | undefined {
  const read = readCr(item, report);
  if (read === undefined) return undefined;
  const { value, document, root: cr, version, annotations } = read;
  checkStray(annotations, version, report);
  if (version === to || hasAliases(document, report) || hasForeignFields(value, version, report)) return undefined;
  checkBesideOverrideConfig(value, report);
  const kept = readKept(annotations, to, report);
  if (report.failed) return undefined;
  loosen(document);
  const { moves, left } = moveFields(cr, value, version, report);
  const restored = restoreFields(cr, value, kept.fields, report);
  checkRestored(cr, restored, report);
  const comments = kept.annotations.flatMap((name) => removeAnnotation(cr, name, kept.fields.has(ANNOTATIONS)));
  if (comments.length > 0) putComments(cr, comments, restored);
  const keptFields = writeLeft(cr, version, left);
  const fromEnv = providersFromEnv && to === 'v1alpha2' ? providersFromEnvironment(cr, value, report) : [];
  setVersion(cr, `${item.apiVersion.slice(0, item.apiVersion.indexOf('/'))}/${to}`);
  tellOfMeaning(value, version, keptFields, report);
  return {
    text: textOf(document, item.text),
    conversion: { item, moves: [...moves, ...fromEnv], kept: keptFields, restored },
  };
}

/** Sections that an earlier conversion kept cannot come back beside a config that was chosen since then. */
function checkRestored(cr: Mapping, restored: readonly string[], report: Report): void {
  if (mappingAt(cr, 'spec.overrideConfig') === undefined) return;
  for (const field of restored) {
    if (!EXCLUDED.includes(field.slice('spec.'.length))) continue;
    report.error(
      Path.root.field('metadata').field('annotations').field(extras.v1alpha2.annotation),
      `\`${field}\`, which the annotation keeps, cannot stand beside \`spec.server.userConfig\`: remove it from the annotation, or remove \`userConfig\``,
    );
  }
}

/**
 * Removes an annotation; returns the comments with it. An empty mapping of annotations stays where it stood before the
 * conversion that added to it.
 */
function removeAnnotation(cr: Mapping, name: string, staysEmpty: boolean): readonly string[] {
  const annotations = mappingAt(cr, ANNOTATIONS);
  const pair = annotations && takeKey(annotations, name);
  if (!annotations || !pair) return [];
  annotations.flow = annotations.items.length === 0;
  const whole = annotations.flow && !staysEmpty ? take(cr, ANNOTATIONS) : undefined;
  return [...(whole ? commentsOf(whole) : []), ...commentsOf(pair)];
}

/** Puts the comments that stood with annotations above the first field that was restored from them. */
function putComments(cr: Mapping, comments: readonly string[], restored: readonly string[]): void {
  const first = restored.map((field) => pairAt(cr, field)).find((pair) => pair !== undefined);
  const metadata = mappingAt(cr, 'metadata');
  if (first) first.key.commentBefore = [first.key.commentBefore, ...comments].filter((text) => text != null).join('\n');
  else if (metadata) addComments(metadata, comments);
}

/** Writes what the other version cannot hold into annotations; tells which fields. */
function writeLeft(cr: Mapping, from: Version, left: Left): string[] {
  const keeps = [left.extras, left.fields].some((kept) => Object.keys(kept).length > 0);
  if (keeps && mappingAt(cr, ANNOTATIONS)?.items.length === 0) left.fields[ANNOTATIONS] = {};
  const { annotation, fields } = extras[from];
  for (const [name, kept, comments] of [
    [annotation, left.extras, left.comments.extras],
    [restAnnotation[from], left.fields, left.comments.fields],
  ] as const) {
    if (Object.keys(kept).length === 0) continue;
    if (mappingAt(cr, ANNOTATIONS) === undefined) putValue(cr, ANNOTATIONS, {});
    const annotations = mappingAt(cr, ANNOTATIONS);
    if (annotations) putText(annotations, name, JSON.stringify(kept), comments);
  }
  return [
    ...Object.keys(left.extras).map((key) => fields[key] ?? 'spec.networking.expose'),
    ...Object.keys(left.fields),
  ];
}

function setVersion(cr: Mapping, apiVersion: string): void {
  const value = pairOf(cr, 'apiVersion')?.value;
  if (isScalar(value)) value.value = apiVersion;
}
