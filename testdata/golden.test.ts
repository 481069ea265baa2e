import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { respond } from '../fn/function.ts';
import { readCases, type Expected } from './cases.ts';

const cases = readCases();
const rewriting = process.env.MODE === 'golden';

/** How many cases the main job alone must have. */
const fewest = 60;

/** Every how many cases one also runs as a process of its own. */
const sample = 10;

interface Answer {
  readonly items: readonly unknown[];
  readonly results: readonly { readonly severity: string; readonly message: string }[];
}

function read(out: string): Answer {
  const { items = [], results = [] } = parseDocument(out).toJS() as Partial<Answer>;
  return { items, results };
}

/** The text of `items` alone, so that a changed byte or comment is seen too. */
function itemsText(out: string): string {
  return out
    .slice(0, out.search(/^results:/m) === -1 ? undefined : out.search(/^results:/m))
    .replace(/^functionConfig:\n(?:[ -].*\n)*/m, '');
}

function expectText(actual: string, expected: Expected): void {
  if (rewriting) writeFileSync(expected.path, actual);
  else expect(actual).toBe(expected.text);
}

test(`at least ${String(fewest)} cases exist`, () => {
  expect(cases.length).toBeGreaterThanOrEqual(fewest);
});

describe.each(cases)('$name', ({ input, readme, expected, stderr }) => {
  const answer = respond(input);

  test('stdout is expected.yaml', () => {
    expectText(answer.out, expected);
  });

  test('stderr is expected.stderr, where there is one', () => {
    if (stderr.text !== undefined) expectText(answer.err, stderr);
  });

  test('the exit code is 1 exactly when a result is an error, or when the input is not readable', () => {
    const failed = answer.out === '' || read(answer.out).results.some(({ severity }) => severity === 'error');
    expect(answer.code).toBe(failed ? 1 : 0);
  });

  test('every warning and error is one line on stderr', () => {
    const lines = answer.err.split('\n').slice(0, -1);
    if (answer.out === '') expect(lines.length).toBeGreaterThan(0);
    else expect(lines).toHaveLength(read(answer.out).results.filter(({ severity }) => severity !== 'info').length);
  });

  test('rendering expected.yaml again changes no item', () => {
    if (answer.out === '') return;
    expect(itemsText(respond(Buffer.from(answer.out)).out)).toBe(itemsText(answer.out));
  });

  test('README.md is 3 to 12 lines of prose', () => {
    const lines = readme.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(readme).not.toMatch(/^(```| {4}|[A-Za-z]+:$)/m);
  });
});

test.each(cases.filter((_, index) => index % sample === 0))('$name runs alike as a process', ({ input, expected }) => {
  const { stdout, stderr, status } = spawnSync('dist/llsd.cjs', {
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  expect({ stdout, stderr, status }).toEqual({
    stdout: expected.text,
    stderr: respond(input).err,
    status: respond(input).code,
  });
});
