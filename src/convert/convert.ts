import { isMap, isScalar, visit, type Document } from 'yaml';
import { locatedSentence, type Item } from '../krm/item.ts';
import { resourceListFromFiles, type PackageFile } from '../krm/resource-list-from-files.ts';
import { isMapping, Path, type JsonObject, type Report, type Result } from '../krm/result.ts';
import { readDocument } from '../krm/yaml-value.ts';
import { parseYaml } from '../krm/yaml.ts';
import { fieldsOfVersion, type Version } from '../spec/version.ts';
import { checkStray, readKept } from './annotations.ts';
import {
  addComments,
  commentsOf,
  mappingAt,
  pairOf,
  putText,
  putValue,
  take,
  takeKey,
  type Mapping,
} from './fields.ts';
import { commentsBehindKeys, loosen, tighten } from './layout.ts';
import { tellOfMeaning } from './meaning.ts';
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
  for (const item of [...list.items].reverse()) {
    if (item.kind !== 'LlamaStackDistribution' || !/^llamastack\.(io|ai)\//.test(item.apiVersion)) continue;
    const report = item.report();
    const start = item.range.start + bom;
    const end = item.range.end + bom;
    const converted = convertCr(item, options, report);
    results.unshift(...report.results);
    if (converted === undefined || report.failed) continue;
    conversions.unshift(converted.conversion);
    text = text.slice(0, start) + converted.text + text.slice(end);
  }
  return { text, conversions, results };
}

function convertCr(
  item: Item,
  { to, providersFromEnv }: ConvertOptions,
  report: Report,
): { readonly text: string; readonly conversion: Conversion } | undefined {
  const version = item.apiVersion.slice(item.apiVersion.indexOf('/') + 1);
  if (version !== 'v1alpha1' && version !== 'v1alpha2') {
    report.error(
      Path.root.field('apiVersion'),
      `\`apiVersion\` must have the version v1alpha1 or v1alpha2 to be converted, not "${version}"`,
      {
        currentValue: item.apiVersion,
      },
    );
    return undefined;
  }
  const read = readCr(item, report);
  if (read === undefined) return undefined;
  const { value, document } = read;
  const annotations = annotationsOf(value);
  checkStray(annotations, version, report);
  if (version === to) return undefined;
  const root = document.contents;
  if (!isMap(root) || hasAliases(document, report) || hasForeignFields(value, version, report)) return undefined;
  checkBesideOverrideConfig(value, report);
  const cr = root as unknown as Mapping;
  const kept = readKept(annotations, to, report);
  if (report.failed) return undefined;
  loosen(document);
  const { moves, left } = moveFields(cr, value, version, report);
  const restored = restoreFields(cr, value, kept.fields, report);
  checkRestored(cr, restored, report);
  for (const name of kept.annotations) removeAnnotation(cr, name, kept.fields.has(ANNOTATIONS));
  const keptFields = writeLeft(cr, version, left);
  const fromEnv = providersFromEnv && to === 'v1alpha2' ? providersFromEnvironment(cr, value, report) : [];
  setVersion(cr, `${item.apiVersion.slice(0, item.apiVersion.indexOf('/'))}/${to}`);
  tellOfMeaning(value, version, keptFields, report);
  return {
    text: write(document, item.text),
    conversion: { item, moves: [...moves, ...fromEnv], kept: keptFields, restored },
  };
}

/** A CR as a value and as the library holds it, from one reading of its text; undefined where that has a fault, which is reported. */
function readCr(item: Item, report: Report): { readonly value: JsonObject; readonly document: Document } | undefined {
  const [syntax] = parseYaml(item.text);
  if (syntax?.nodes === undefined) return undefined;
  const { value, problems } = readDocument(syntax);
  for (const { message, at } of problems)
    report.error(undefined, locatedSentence(item.source, { message, at: item.range.start + at }));
  return isMapping(value) && problems.length === 0 ? { value, document: syntax.nodes } : undefined;
}

function annotationsOf({ metadata }: JsonObject): JsonObject {
  return isMapping(metadata) && isMapping(metadata.annotations) ? metadata.annotations : {};
}

/** An alias whose anchor moves behind it would no longer be read. */
function hasAliases(document: Document, report: Report): boolean {
  const aliases: string[] = [];
  visit(document, { Alias: (_, { source }) => void aliases.push(source) });
  const found = aliases.length > 0;
  if (found)
    report.error(undefined, 'This CR has YAML aliases (`*name`), which cannot be moved; write out what they stand for');
  return found;
}

/** Fields of the version that the CR is to become would be overwritten. */
function hasForeignFields({ spec }: JsonObject, version: Version, report: Report): boolean {
  const other = version === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1';
  const foreign = fieldsOfVersion(other).filter((field) => isMapping(spec) && Object.hasOwn(spec, field));
  for (const field of foreign) {
    report.error(
      Path.root.field('spec').field(field),
      `\`spec.${field}\` is a field of ${other}, and this CR is ${version}: remove it, or correct \`apiVersion\`, before the CR is converted`,
      { currentValue: field },
    );
  }
  return foreign.length > 0;
}

/** The sections of v1alpha2 that its `overrideConfig` excludes. */
const EXCLUDED = ['providers', 'resources', 'storage', 'disabled'];

/** What an annotation would keep beside an `overrideConfig` could not come back. */
function checkBesideOverrideConfig({ spec }: JsonObject, report: Report): void {
  if (!isMapping(spec) || !Object.hasOwn(spec, 'overrideConfig')) return;
  for (const section of EXCLUDED.filter((field) => Object.hasOwn(spec, field))) {
    report.error(
      Path.root.field('spec').field(section),
      `\`spec.${section}\` cannot stand beside \`spec.overrideConfig\`: remove one of them before the CR is converted`,
    );
  }
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

/** An empty mapping of annotations stays where it stood before the conversion that added to it. */
function removeAnnotation(cr: Mapping, name: string, staysEmpty: boolean): void {
  const annotations = mappingAt(cr, ANNOTATIONS);
  const pair = annotations && takeKey(annotations, name);
  const metadata = mappingAt(cr, 'metadata');
  if (!annotations || !pair || !metadata) return;
  addComments(metadata, commentsOf(pair));
  annotations.flow = annotations.items.length === 0;
  if (!annotations.flow || staysEmpty) return;
  const whole = take(cr, ANNOTATIONS);
  if (whole) addComments(metadata, commentsOf(whole));
}

/** Writes what the other version cannot hold into annotations; tells which fields. */
function writeLeft(cr: Mapping, from: Version, left: Left): string[] {
  const keeps = [left.extras, left.fields].some((kept) => Object.keys(kept).length > 0);
  if (keeps && mappingAt(cr, ANNOTATIONS)?.items.length === 0) left.fields[ANNOTATIONS] = {};
  const { annotation, fields } = extras[from];
  for (const [name, kept] of [
    [annotation, left.extras],
    [restAnnotation[from], left.fields],
  ] as const) {
    if (Object.keys(kept).length === 0) continue;
    if (mappingAt(cr, ANNOTATIONS) === undefined) putValue(cr, ANNOTATIONS, {});
    const annotations = mappingAt(cr, ANNOTATIONS);
    if (annotations) putText(annotations, name, JSON.stringify(kept));
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

/** The document as text, in the ways of the text that it comes from: how lists are indented, blanks in braces, line ends. */
function write(document: Document, source: string): string {
  const indent = /^( +)\S/m.exec(source)?.[1]?.length ?? 2;
  tighten(document);
  const text = commentsBehindKeys(
    document.toString({
      lineWidth: 0,
      indent: Math.max(indent, 1),
      indentSeq: !/^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\r?\n\1- /m.test(source),
      flowCollectionPadding: !/\{[^\s}]/.test(source),
    }),
  );
  return source.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;
}
