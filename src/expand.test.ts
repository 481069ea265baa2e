import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { run } from './run.ts';

const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What is told of a CR whose model has this note in its metadata. */
function told(note: string): { err: string; code: number } {
  const spec = {
    distribution: { name: 'starter' },
    providers: { inference: { provider: 'vllm', endpoint: 'http://vllm:8000' } },
    resources: { models: [{ name: 'llama', metadata: { note } }] },
  };
  const cr = { apiVersion: 'llamastack.io/v1alpha2', kind: 'LlamaStackDistribution', metadata: { name: 'demo' }, spec };
  return run(JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr] }), {
    sha256hex,
  });
}

describe('a config.yaml that no ConfigMap holds', () => {
  test.each([
    ['1,048,576 letters', 'a'.repeat(1_048_576)],
    ['half as many of two bytes', '\u00e4'.repeat(524_288)],
    ['a third of three bytes', '\u4e00'.repeat(349_526)],
    ['a quarter of four bytes', '\u{1f999}'.repeat(262_144)],
  ])('%s are an error', (_what, note) => {
    const { err, code } = told(note);
    expect(code).toBe(1);
    expect(err).toMatch(/The config\.yaml of this CR is 10[5-9]\d{4} bytes .*at most 1048576; shorten/);
  });

  test('a million letters are none', () => {
    expect(told('a'.repeat(1_000_000))).toMatchObject({ code: 0, err: '' });
  });
});
