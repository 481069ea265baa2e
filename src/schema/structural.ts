import type { JsonObject } from '../krm/result.ts';
import type { Rule } from '../spec/shape.ts';
import type { JsonSchema } from './json-schema.ts';
import { narrow, refusalOf, unless, type Kind } from './kinds.ts';

/**
 * The schema as a structural one of the Kubernetes API. A field of several kinds, for which that knows no `type` but integer
 * or string, takes any kind there and is narrowed by what each kind must be: a check such as `pattern` or `items` concerns
 * the values of its own kind alone. What CEL sees ends there, so that rules below are told as schemas (`celSees: false`).
 */
export function toStructural(schema: JsonSchema, celSees = true): JsonObject {
  const branches = branchesOf(schema);
  const kinds = [...new Set(branches.map(kindOf))];
  const { description, default: fallback } = schema;
  const common = {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
  };
  if (kinds.includes(undefined)) return { ...common, 'x-kubernetes-preserve-unknown-fields': true };
  const objects = branches.filter((branch) => kindOf(branch) === 'object');
  const others = branches.filter((branch) => kindOf(branch) !== 'object');
  if (kinds.length === 1) {
    const [only] = others;
    const typed = only ? ofScalarOrList(only, celSees) : ofObjects(objects, celSees);
    return { ...common, type: only?.type ?? 'object', ...joined(typed) };
  }
  const isIntOrString = kinds.every((kind) => kind === 'string' || kind === 'number');
  const parts = [
    ...others.map((branch) => ofScalarOrList(branch, false)),
    ...(objects.length > 0 ? [ofObjects(objects, false)] : []),
  ];
  const own = parts.map(({ keywords }) => keywords);
  const guarded = parts.flatMap(({ constraints, kind }) => constraints.map((constraint) => unless(kind, constraint)));
  const refused = isIntOrString ? [] : refusalOf(kinds.filter((kind) => kind !== undefined));
  return {
    ...common,
    ...joined({ keywords: Object.assign({}, ...own) as JsonObject, constraints: [...guarded, ...refused] }),
    ...(isIntOrString ? { 'x-kubernetes-int-or-string': true } : { 'x-kubernetes-preserve-unknown-fields': true }),
  };
}

/** What of a schema stands beside its `type`, and what must be joined to that, since a keyword stands there once. */
interface Part {
  readonly kind: Kind;
  readonly keywords: JsonObject;
  readonly constraints: readonly JsonObject[];
}

function joined({ keywords, constraints }: Pick<Part, 'keywords' | 'constraints'>): JsonObject {
  return { ...keywords, ...(constraints.length > 0 && { allOf: constraints }) };
}

/** A union's schemas, those of a union in it included; else the schema itself. */
function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf?.flatMap(branchesOf) ?? [schema];
}

function kindOf({ type }: JsonSchema): Kind | undefined {
  if (type === 'null') throw new Error('No field may be null');
  return type === 'integer' ? 'number' : type;
}

/** Keywords that both kinds of schema have with one meaning. */
const CHECKS = ['enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems'] as const;

function ofScalarOrList(schema: JsonSchema, celSees: boolean): Part {
  const { type, items, not, exclusiveMinimum, llsd = {} } = schema;
  const { rules = [], uniqueBy } = llsd;
  const told = toldRules(rules, celSees);
  return {
    kind: kindOf(schema) ?? 'object',
    keywords: {
      ...Object.fromEntries(CHECKS.flatMap((check) => (schema[check] === undefined ? [] : [[check, schema[check]]]))),
      ...(type === 'integer' && !celSees && { multipleOf: 1 }),
      ...(exclusiveMinimum !== undefined && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
      ...(items && { items: toStructural(items, celSees) }),
      ...(uniqueBy === '' && { 'x-kubernetes-list-type': 'set' }),
      ...(uniqueBy && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [uniqueBy] }),
      ...told.keywords,
    },
    constraints: [...(not ? [{ not: narrow(not) }] : []), ...told.constraints],
  };
}

/** Objects of one shape or several: all fields of all, and then either those of one shape or those of another. */
function ofObjects(shapes: readonly JsonSchema[], celSees: boolean): Part {
  const [only] = shapes;
  const properties = Object.assign({}, ...shapes.map((shape) => shape.properties ?? {})) as Record<string, JsonSchema>;
  const { additionalProperties: further } = only ?? {};
  const hasFields = Object.keys(properties).length > 0;
  const values = typeof further === 'object' && !hasFields && hasKinds(further) ? further : undefined;
  const told = toldRules(
    shapes.flatMap(({ llsd }) => llsd?.rules ?? []),
    celSees,
  );
  return {
    kind: 'object',
    keywords: {
      ...(hasFields && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, field]) => [name, toStructural(field, celSees)]),
        ),
      }),
      ...(shapes.length === 1 && only?.required && { required: only.required }),
      ...(values && { additionalProperties: toStructural(values, celSees) }),
      ...(further !== false && further !== undefined && !values && { 'x-kubernetes-preserve-unknown-fields': true }),
      ...told.keywords,
    },
    constraints: [
      ...(shapes.length > 1 ? [{ anyOf: shapes.map((shape) => ofThisShape(shape, properties)) }] : []),
      ...told.constraints,
    ],
  };
}

/** Whether anything is known of a value. */
const hasKinds = (value: JsonSchema): boolean => branchesOf(value).every((branch) => kindOf(branch) !== undefined);

/** `{name, key}`: those fields, and none of the other shapes' fields. */
function ofThisShape({ required = [], properties: own = {} }: JsonSchema, all: object): JsonObject {
  const foreign = Object.keys(all).filter((name) => !Object.hasOwn(own, name));
  return { required, not: { anyOf: foreign.map((name) => ({ required: [name] })) } };
}

/** Rules as CEL, whose messages are whole sentences, where CEL sees the fields; else as schemas. */
function toldRules(rules: readonly Rule[], celSees: boolean): Pick<Part, 'keywords' | 'constraints'> {
  const inCel = celSees ? rules.filter(({ cel }) => cel !== undefined) : [];
  const rest = rules.filter((rule) => !inCel.includes(rule));
  return {
    keywords:
      inCel.length === 0
        ? {}
        : {
            'x-kubernetes-validations': inCel.map(({ cel = '', message }) => ({ rule: cel, message })),
          },
    constraints: rest.flatMap(({ schema, editorsOnly }) =>
      schema === undefined || editorsOnly ? [] : [narrow(schema as JsonSchema)],
    ),
  };
}
