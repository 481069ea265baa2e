import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createContext, runInContext, type Context } from 'node:vm';
import { isUtf8 } from 'node:buffer';
import { expect, test } from 'vitest';
import { readCases } from './cases.ts';

/** A world of nothing but the language: what a context of `node:vm` starts with, less what V8 adds to ECMAScript. */
function bareLanguage(): Context {
  const context = createContext(Object.create(null) as object);
  runInContext('delete globalThis.console; delete globalThis.WebAssembly; delete globalThis.Intl;', context);
  runInContext(readFileSync('dist/llsd.js', 'utf8'), context);
  context.sha256hex = (text: string) => createHash('sha256').update(text).digest('hex');
  return context;
}

const context = bareLanguage();

test('the context has none of what Node or a browser adds', () => {
  const present = [
    'console',
    'process',
    'require',
    'Buffer',
    'URL',
    'TextEncoder',
    'structuredClone',
    'setTimeout',
    'Intl',
    'WebAssembly',
  ];
  expect(present.filter((name) => runInContext(`typeof ${name} !== 'undefined'`, context))).toEqual([]);
});

const cases = readCases().filter(({ input }) => isUtf8(input));

test.each(cases.map((one) => [one.name, one] as const))(
  '%s runs alike in the bare language',
  (_, { input, expected }) => {
    context.text = input.toString();
    expect(runInContext('llsd.run(text, { sha256hex, infos: false }).out', context)).toBe(expected.text);
  },
);
