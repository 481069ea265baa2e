import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { readShape } from './read-shape.ts';
import { implies, valued } from './rules.ts';
import {
  type Holed,
  type Rule,
  anything,
  choice,
  either,
  integer,
  list,
  object,
  openObject,
  optional,
  required,
  text,
} from './shape.ts';
import type * as z from 'zod/v4/core';

/** A model of `spec.resources.models`: a name, or an object. */
export interface Model {
  readonly name: string;
  /** The id of the provider that serves it, when the CR names one. */
  readonly provider?: string;
  /** Tokens. */
  readonly contextLength?: number;
  readonly modelType?: 'llm' | 'embedding' | 'rerank';
  readonly quantization?: string;
  readonly providerModelId?: string;
  readonly metadata: JsonObject;
  readonly at: Path;
}

/** A tool of `spec.resources.tools`: `websearch`, `rag` or a full name of the server. */
export interface Tool {
  readonly name: string;
  readonly at: Path;
}

/** A shield of `spec.resources.shields`: a name, or an object. */
export interface Shield {
  readonly name: string;
  readonly provider?: string;
  /** The model that judges, by its name in `resources.models` or its identifier at the server. */
  readonly model?: string;
  readonly at: Path;
}

/** `spec.resources`: what the server registers at start. */
export interface Resources {
  readonly models: readonly Model[];
  readonly tools: readonly Tool[];
  readonly shields: readonly Shield[];
  readonly at: Path;
}

/** A name at the server, which may hold `/`, `:` and more, but no space. */
const serverName = (must: string) =>
  text(
    { must, propose: (value) => (typeof value === 'string' ? value.trim().replace(/\s+/g, '-') : undefined) },
    /^\S+$/,
    512,
  );

const embeddingDimension: Rule = {
  editorsOnly: true,
  message: 'A model with `modelType: embedding` needs `metadata.embedding_dimension`, which must be a positive integer',
  schema: implies(valued('modelType', 'embedding'), {
    required: ['metadata'],
    properties: {
      metadata: {
        required: ['embedding_dimension'],
        properties: { embedding_dimension: { type: 'integer', minimum: 1 } },
      },
    },
  }),
};

const modelSchema = object(
  () => ({
    name: required('The name that clients use.', serverName('must be the name of a model, without spaces')),
    provider: optional('The id of the provider that serves it.', serverName('must be the id of a provider')),
    contextLength: optional('The context window, in tokens.', integer(1)),
    modelType: optional('What the model is for; llm unless given.', choice('llm', 'embedding', 'rerank')),
    quantization: optional('How its weights are quantized.', text()),
    providerModelId: optional(
      'Its name at the provider, where that differs.',
      serverName('must be the name of a model at its provider'),
    ),
    metadata: optional(
      'What the server keeps with it.',
      openObject(
        () => ({
          embedding_dimension: optional('How long the vectors are; an embedding model needs it.', anything()),
        }),
        anything(),
        {},
      ),
    ),
  }),
  {
    rules: () => [embeddingDimension],
    aliases: { model_id: 'name', id: 'name', provider_id: 'provider', type: 'modelType' },
  },
);

const shieldSchema = object(
  () => ({
    name: required('The name that clients use.', serverName('must be the name of a shield, without spaces')),
    provider: optional('The id of the safety provider that runs it.', serverName('must be the id of a provider')),
    model: optional('The model that judges.', serverName('must be the name of a model')),
  }),
  { aliases: { shield_id: 'name', id: 'name', provider_id: 'provider', providerShieldId: 'model' } },
);

/** `spec.resources` as written. */
export const resourcesSchema = object(() => ({
  models: optional(
    'Models that the server registers.',
    list(
      either(
        { must: 'must be a name or an object with `name`' },
        serverName('must be the name of a model, without spaces'),
        modelSchema,
      ),
    ),
  ),
  tools: optional(
    'Tools that the server offers.',
    list(serverName('must be the name of a tool, such as "websearch"'), {
      uniqueBy: '',
      examples: [['websearch', 'rag']],
    }),
  ),
  shields: optional(
    'Shields that the server registers.',
    list(
      either(
        { must: 'must be a name or an object with `name`' },
        serverName('must be the name of a shield, without spaces'),
        shieldSchema,
      ),
    ),
  ),
}));

/** Reads `spec.resources`: both spellings of models and shields made one, doubles reported. */
export function readResources(value: Json | undefined, at: Path, report: Report): Resources {
  const given = readShape(resourcesSchema, value, at, report) ?? {};
  const models = readModels(given.models ?? [], at.field('models'), report);
  const tools = named(given.tools ?? [], at.field('tools'));
  const shields = named(given.shields ?? [], at.field('shields'));
  reportDoubles(models, (model) => JSON.stringify([model.name, model.provider]), 'model', report);
  reportDoubles(tools, (tool) => tool.name, 'tool', report);
  reportDoubles(shields, (shield) => shield.name, 'shield', report);
  return { models, tools, shields, at };
}

function readModels(
  entries: readonly (string | Holed<z.infer<typeof modelSchema>> | undefined)[],
  at: Path,
  report: Report,
): Model[] {
  const models = named(entries, at).map((model): Model => ({
    ...model,
    metadata: model.metadata ?? {},
  }));
  for (const { modelType, metadata, at: modelAt } of models) {
    if (modelType !== 'embedding') continue;
    const dimension = metadata.embedding_dimension;
    if (typeof dimension === 'number' && Number.isInteger(dimension) && dimension > 0) continue;
    const meant = typeof dimension === 'string' && /^[1-9][0-9]*$/.test(dimension) ? Number(dimension) : undefined;
    report.error(
      modelAt.field('metadata').field('embedding_dimension'),
      'A model with `modelType: embedding` needs `metadata.embedding_dimension`, which must be a positive integer such as 768',
      { currentValue: dimension, proposedValue: meant },
    );
  }
  return models;
}

/** `"a"` and `{name: "a", …}` as objects with their place; entries without a name are left out. */
function named<T extends object>(
  entries: readonly (string | (T & { name?: string | undefined }) | undefined)[],
  at: Path,
) {
  return entries.flatMap((entry, index) => {
    const object = typeof entry === 'string' ? { name: entry } : entry;
    return object?.name === undefined ? [] : [{ ...(object as T), name: object.name, at: at.item(index) }];
  });
}

function reportDoubles<T extends { name: string; at: Path }>(
  entries: readonly T[],
  key: (entry: T) => string,
  kind: string,
  report: Report,
): void {
  const first = new Map<string, T>();
  for (const entry of entries) {
    const earlier = first.get(key(entry));
    if (earlier === undefined) first.set(key(entry), entry);
    else {
      report.error(
        entry.at,
        `The ${kind} "${entry.name}" is registered already at \`${earlier.at.toString()}\`: remove one`,
        {
          currentValue: entry.name,
        },
      );
    }
  }
}
