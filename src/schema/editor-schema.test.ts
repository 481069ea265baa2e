import { Ajv, type ErrorObject } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isMap, isNode, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { editorSchema } from './editor-schema.ts';

const validate = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false }).compile(editorSchema());
const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('stack.yaml'))
  .map((path) => join('examples', path));
const line = /^# yaml-language-server: \$schema=(\S+)\n/;

/** What an editor shows: the lines of what the schema refuses, each with the reason. */
function marks(text: string): string[] {
  const lines = new LineCounter();
  return parseAllDocuments(text, { lineCounter: lines }).flatMap((document) => {
    if (!('contents' in document) || validate(document.toJS())) return [];
    return (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'if')
      .map((error) => `${String(lines.linePos(offsetOf(document, error)).line)}: ${error.message ?? ''}`);
  });
}

/** Where the value stands that an error is about; of an unknown field its name. */
function offsetOf(document: Document, { instancePath, params }: ErrorObject): number {
  const path = instancePath.split('/').slice(1);
  const { additionalProperty } = params as { additionalProperty?: string };
  const parent = path.length === 0 ? document.contents : document.getIn(path, true);
  if (additionalProperty !== undefined && isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(key) === additionalProperty);
    return isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
  }
  return isNode(parent) ? (parent.range?.[0] ?? 0) : 0;
}

describe('the JSON Schema in an editor', () => {
  test('takes every example', () => {
    expect(examples.length).toBeGreaterThan(10);
    expect(Object.fromEntries(examples.map((path) => [path, marks(readFileSync(path, 'utf8'))]))).toEqual(
      Object.fromEntries(examples.map((path) => [path, []])),
    );
  });

  test('is named by the examples that people start from, by a path that is there', () => {
    const named = ['examples/quickstart/stack.yaml', 'examples/v1alpha1/stack.yaml'].map((path) => {
      const [, schema = ''] = line.exec(readFileSync(path, 'utf8')) ?? [];
      return JSON.parse(readFileSync(join(dirname(path), schema), 'utf8')) as unknown;
    });
    const schema = JSON.parse(JSON.stringify(editorSchema())) as unknown;
    expect(named).toEqual([schema, schema]);
  });

  test('marks a misspelt field of an example in its line', () => {
    const text = readFileSync('examples/quickstart/stack.yaml', 'utf8');
    const wrong = text.replace('  storage:', '  storrage:');
    const place = wrong.split('\n').findIndex((one) => one.includes('storrage')) + 1;
    expect(marks(wrong)).toEqual([`${String(place)}: must NOT have additional properties`]);
  });

  test('marks a field of the other version, by the version that the CR has', () => {
    const text = readFileSync('examples/v1alpha1/stack.yaml', 'utf8');
    expect(marks(text.replace('v1alpha1', 'v1alpha2'))).not.toEqual([]);
  });

  test('describes every field of its own and shows examples that it takes', () => {
    const undescribed: string[] = [];
    let shown = 0;
    walk(editorSchema(), '', (schema, at) => {
      const { properties = {}, examples: values = [], ...rest } = schema;
      for (const [name, field] of Object.entries(properties as Record<string, { description?: string }>)) {
        if (field.description === undefined) undescribed.push(`${at}.${name}`);
      }
      const judge = new Ajv({ strict: false });
      for (const value of values as unknown[]) {
        shown += 1;
        expect([at, judge.validate(rest, value)]).toEqual([at, true]);
      }
    });
    expect(shown).toBeGreaterThan(10);
    expect(undescribed).toEqual([]);
  });
});

/** What is no field but a condition on fields, or a value. */
const conditions = ['if', 'allOf', 'oneOf', 'not', 'examples', 'default', 'enum'];

function walk(schema: unknown, at: string, visitor: (schema: Record<string, unknown>, at: string) => void): void {
  if (typeof schema !== 'object' || schema === null) return;
  if (!Array.isArray(schema)) visitor(schema as Record<string, unknown>, at);
  for (const [name, part] of Object.entries(schema)) {
    if (!conditions.includes(name)) walk(part, `${at}.${name}`, visitor);
  }
}
