import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readResources } from './resources.ts';

function read(yaml: string) {
  const report = new Report();
  const resources = readResources(parse(yaml) as Json, Path.root.field('resources'), report);
  return {
    resources,
    results: report.results.map(({ severity, message, field }) => ({ severity, message, ...field })),
  };
}

test('a name and an object with a name are the same', () => {
  const { resources, results } = read('{models: [a, {name: b}], shields: [s, {name: t}], tools: [websearch]}');
  expect(results).toEqual([]);
  expect(resources.models).toMatchObject([
    { name: 'a', metadata: {} },
    { name: 'b', metadata: {} },
  ]);
  expect(resources.shields).toMatchObject([{ name: 's' }, { name: 't' }]);
  expect(resources.tools).toMatchObject([{ name: 'websearch' }]);
  expect(resources.models.map(({ at }) => at.toString())).toEqual(['resources.models[0]', 'resources.models[1]']);
});

test('all fields of a model and a shield are read', () => {
  const model = {
    name: 'meta/llama:8b',
    provider: 'vllm',
    contextLength: 8192,
    modelType: 'embedding',
    quantization: 'int4',
    providerModelId: 'x',
    metadata: { embedding_dimension: 768, more: [1] },
  };
  const shield = { name: 's', provider: 'llama-guard', model: 'guard' };
  const { resources, results } = read(JSON.stringify({ models: [model], shields: [shield] }));
  expect(results).toEqual([]);
  expect(resources).toMatchObject({ models: [model], shields: [shield] });
});

test('an invalid entry leaves a hole, and the others keep their places', () => {
  const { resources, results } = read('{models: [5, a, {nme: b}, c], tools: [null, x]}');
  expect(resources.models.map(({ at }) => at.toString())).toEqual(['resources.models[1]', 'resources.models[3]']);
  expect(resources.tools.map(({ at }) => at.toString())).toEqual(['resources.tools[1]']);
  expect(results.map(({ path }) => path)).toEqual([
    'resources.models[0]',
    'resources.models[2].nme',
    'resources.models[2].name',
    'resources.tools[0]',
  ]);
  expect(results[0]?.message).toBe('`models[0]` must be a name or an object with `name`, not 5');
});

test.each([
  ['{models: [a, a]}', 'resources.models[1]', undefined],
  ['{models: [a, {name: a}]}', 'resources.models[1]', undefined],
  ['{tools: [a, b, a]}', 'resources.tools[2]', undefined],
  ['{shields: [a, {name: a, provider: x}]}', 'resources.shields[1]', undefined],
  ['{models: ["a b"]}', 'resources.models[0]', 'a-b'],
  ['{models: [{model_id: a, name: a}]}', 'resources.models[0].model_id', 'name'],
  ['{models: [{name: a, contextLength: 0}]}', 'resources.models[0].contextLength', undefined],
  ['{models: [{name: a, contextLength: "8192"}]}', 'resources.models[0].contextLength', 8192],
  ['{models: [{name: a, modelType: LLM}]}', 'resources.models[0].modelType', 'llm'],
  ['{models: [{name: a, modelType: embedding}]}', 'resources.models[0].metadata.embedding_dimension', undefined],
  [
    '{models: [{name: a, modelType: embedding, metadata: {embedding_dimension: "768"}}]}',
    'resources.models[0].metadata.embedding_dimension',
    768,
  ],
  [
    '{models: [{name: a, modelType: embedding, metadata: {embedding_dimension: 0}}]}',
    'resources.models[0].metadata.embedding_dimension',
    undefined,
  ],
  [
    '{models: [{name: a, modelType: embedding, metadata: {embedding_dimension: 1.5}}]}',
    'resources.models[0].metadata.embedding_dimension',
    undefined,
  ],
  ['{models: a}', 'resources.models', ['a']],
  ['{tools: [{name: x}]}', 'resources.tools[0]', undefined],
  ['{model: [a]}', 'resources.model', 'models'],
])('%s is an error', (yaml, path, proposedValue) => {
  const { results } = read(yaml);
  expect(results).toMatchObject([{ severity: 'error', path }]);
  expect(results[0]?.proposedValue).toEqual(proposedValue);
});

test('one model on two providers is no double', () => {
  expect(read('{models: [{name: a, provider: x}, {name: a, provider: y}]}').results).toEqual([]);
});
