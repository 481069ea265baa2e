import type { ProviderType, Release, Schema } from './release.ts';

/** A schema as the data holds it: `{"$ref": "NetworkConfig"}` stands for the named one. */
type Referring = { -readonly [Key in keyof Schema]: Schema[Key] } & { readonly $ref?: string };

/**
 * Parses the data of a release and puts the named schemas in the places that refer to them: those of a provider type when
 * its fields are first asked for, since a config has few of all types. What is parsed here is nobody else's yet, so it is
 * changed in place: copying it would take longer than parsing.
 */
export function parseRelease(text: string): Release {
  const { schemas, ...release } = JSON.parse(text) as Release & { schemas: Record<string, Referring> };

  const resolved = new Set<Schema>();

  function resolve(schema: Referring): Schema {
    if (schema.$ref === undefined) return resolveParts(schema);
    const named = schemas[schema.$ref];
    if (named === undefined) throw new Error(`the release data has no schema "${schema.$ref}"`);
    if (resolved.has(named)) return named;
    resolved.add(named); // before its parts, which may refer to it
    return resolve(named);
  }

  function resolveParts(schema: Referring): Schema {
    if (schema.anyOf) schema.anyOf = schema.anyOf.map(resolve);
    if (schema.items) schema.items = resolve(schema.items);
    if (schema.properties) resolveEach(schema.properties);
    if (typeof schema.additionalProperties === 'object')
      schema.additionalProperties = resolve(schema.additionalProperties);
    return schema;
  }

  function resolveEach(properties: Record<string, Schema>): void {
    for (const name in properties) {
      const property = properties[name];
      if (property) properties[name] = resolve(property);
    }
  }

  function resolveWhenAsked(type: { fields: ProviderType['fields'] }): void {
    const { fields } = type;
    Object.defineProperty(type, 'fields', {
      get() {
        for (const field of Object.values(fields) as { schema: Schema }[]) field.schema = resolve(field.schema);
        Object.defineProperty(type, 'fields', { value: fields });
        return fields;
      },
      configurable: true,
      enumerable: true,
    });
  }

  for (const types of Object.values(release.providers)) Object.values(types).forEach(resolveWhenAsked);
  resolveParts(release.config);
  return release;
}
