import { describe, expect, it } from 'vitest';
import {
  hasExpression,
  hasUnreadableExpression,
  idOf,
  isConditional,
  requiredVariables,
  valueUnder,
} from './expression.ts';

describe('an expression of a base config', () => {
  it.each([
    ['openai', 'openai', false],
    ['${env.VLLM_URL:+vllm}', 'vllm', true],
    ['${env.EMBEDDING_PROVIDER:=vllm-embedding}', 'vllm-embedding', false],
    ['${env.PROVIDER}', '', true],
    ['${env.lower:+vllm}', '${env.lower:+vllm}', false],
  ])('%s has the id "%s"', (text, id, conditional) => {
    expect(idOf(text)).toBe(id);
    expect(isConditional(text)).toBe(conditional);
  });

  it.each([
    ['${env.A}/x${env.B_2:=b}${env.C:+$c}', false],
    ['$env.A ${A} $$', false],
    ['${env.a}', true],
    ['${env.A}/${env.Mixed:=b}', true],
    ['${env.A-B}', true],
    ['${env.A', true],
    ['${env.A:=${env.B}}', true],
  ])('%s holds what the server cannot read: %j', (text, unreadable) => {
    expect(hasUnreadableExpression(text)).toBe(unreadable);
  });

  it('requires the variables that have no default, at any depth', () => {
    const config = { a: ['${env.A}', { b: 'x-${env.B}-${env.C:=1}' }], d: '${env.D:+d}', e: 1, f: null, g: '${env.A}' };
    expect(requiredVariables(config)).toEqual(['A', 'B']);
  });

  it.each([
    ['vllm', 'vllm'],
    ['${env.A:+vllm}', 'vllm'],
    ['${env.B:+vllm}', ''],
    ['${env.B:=vllm}', 'vllm'],
    ['${env.A:=vllm}', undefined],
    ['${env.A}', undefined],
  ])('%s is %j where of all variables only A is set', (text, value) => {
    expect(valueUnder(text, new Set(['A']))).toBe(value);
  });

  it('is no expression when the server leaves it as text', () => {
    expect(['$HOME', '${HOME}', '${env.lower}', '${env.A:-x}'].map(hasExpression)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(hasExpression('a${env.A}')).toBe(true);
  });
});
