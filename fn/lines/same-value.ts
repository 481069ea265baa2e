import { isEqual } from '../../src/krm/json-value.ts';
import { isMapping, type Json } from '../../src/krm/result.ts';
import type { Step } from './locate.ts';

/** What a text says of a field of the object that it was made into: its value, another one, or nothing. */
export type Says = 'the value' | 'another' | 'nothing';

/** What `written` says of the field at a path of the object `given`. */
export function saysOf(written: Json, given: Json, steps: readonly Step[]): Says {
  const [step, ...rest] = steps;
  if (step === undefined) return isEqual(written, given) ? 'the value' : 'another';
  const [here, there] = [inside(written, step), inside(given, step)];
  if (here !== undefined && there !== undefined) return saysOf(here, there, rest);
  if (here === undefined && isMapping(written) && isMapping(given)) return 'nothing';
  // The path goes on inside a text, as that of options in an annotation does, or behind the end of a list.
  return here === there && isEqual(written, given) ? 'the value' : 'another';
}

/** Whether an object has the field at a path. */
export function hasField(value: Json, steps: readonly Step[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  const next = inside(value, step);
  return next !== undefined && hasField(next, rest);
}

function inside(value: Json, step: Step): Json | undefined {
  if (typeof step === 'number') return Array.isArray(value) ? (value as readonly Json[])[step] : undefined;
  return isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
