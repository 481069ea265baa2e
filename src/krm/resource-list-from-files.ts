import { BlockScanner } from './block-scan.ts';
import type { Placed } from './edits.ts';
import { emitYaml } from './emitter.ts';
import { Item, locatedSentence, type Source } from './item.ts';
import { ResourceList } from './item-list.ts';
import { isKustomization } from './kustomization-file.ts';
import { isLocal } from './local-config.ts';
import type { Result } from './result.ts';
import type { Range } from './syntax.ts';
import { unprintableIn } from './yaml.ts';

/** A file of a package as the host read it. */
export interface PackageFile {
  /** Relative to the package, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** The objects of a package, and what could not be read as one. */
export interface FilesList {
  readonly list: ResourceList;
  readonly results: readonly Result[];
}

/** Reads the objects of files into one list, in the order of the files and of the documents in each. */
export function resourceListFromFiles(files: readonly PackageFile[]): FilesList {
  const items: Item[] = [];
  const results: Result[] = [];
  for (const { path, text } of files) {
    const source: Source = { text: text.startsWith('\ufeff') ? text.slice(1) : text, path };
    const unprintable = unprintableIn(source.text);
    if (unprintable) results.push({ message: locatedSentence(source, unprintable), severity: 'error', file: { path } });
    else readFile(source, path, items, results);
  }
  return { list: new ResourceList({ text: '' }, items, undefined, undefined), results };
}

function readFile(source: Source, path: string, items: Item[], results: Result[]): void {
  const scanner = new BlockScanner(source.text);
  let index = 0;
  for (const { start, end } of documents(source.text)) {
    const file = { path, index };
    const scanned = scanner.scan(start, end, { kind: 'mapping', column: -1 });
    if (scanned?.isEmpty === true) continue;
    const item = scanned
      ? new Item(source, { start, end: scanned.end }, 'document', scanned.header, file)
      : Item.parsed(source, { start, end }, 'document', file);
    const problem = item.syntaxProblem();
    if (problem) results.push({ message: locatedSentence(source, problem), severity: 'error', file });
    else if (item.kind !== '') items.push(item);
    else if (item.value() !== null && !isKustomization(path)) {
      results.push({
        message: 'This document is no Kubernetes object (it has no `kind`); it is left out',
        severity: 'warning',
        file,
      });
    } else continue;
    index++;
  }
}

/** The documents of a YAML text: no line inside a document can start with `---` or `...`. */
export function documents(text: string): readonly Range[] {
  const found: Range[] = [];
  let start = 0;
  for (const marker of text.matchAll(/^(?:---(?=\s|$)|\.\.\.(?=\s|$))[ ]*(?:#.*)?(?:\r?\n)?/gm)) {
    found.push({ start, end: marker.index });
    start = marker.index + marker[0].length;
  }
  found.push({ start, end: text.length });
  return found.filter((document) => document.end > document.start);
}

/** Writes items as one YAML text of several documents, those left out that are local to the package. */
export function toManifests(items: readonly Placed[]): string {
  return items
    .filter((placed) => !('item' in placed && isLocal(placed.annotations)))
    .map(documentText)
    .join('---\n');
}

function documentText(placed: Placed): string {
  if (!('item' in placed)) return emitYaml(placed.value);
  if (placed.item.place !== 'document') return emitYaml(placed.item.value());
  return placed.text.endsWith('\n') ? placed.text : `${placed.text}\n`;
}
