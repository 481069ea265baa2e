import { expect, test } from 'vitest';
import { readResourceList, Unreadable } from '../src/krm/resource-list.ts';
import { isMapping } from '../src/krm/result.ts';
import { specSchema } from '../src/spec/stack.ts';
import { readCases } from './cases.ts';
import { unusedParts } from './schema-parts.ts';

/** `spec` of every CR that a case holds. */
function specsOf(text: string): unknown[] {
  const list = readResourceList(text);
  if (list instanceof Unreadable) return [];
  return [...list.items, ...(list.functionConfig ? [list.functionConfig] : [])]
    .filter(({ kind }) => kind === 'LlamaStackDistribution')
    .map((item) => item.value())
    .flatMap((value) => (isMapping(value) ? [value.spec] : []));
}

test('every field that a CR can have, in each of its spellings, is used by a case', () => {
  const specs = readCases().flatMap(({ input }) => specsOf(input.toString()));
  expect(unusedParts(specSchema, specs)).toEqual([]);
});
