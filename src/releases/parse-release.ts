import type { Release, Schema } from './release.ts';

interface Reference {
  readonly $ref: string;
}

type Referring = Schema | Reference;

/**
 * Parses the data of a release and replaces every `{"$ref": "NetworkConfig"}` by the named schema itself, which the
 * about twenty-five fields that refer to it then share.
 */
export function parseRelease(text: string): Release {
  const { schemas, ...release } = JSON.parse(text) as Release & { schemas: Record<string, Referring> };
  const resolved: Record<string, Schema> = {};

  function named(name: string): Schema {
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`the release data has no schema "${name}"`);
    return (resolved[name] ??= resolve(schema));
  }

  function resolve(schema: Referring): Schema {
    if ('$ref' in schema) return named(schema.$ref);
    const { anyOf, items, properties, additionalProperties } = schema;
    return {
      ...schema,
      ...(anyOf && { anyOf: anyOf.map(resolve) }),
      ...(items && { items: resolve(items) }),
      ...(properties && { properties: mapValues(properties, resolve) }),
      ...(typeof additionalProperties === 'object' && { additionalProperties: resolve(additionalProperties) }),
    };
  }

  const providers = mapValues(release.providers, (types) =>
    mapValues(types, (type) => ({
      ...type,
      fields: mapValues(type.fields, (field) => ({ ...field, schema: resolve(field.schema) })),
    })),
  );
  return { ...release, providers, config: resolve(release.config) };
}

function mapValues<In, Out>(of: Readonly<Record<string, In>>, to: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, to(value)]));
}
