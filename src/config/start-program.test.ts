import { describe, expect, it } from 'vitest';
import { startProgram } from './start-program.ts';

const nothing = { postgres: [], redis: false, sqliteFolder: false, caBundle: false } as const;

describe('the start program', () => {
  it('is left out where there is nothing for it to do', () => {
    expect(startProgram(nothing)).toBeUndefined();
  });

  it.each([
    ['a connection string of sql', { ...nothing, postgres: ['sql'] as const }],
    ['a connection string of kv', { ...nothing, postgres: ['kv'] as const }],
    ['the credentials of Redis', { ...nothing, redis: true }],
    ['sqlite files whose folder nothing else makes', { ...nothing, sqliteFolder: true }],
    ['a CA bundle', { ...nothing, caBundle: true }],
  ])('is there for %s', (_what, start) => {
    expect(startProgram(start)).toContain('def prepare():');
  });
});
