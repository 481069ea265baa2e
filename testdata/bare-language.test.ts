import { createHash } from 'node:crypto';
import { createContext, runInContext, Script, type Context } from 'node:vm';
import { expect, test } from 'vitest';
import { textOf } from '../fn/utf8.ts';
import { textOf as dataText } from '../src/releases/texts.ts';
import { bundleLanguage } from '../tools/bundle.mjs';
import { readCases } from './cases.ts';

/** A world of nothing but the language: what a context of `node:vm` starts with, less what V8 adds to ECMAScript. */
function bareLanguage(): Context {
  const context = createContext(Object.create(null) as object, { microtaskMode: 'afterEvaluate' });
  runInContext('delete globalThis.console; delete globalThis.WebAssembly; delete globalThis.Intl;', context);
  return context;
}

const program = new Script((await bundleLanguage({ format: 'iife' })).program);

/** What the static program writes and its exit code, with this on stdin. */
function runBare(stdin: Buffer): { out: string; code: unknown } {
  const context = bareLanguage();
  const written = ['', '', ''];
  context.host = {
    args: [],
    environment: () => undefined,
    isTerminal: () => false,
    readStdin: () => textOf(stdin),
    write: (descriptor: number, text: string) => {
      written[descriptor] = (written[descriptor] ?? '') + text;
    },
    text: dataText,
    sha256hex: (text: string) => createHash('sha256').update(text).digest('hex'),
  };
  program.runInContext(context);
  return { out: written[1] ?? '', code: context.exitCode };
}

test('the context has none of what Node or a browser adds', () => {
  const context = bareLanguage();
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

test.each(readCases().map((one) => [one.name, one] as const))(
  '%s runs alike in the bare language',
  (_, { input, expected }) => {
    const { out, code } = runBare(input);
    expect(out).toBe(expected.text);
    expect([0, 1]).toContain(code);
  },
);
