import { expect, test } from 'vitest';
import { readResourceList, Unreadable } from '../src/krm/resource-list.ts';
import { isMapping } from '../src/krm/result.ts';
import { object, optional } from '../src/spec/shape.ts';
import { specSchema } from '../src/spec/stack.ts';
import { v1alpha1Schema } from '../src/spec/v1alpha1-schema.ts';
import { readCases } from './cases.ts';
import { unusedParts } from './schema-parts.ts';

/** `spec` of every CR of a version that a case holds. */
function specsOf(text: string, version: string): unknown[] {
  const list = readResourceList(text);
  if (list instanceof Unreadable) return [];
  return [...list.items, ...(list.functionConfig ? [list.functionConfig] : [])]
    .filter(({ kind, apiVersion }) => kind === 'LlamaStackDistribution' && apiVersion.endsWith(`/${version}`))
    .map((item) => item.value())
    .flatMap((value) => (isMapping(value) ? [value.spec] : []));
}

// The versions share the schemas of their fields, each of which is used by a case of either.
const versions = object(() => ({ v1alpha2: optional('', specSchema), v1alpha1: optional('', v1alpha1Schema) }));

test('every field that a CR can have, in each version and each of its spellings, is used by a case', () => {
  const inputs = readCases().map(({ input }) => input.toString());
  const specs = ['v1alpha2', 'v1alpha1'].flatMap((version) =>
    inputs.flatMap((input) => specsOf(input, version)).map((spec) => ({ [version]: spec })),
  );
  expect(unusedParts(versions, specs)).toEqual([]);
});
