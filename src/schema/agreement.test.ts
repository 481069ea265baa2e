import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { corpus, readerErrors } from './corpus.fixture.ts';
import { unexplained } from './differences.fixture.ts';
import { editorSchema } from './editor-schema.ts';

describe('the reader and the JSON Schema', () => {
  const samples = corpus();
  const validate = new Ajv({ strictTypes: false, strictRequired: false }).compile(editorSchema());
  const verdicts = new Map(
    samples.map(({ name, cr }) => {
      const schema = validate(cr) ? undefined : JSON.stringify(validate.errors);
      return [name, { reader: readerErrors(cr)[0], schema }] as const;
    }),
  );

  test('are asked about thousands of CRs, of which each takes many and refuses many', () => {
    const taken = [...verdicts.values()].filter(({ reader }) => reader === undefined).length;
    expect(taken).toBeGreaterThan(1000);
    expect(samples.length - taken).toBeGreaterThan(1000);
  });

  test('agree on every CR but for the listed differences, each of which is met', () => {
    expect(unexplained(verdicts, ['reader', 'schema']).slice(0, 20)).toEqual([]);
  });
});
