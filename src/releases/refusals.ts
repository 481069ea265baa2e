import { isMapping, Path, type Json, type JsonObject } from '../krm/result.ts';
import { validateAgainst } from './validate-against.ts';
import type { Release } from './release.ts';

/**
 * What the server of this release would refuse in a config.yaml: its own model of the whole, each provider's type and
 * fields, and the fields that a provider needs. In what was generated it is our own fault: nothing may be written then.
 */
export function refusals(config: JsonObject, release: Release): readonly string[] {
  const whole = validateAgainst(release.config, config, Path.root).filter((problem) => problem.kind === 'refused');
  return [
    ...whole.map(({ at, message }) => `${at.toString() || 'it'} ${message}`),
    ...providerRefusals(config, release),
  ];
}

function providerRefusals(config: JsonObject, release: Release): readonly string[] {
  const found: string[] = [];
  for (const [api, entries] of Object.entries(asMapping(config.providers))) {
    for (const [index, entry] of (Array.isArray(entries) ? (entries as readonly Json[]) : []).entries()) {
      if (!isMapping(entry)) continue; // Told by the model of the whole.
      const at = Path.root.field('providers').field(api).item(index);
      const type = release.providers[api]?.[entry.provider_type as string];
      if (type === undefined && entry.module === undefined)
        found.push(`${at.toString()} has a type that release ${release.version} does not know`);
      // What a module brings, in place of a type of the server too, has fields that only its own code knows.
      if (type === undefined || (entry.module !== undefined && entry.module !== null)) continue;
      const given = asMapping(entry.config);
      for (const [name, value] of Object.entries(given)) {
        const field = type.fields[name];
        const problems = field ? validateAgainst(field.schema, value, at.field('config').field(name)) : [];
        found.push(
          ...problems
            .filter((problem) => problem.kind === 'refused')
            .map((problem) => `${problem.at.toString()} ${problem.message}`),
        );
      }
      // Where a variable turns a provider on, the server reads its config only then.
      const required = typeof entry.provider_id === 'string' && entry.provider_id.includes(':+') ? [] : type.required;
      found.push(
        ...required
          .filter((name) => !Object.hasOwn(given, name))
          .map((name) => `${at.toString()}.config lacks "${name}"`),
      );
    }
  }
  return found;
}

function asMapping(value: Json | undefined): JsonObject {
  return isMapping(value) ? value : {};
}
