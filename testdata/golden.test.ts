import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { isSeq, parseDocument } from 'yaml';
import { respond as answerTo } from '../fn/function.ts';
import { textOf } from '../fn/utf8.ts';
import { detectCaller } from '../src/krm/caller.ts';
import { readResourceList, Unreadable } from '../src/krm/resource-list.ts';
import type { Output } from '../src/run.ts';
import { readCases, type Expected } from './cases.ts';

const cases = readCases();
const rewriting = process.env.MODE === 'golden';

/** How many cases the main job alone must have. */
const fewest = 60;

/** Every how many cases one also runs as a process of its own. */
const sample = 10;

const respond = (bytes: Buffer): Output => answerTo(textOf(bytes));

interface ResultText {
  readonly severity: 'error' | 'warning' | 'info';
}

/** The results in an output. The items are not read: among them are aliases that would take all memory. */
function resultsOf(out: string): readonly ResultText[] {
  const document = parseDocument(out);
  const results = document.get('results');
  return isSeq(results) ? (results.toJS(document) as ResultText[]) : [];
}

/** The items alone, as they are written, so that a changed byte or comment is seen too. */
function itemsOf(text: string): string[] {
  const list = readResourceList(text);
  return list instanceof Unreadable ? [] : list.items.map((item) => item.text);
}

/** Whether kustomize is the caller, each of whose builds starts from nothing: it never hands over what was generated. */
function startsFromNothing(text: string): boolean {
  const list = readResourceList(text);
  return !(list instanceof Unreadable) && ['generator', 'transformer'].includes(detectCaller(list));
}

function expectText(actual: string, expected: Expected): void {
  if (rewriting) writeFileSync(expected.path, actual);
  else expect(actual).toBe(expected.text);
}

test(`at least ${String(fewest)} cases exist`, () => {
  expect(cases.length).toBeGreaterThanOrEqual(fewest);
});

describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, { input, readme, expected, stderr }) => {
  let answer: Output;

  beforeAll(() => {
    answer = respond(input);
  });

  test('stdout is expected.yaml', () => {
    expectText(answer.out, expected);
  });

  test('stderr is expected.stderr, where there is one', () => {
    if (stderr.text !== undefined) expectText(answer.err, stderr);
  });

  test('the exit code is 1 exactly when a result is an error, or when the input is not readable', () => {
    const failed = answer.out === '' || resultsOf(answer.out).some(({ severity }) => severity === 'error');
    expect(answer.code).toBe(failed ? 1 : 0);
  });

  test('every warning and error is one line on stderr', () => {
    const lines = answer.err.split('\n').slice(0, -1);
    if (answer.out === '') expect(lines.length).toBeGreaterThan(0);
    else expect(lines).toHaveLength(resultsOf(answer.out).filter(({ severity }) => severity !== 'info').length);
  });

  test('rendering expected.yaml again changes no item', () => {
    if (startsFromNothing(answer.out)) return;
    expect(itemsOf(respond(Buffer.from(answer.out)).out)).toEqual(itemsOf(answer.out));
  });

  test('README.md is 3 to 12 lines of prose', () => {
    const lines = readme.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(readme).not.toMatch(/^(```| {4}|[A-Za-z]+:$)/m);
  });
});

test.each(cases.filter((_, index) => index % sample === 0).map((one) => [one.name, one] as const))(
  '%s runs alike as a process',
  (_, { input, expected }) => {
    const { stdout, stderr, status } = spawnSync('dist/llsd.cjs', { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
    const { err, code } = respond(input);
    expect({ stdout, stderr, status }).toEqual({ stdout: expected.text, stderr: err, status: code });
  },
);
