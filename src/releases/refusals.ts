import { isMapping, Path, type Json, type JsonObject } from '../krm/result.ts';
import type { Release } from './release.ts';
import { validate, type Problem } from './validate-against.ts';

/**
 * What the server of this release would refuse in a config.yaml: its own model of the whole, each provider's type and
 * fields, and the fields that a provider needs. In what was generated it is our own fault: nothing may be written then.
 */
export function refusals(config: JsonObject, release: Release): readonly string[] {
  const found: Problem[] = [];
  validate(release.config, config, Path.root, found);
  for (const [api, entries] of Object.entries(asMapping(config.providers))) {
    const within = Path.root.field('providers').field(api);
    if (!Array.isArray(entries)) continue; // Told by the model of the whole, like the entries that are no mapping.
    for (const [index, entry] of (entries as readonly Json[]).entries())
      if (isMapping(entry)) validateProvider(api, entry, within.item(index), release, found);
  }
  const refused = found.filter(({ kind }) => kind === 'refused');
  return refused.map(({ at, message }) => `${at.toString() || 'it'} ${message}`);
}

function validateProvider(api: string, entry: JsonObject, at: Path, release: Release, found: Problem[]): void {
  const type = release.providers[api]?.[entry.provider_type as string];
  const refuse = (place: Path, message: string) => found.push({ at: place, message, value: entry, kind: 'refused' });
  if (type === undefined && entry.module === undefined)
    refuse(at, `has a type that release ${release.version} does not know`);
  // What a module brings, in place of a type of the server too, has fields that only its own code knows.
  if (type === undefined || (entry.module !== undefined && entry.module !== null)) return;
  const given = asMapping(entry.config);
  const place = at.field('config');
  for (const name of Object.keys(given)) {
    const field = type.fields[name];
    if (field) validate(field.schema, given[name] ?? null, place.field(name), found);
  }
  // Where a variable turns a provider on, the server reads its config only then.
  if (typeof entry.provider_id === 'string' && entry.provider_id.includes(':+')) return;
  for (const name of type.required) if (!Object.hasOwn(given, name)) refuse(place, `lacks "${name}"`);
}

function asMapping(value: Json | undefined): JsonObject {
  return isMapping(value) ? value : {};
}
