import { describe, expect, test } from 'vitest';
import type { Json } from '../krm/result.ts';
import { Path } from '../krm/result.ts';
import type { Schema } from './release.ts';
import { validateAgainst } from './validate-against.ts';

function messages(schema: Schema, value: Json): readonly string[] {
  return validateAgainst(schema, value, Path.root.field('x')).map(({ at, message }) => `${at.toString()}: ${message}`);
}

const optional = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

describe('scalars', () => {
  test.each<[Schema, Json]>([
    [{ type: 'integer' }, 8],
    [{ type: 'integer' }, '8'],
    [{ type: 'integer' }, 8.0],
    [{ type: 'number' }, 0.5],
    [{ type: 'number' }, '1e3'],
    [{ type: 'boolean' }, false],
    [{ type: 'boolean' }, 'Yes'],
    [{ type: 'boolean' }, 1],
    [{ type: 'string' }, ''],
    [optional({ type: 'string' }), null],
    [optional({ type: 'integer' }), '8'],
    [{ type: 'string', format: 'uri' }, 'https://example.com'],
    [{}, { anything: [1] }],
  ])('%j takes %j, as the server does', (schema, value) => {
    expect(messages(schema, value)).toEqual([]);
  });

  test.each<[Schema, Json, string]>([
    [{ type: 'integer' }, 'eight', 'must be an integer'],
    [{ type: 'integer' }, 8.5, 'must be an integer'],
    [{ type: 'integer' }, true, 'must be an integer'],
    [{ type: 'integer' }, null, 'must be an integer'],
    [{ type: 'number' }, '', 'must be a number'],
    [{ type: 'boolean' }, 'maybe', 'must be a boolean'],
    [{ type: 'boolean' }, 2, 'must be a boolean'],
    [{ type: 'string' }, 8, 'must be a string'],
    [{ type: 'string' }, ['a'], 'must be a string'],
    [{ type: 'array' }, 'a', 'must be a list'],
    [{ type: 'object' }, [], 'must be a mapping'],
    [{ type: 'integer', minimum: 1 }, 0, 'must be at least 1'],
    [{ type: 'integer', maximum: 5 }, '6', 'must be at most 5'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, 'must be more than 0'],
    [{ type: 'number', exclusiveMaximum: 1 }, 1, 'must be less than 1'],
    [{ type: 'string', enum: ['L1', 'L2'] }, 'L3', 'must be one of "L1", "L2"'],
    [{ type: 'string', const: 'HNSW' }, 'x', 'must be "HNSW"'],
    [{ type: 'string', format: 'uri' }, 'example.com:80', 'must be a URL with a scheme ("https://…")'],
    [{ type: 'string', pattern: '^a+$' }, 'b', 'must match ^a+$'],
    [{ type: 'string', minLength: 1 }, '', 'must have at least 1 characters'],
    [{ type: 'string', maxLength: 1 }, 'ab', 'must have at most 1 characters'],
    [{ type: 'array', minItems: 1 }, [], 'must have at least 1 entries'],
    [optional({ type: 'integer' }), 'eight', 'must be an integer'],
    [{ anyOf: [{ type: 'boolean' }, { type: 'integer' }] }, 'x', 'must be a boolean or an integer'],
  ])('%j refuses %j: it %s', (schema, value, message) => {
    expect(messages(schema, value)).toEqual([`x: ${message}`]);
  });
});

describe('expressions', () => {
  test.each<Schema>([
    { type: 'integer' },
    { type: 'boolean' },
    { type: 'string', enum: ['a'] },
    optional({ type: 'string', format: 'uri' }),
  ])('%j takes ${env.X}, which only the server can resolve', (schema) => {
    expect(messages(schema, '${env.X:=}')).toEqual([]);
  });

  test('a mapping or a list is not made by an expression', () => {
    expect(messages({ type: 'object' }, '${env.X}')).toEqual(['x: must be a mapping']);
    expect(messages({ type: 'array' }, '${env.X}')).toEqual(['x: must be a list']);
  });
});

describe('mappings and lists', () => {
  const schema: Schema = {
    type: 'object',
    properties: { size: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } },
    required: ['size'],
  };

  test('every problem is reported at its place', () => {
    expect(messages(schema, { names: ['a', 1, null] })).toEqual([
      'x: must have the field "size"',
      'x.names[1]: must be a string',
      'x.names[2]: must be a string',
    ]);
  });

  test('a field that the server would drop is told apart from one that it refuses', () => {
    const value = { size: 1, sise: 2 };
    const ignored = validateAgainst(schema, value, Path.root);
    expect(ignored).toMatchObject([{ message: 'must not be there: the fields are names, size', kind: 'ignored' }]);
    const closed = { ...schema, additionalProperties: false };
    expect(validateAgainst(closed, value, Path.root)).toMatchObject([{ kind: 'refused' }]);
    expect(validateAgainst({ ...schema, additionalProperties: true }, value, Path.root)).toEqual([]);
  });

  test('a mapping with free keys checks their values', () => {
    const headers: Schema = { type: 'object', additionalProperties: { type: 'string' } };
    expect(messages(headers, { a: 'b', __proto__x: 1 })).toEqual(['x.__proto__x: must be a string']);
  });

  test('a mapping without known fields takes any', () => {
    expect(messages({ type: 'object' }, { a: 1 })).toEqual([]);
  });
});

describe('alternatives', () => {
  const backend: Schema = {
    anyOf: [
      { type: 'object', properties: { type: { const: 'sqlite' }, path: { type: 'string' } }, required: ['path'] },
      { type: 'object', properties: { type: { const: 'redis' }, port: { type: 'integer' } } },
      { type: 'null' },
    ],
  };

  test('the one whose constant the value has is spoken of', () => {
    expect(messages(backend, { type: 'sqlite' })).toEqual(['x: must have the field "path"']);
    expect(messages(backend, { type: 'redis', port: 'x' })).toEqual(['x.port: must be an integer']);
  });

  test('the one that drops the fewest fields is chosen', () => {
    expect(messages(backend, { type: 'redis', port: 1 })).toEqual([]);
    expect(messages(backend, { type: 'redis', path: 'x' })).toEqual([
      'x.path: must not be there: the fields are port, type',
    ]);
  });

  test('a value that is meant for none is told of all', () => {
    const all = 'x: must be a mapping with type: "sqlite" or a mapping with type: "redis"';
    expect(messages(backend, 8)).toEqual([all]);
    expect(messages(backend, { type: 'mongo' })).toEqual([all]);
  });
});
