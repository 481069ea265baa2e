import { describe, expect, it } from 'vitest';
import { startProgram } from './start-program.ts';

const nothing = { postgres: [], redis: false, sqliteFolder: false, caBundle: false } as const;

describe('the start program', () => {
  it('is always there, and leaves the environment alone where there is nothing to prepare', () => {
    expect(Object.keys(startProgram(nothing))).toEqual(['sitecustomize.py', 'llsd_server.py', 'llsd_stores.py']);
  });

  it.each([
    ['a connection string of sql', { ...nothing, postgres: ['sql'] as const }],
    ['a connection string of kv', { ...nothing, postgres: ['kv'] as const }],
    ['the credentials of Redis', { ...nothing, redis: true }],
    ['sqlite files whose folder nothing else makes', { ...nothing, sqliteFolder: true }],
    ['a CA bundle', { ...nothing, caBundle: true }],
  ])('prepares the environment for %s', (_what, start) => {
    expect(startProgram(start)['llsd_environment.py']).toContain('def prepare():');
  });
});
