import { posix } from 'node:path';
import type { Json, JsonObject } from '../../src/krm/result.ts';

/** Whether a file is a kustomization. */
export function isKustomization(path: string): boolean {
  return /(^|\/)kustomization\.ya?ml$/.test(path);
}

/** The files that the kustomization at a path brings together, with those of the kustomizations that it names; `all` is by path. */
export function reachOf(
  path: string,
  all: ReadonlyMap<string, JsonObject>,
  seen = new Set<string>(),
): ReadonlySet<string> {
  const { resources, bases, components } = all.get(path) ?? {};
  for (const entry of [resources, bases, components].flatMap(namesIn)) {
    const place = posix.join(posix.dirname(path), entry).replace(/\/$/, '');
    if (seen.has(place)) continue;
    seen.add(place);
    for (const name of ['kustomization.yaml', 'kustomization.yml']) {
      const inside = posix.join(place, name);
      if (all.has(inside)) reachOf(inside, all, seen);
    }
  }
  return seen;
}

function namesIn(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}
