import fc from 'fast-check';
import type { JsonObject } from '../../../src/krm/result.ts';

/** Values of a part of a CR, in the words of the CR. */
export type Draw<T> = fc.Arbitrary<T>;

/** 0 to 99, evenly spread, which fast-check's own numbers are not. */
const percent = fc.noBias(fc.nat({ max: 99 }));

/** So many of a hundred draws are `some`, the others `none`. */
export function sometimes<T, U>(chance: number, some: Draw<T>, none: U): Draw<T | U> {
  return percent.chain((number): Draw<T | U> => (number < chance ? some : fc.constant(none)));
}

/** A part that is there in so many of a hundred draws. */
export function maybe<T>(chance: number, some: Draw<T>): Draw<T | undefined> {
  return sometimes(chance, some, undefined);
}

/** A reference to a key of a Secret, in both spellings. */
export function secretRef(key: string, name = 'creds'): Draw<JsonObject> {
  const reference = { name, key };
  return fc.constantFrom<JsonObject>({ secretKeyRef: reference }, reference);
}

/** An object without the parts that are absent, or that hold nothing. */
export function present(parts: Readonly<Record<string, unknown>>): JsonObject {
  const given = Object.entries(parts).filter(
    ([, value]) => value !== undefined && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0),
  );
  return Object.fromEntries(given) as JsonObject;
}
