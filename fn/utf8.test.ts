import { expect, test } from 'vitest';
import { firstNotUtf8 } from './utf8.ts';

const bytes = (...values: (number | string)[]): Buffer =>
  Buffer.concat(values.map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.of(value))));

test.each([
  ['nothing', bytes(), undefined],
  ['all of UTF-8', bytes('\uFEFFa\0é€😀'), undefined],
  ['a byte that starts no character', bytes('ab', 0xff, 'c'), 2],
  ['a continuation byte alone', bytes('é', 0x80), 2],
  ['a character that the end cuts off', bytes('a', 0xe2, 0x82), 1],
  ['a character cut off by the next one', bytes(0xef, 0xbf, 'A'), 0],
  ['an overlong form', bytes('a', 0xc0, 0xaf), 1],
  ['half a surrogate pair', bytes('a', 0xed, 0xa0, 0x80), 1],
  ['a bad byte behind a long good part that no block boundary fits', bytes('€'.repeat(50_000), 0xff), 150_000],
  ['a long run of continuation bytes', bytes('a'.repeat(65_530), ...Array<number>(20).fill(0x80)), 65_530],
])('finds the first byte that is not UTF-8: %s', (_, input, offset) => {
  expect(firstNotUtf8(input)).toBe(offset);
});
