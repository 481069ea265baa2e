import { isMap, visit, type Document } from 'yaml';
import { locatedSentence, type Item } from '../krm/item.ts';
import { isMapping, Path, type JsonObject, type Report } from '../krm/result.ts';
import { readDocument } from '../krm/yaml-value.ts';
import { parseYaml } from '../krm/yaml.ts';
import { fieldsOfVersion, readVersion, type Version } from '../spec/version.ts';
import type { Mapping } from './fields.ts';

/** A CR as a value, and as the library holds it for changes, from one reading of its text. */
export interface Cr {
  readonly value: JsonObject;
  readonly document: Document;
  readonly root: Mapping;
  readonly version: Version;
  readonly annotations: JsonObject;
}

/** Reads a CR that is to be converted; undefined where it cannot be read or has no version of ours, which is reported. */
export function readCr(item: Item, report: Report): Cr | undefined {
  const [syntax] = parseYaml(item.text);
  const root = syntax?.nodes?.contents;
  if (syntax?.nodes === undefined || !isMap(root)) return undefined;
  const { value, problems } = readDocument(syntax);
  for (const { message, at } of problems)
    report.error(undefined, locatedSentence(item.source, { message, at: item.range.start + at }));
  if (!isMapping(value) || problems.length > 0) return undefined;
  const version = readVersion(value.apiVersion, value.spec, report);
  if (version === undefined) return undefined;
  const { metadata, spec } = value;
  const annotations = isMapping(metadata) ? (metadata.annotations ?? {}) : {};
  const holders = { metadata, 'metadata.annotations': isMapping(metadata) ? metadata.annotations : undefined, spec };
  for (const [field, holder] of Object.entries(holders)) {
    if (holder === undefined || isMapping(holder)) continue;
    const at = field.split('.').reduce((path, key) => path.field(key), Path.root);
    report.error(at, `\`${field}\` must be an object, or left out, before the CR is converted`);
  }
  if (report.failed || !isMapping(annotations)) return undefined;
  return { value, document: syntax.nodes, root: root as unknown as Mapping, version, annotations };
}

/** An alias whose anchor moves behind it would no longer be read. */
export function hasAliases(document: Document, report: Report): boolean {
  const aliases: string[] = [];
  visit(document, { Alias: (_, { source }) => void aliases.push(source) });
  const found = aliases.length > 0;
  if (found)
    report.error(undefined, 'This CR has YAML aliases (`*name`), which cannot be moved; write out what they stand for');
  return found;
}

/** Fields of the version that the CR is to become would be overwritten. */
export function hasForeignFields({ spec }: JsonObject, version: Version, report: Report): boolean {
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
export const EXCLUDED = ['providers', 'resources', 'storage', 'disabled'];

/** What an annotation would keep beside an `overrideConfig` could not come back. */
export function checkBesideOverrideConfig({ spec }: JsonObject, report: Report): void {
  if (!isMapping(spec) || !Object.hasOwn(spec, 'overrideConfig')) return;
  for (const section of EXCLUDED.filter((field) => Object.hasOwn(spec, field))) {
    report.error(
      Path.root.field('spec').field(section),
      `\`spec.${section}\` cannot stand beside \`spec.overrideConfig\`: remove one of them before the CR is converted`,
    );
  }
}
