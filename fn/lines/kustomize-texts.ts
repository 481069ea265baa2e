import { isMapping, type JsonObject } from '../../src/krm/result.ts';
import { entryOf, lineAt, type Syntax } from '../../src/krm/syntax.ts';
import { readDocument } from '../../src/krm/yaml-value.ts';
import { parseYaml } from '../../src/krm/yaml.ts';
import type { BoundedDisk } from './bounded-disk.ts';
import { joined, namedIn, patchFilesOf, reachOf, resourceFields } from './kustomizations.ts';

/** A text that objects stand in: a file, or a block of lines inside a kustomization. */
export interface Text {
  readonly path: string;
  readonly text: string;
  /** How many lines of the file stand before it. */
  readonly linesBefore: number;
}

/** The texts that make the objects of a kustomization: those that hold whole ones, and those that change them. */
export interface KustomizeTexts {
  readonly objects: readonly Text[];
  /** Empty where it is not certain which objects they change. */
  readonly patches: readonly Text[];
}

/** The fields that name what a plugin is configured by, which is an object among the others for a function. */
const pluginFields = ['generators', 'transformers', 'validators'] as const;
const fields = [...resourceFields, ...pluginFields];

interface Kustomization {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly root: Syntax;
  readonly value: JsonObject;
}

/** Finds the texts of the kustomization in a folder and of those that it names; nothing that is not on the disk. */
export function kustomizeTexts(folder: string, disk: BoundedDisk): KustomizeTexts {
  const read = new Map<string, Kustomization>();
  const places = reachOf(
    folder,
    (path) => {
      const kustomization = read.get(path) ?? readKustomization(path, disk);
      if (kustomization) read.set(path, kustomization);
      return kustomization?.value;
    },
    fields,
  );
  const all = [...read.values()];
  const file = (path: string): readonly Text[] => {
    const text = disk.read(path);
    return text === undefined ? [] : [{ path, text, linesBefore: 0 }];
  };
  // Where two overlays stand on one base, a patch of one says nothing of what the other makes of it.
  const named = all.flatMap(({ folder: from, value }) => namedIn(value, fields).map((entry) => joined(from, entry)));
  const isTree = new Set(named).size === named.length;
  return {
    objects: [...[...places].flatMap(file), ...all.flatMap((one) => blocksIn(one, pluginFields))],
    patches: isTree
      ? all.flatMap((one) => [...patchFilesOf(one.folder, one.value).flatMap(file), ...blocksIn(one, ['patches'])])
      : [],
  };
}

function readKustomization(path: string, disk: BoundedDisk): Kustomization | undefined {
  const folder = joined(path, '..');
  // Most of what is named is a file, in which there is nothing to look for.
  const text = disk.read(folder) === undefined ? disk.read(path) : undefined;
  const [document] = text === undefined ? [] : parseYaml(text);
  const value = document && readDocument(document).value;
  if (text === undefined || !document?.root || !isMapping(value)) return undefined;
  return { path, folder, text, root: document.root, value };
}

/** The literal blocks (`|`) among the entries of these fields, each line of which is a line of the file. */
function blocksIn({ path, text, root }: Kustomization, keys: readonly string[]): readonly Text[] {
  return keys.flatMap((key) => {
    const list = entryOf(root, key)?.value;
    const entries = list?.form === 'list' ? list.items : [];
    return entries.flatMap((entry) => {
      const block = entry.form === 'mapping' ? entryOf(entry, 'patch')?.value : entry;
      if (block?.form !== 'scalar' || text[block.start] !== '|') return [];
      return [{ path, text: block.text, linesBefore: lineAt(text, block.start) }];
    });
  });
}
