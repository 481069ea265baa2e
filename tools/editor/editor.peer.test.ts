import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from '../peers/env.ts';
import { LanguageServer } from './language-server.ts';

// Each of them names docs/llamastackdistribution.schema.json in its first line, by a path from the file.
const examples = ['examples/quickstart/stack.yaml', 'examples/v1alpha1/stack.yaml'];

describe.runIf(peer('yaml-language-server'))('the YAML language server, with the schema that an example names', () => {
  let server: LanguageServer;

  beforeAll(async () => {
    server = new LanguageServer();
    await server.start(resolve('.'));
  });

  afterAll(() => {
    server.stop();
  });

  /** Opens a text as if it were the example; its path has to be another for each text. */
  const open = (example: string, name: string, text: string) => {
    const path = resolve(example).replace('stack.yaml', name);
    return { path, marks: server.open(path, text) };
  };

  test.each(examples)('marks nothing in %s', async (example) => {
    expect(await open(example, 'right.yaml', readFileSync(example, 'utf8')).marks).toEqual([]);
  });

  test.each([
    ['examples/quickstart/stack.yaml', 'storage:', 'storrage:', 'Property storrage is not allowed.'],
    // Any further field of a provider may be a reference to a Secret.
    [
      'examples/quickstart/stack.yaml',
      'endpoint:',
      'endpiont:',
      'Incorrect type. Expected "object(LlamaStackDistribution)".',
    ],
    ['examples/v1alpha1/stack.yaml', 'containerSpec:', 'containerSpce:', 'Property containerSpce is not allowed.'],
    ['examples/v1alpha1/stack.yaml', 'port: 8321', 'port: 80', 'Value is below the minimum of 1024.'],
  ])('marks in %s what should be "%s" and is "%s", in its line', async (example, right, wrong, message) => {
    const text = readFileSync(example, 'utf8').replace(right, wrong);
    const line = text.split('\n').findIndex((one) => one.includes(wrong)) + 1;
    const marks = await open(example, `${wrong.replaceAll(/\W/g, '')}.yaml`, text).marks;
    expect(marks).toEqual([{ line, message }]);
  });

  test('shows our description of a field, and proposes the fields that there are', async () => {
    const [example = ''] = examples;
    const text = `${readFileSync(example, 'utf8')}  `;
    const { path, marks } = open(example, 'half.yaml', text);
    await marks;
    const lines = text.split('\n');
    const storage = lines.findIndex((line) => line === '  storage:');
    expect(JSON.stringify(await server.at('hover', path, storage, 4))).toContain('Where the server keeps its state.');
    const proposed = (await server.at('completion', path, lines.length - 1, 2)) as {
      items: { label: string; documentation?: unknown }[];
    };
    const labels = proposed.items.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['networking', 'workload', 'disabled', 'overrideConfig']));
    expect(JSON.stringify(proposed.items.find(({ label }) => label === 'networking'))).toContain(
      'How the server is reached.',
    );
  });
});
