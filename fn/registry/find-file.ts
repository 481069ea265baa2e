import type { LayerEntry, Wanted } from './layer.ts';
import type { Descriptor } from './manifest.ts';
import { normalPath } from './path-in-image.ts';

/** Reads the entries of one layer that say something of a path. */
export type ReadLayer = (layer: Descriptor, path: string, wanted: Wanted) => Promise<readonly LayerEntry[]>;

/** A file of an image, or why there is none. */
export type Found = { readonly content: Buffer } | { readonly missing: string };

/** What one layer says of a path: nothing, so that the one below decides; that it is gone; or what it leads to. */
type Said =
  'nothing' | 'gone' | { readonly content: Buffer } | { readonly link: string; readonly kind: 'symlink' | 'hardlink' };

/**
 * The file at a path of an image, as a container would see it: the highest layer that has it decides, whiteouts
 * (`.wh.<name>`, `.wh..wh..opq`) hide what lies below, links are followed within the image.
 */
export async function findFile(
  layers: readonly Descriptor[],
  path: string,
  maxLinks: number,
  readLayer: ReadLayer,
): Promise<Found> {
  let wanted = normalPath(path);
  let top = layers.length - 1;
  const missing: Found = { missing: `has no file "${path}"` };
  for (let links = 0; wanted !== undefined && wanted !== ''; links++) {
    if (links > maxLinks) return { missing: `leads over more than ${maxLinks} links to "${path}"` };
    const { said, layer } = await lookUp(layers, top, wanted, readLayer);
    if (said === 'nothing' || said === 'gone') return missing;
    if ('content' in said) return said;
    // A symlink leads wherever the whole image has it; a hard link to a file as it was in that layer.
    top = said.kind === 'symlink' ? layers.length - 1 : layer;
    wanted = said.link;
  }
  return missing;
}

async function lookUp(
  layers: readonly Descriptor[],
  top: number,
  wanted: string,
  readLayer: ReadLayer,
): Promise<{ said: Said; layer: number }> {
  const places = new Set(ancestors(wanted));
  const hiding = new Set([...places].flatMap((place) => [whiteoutOf(place), `${parentOf(place)}.wh..wh..opq`]));
  for (let layer = top; layer >= 0; layer--) {
    const descriptor = layers[layer];
    if (descriptor === undefined) break;
    const entries = await readLayer(descriptor, wanted, (path) =>
      path === wanted ? 'content' : places.has(path) || hiding.has(path) ? 'entry' : undefined,
    );
    const said = read(entries, wanted, hiding);
    if (said !== 'nothing') return { said, layer };
  }
  return { said: 'nothing', layer: -1 };
}

function read(entries: readonly LayerEntry[], wanted: string, hiding: ReadonlySet<string>): Said {
  // Of entries of one path the last counts.
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const place of ancestors(wanted)) {
    const entry = byPath.get(place);
    if (entry === undefined || (entry.type === 'folder' && place !== wanted)) continue;
    if (place === wanted && entry.content !== undefined) return { content: entry.content };
    if (entry.type !== 'symlink' && (entry.type !== 'hardlink' || place !== wanted)) return 'gone';
    const target = followed(entry);
    return { link: `${target}${wanted.slice(place.length)}`, kind: entry.type };
  }
  return entries.some(({ path }) => hiding.has(path)) ? 'gone' : 'nothing';
}

/** Where a link leads to from the root of the image; `..` at the root stays there, as in a container. */
function followed({ path, type, target }: LayerEntry): string {
  const from = type === 'hardlink' || target.startsWith('/') ? [] : path.split('/').slice(0, -1);
  const parts: string[] = [];
  for (const part of [...from, ...target.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** `a/b/c` → `a`, `a/b`, `a/b/c` */
function ancestors(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** `a/b/c` → `a/b/`, `a` → `` */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function whiteoutOf(path: string): string {
  return `${parentOf(path)}.wh.${path.slice(parentOf(path).length)}`;
}
