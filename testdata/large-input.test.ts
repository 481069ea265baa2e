import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const stack = (name: string): string => `- apiVersion: llamastack.io/v1alpha2
  kind: LlamaStackDistribution
  metadata:
    name: ${name}
    annotations:
      config.kubernetes.io/local-config: "true"
  spec:
    distribution:
      name: starter
`;

const other = (number: number): string => `- apiVersion: v1 # item ${String(number)}
  kind: ConfigMap
  metadata: {name: other-${String(number)}}
  data:
    text: |
${'      A line of a file that is not ours to read: yes, no, 0755, "quotes".\n'.repeat(300)}`;

/** A ResourceList of a little over 50 MB: one CR in the middle of 2,400 objects that are not ours. */
function largeList(): { before: string; after: string } {
  const others = Array.from({ length: 2400 }, (_, index) => other(index));
  const head = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n';
  return { before: head + others.slice(0, 1200).join('') + stack('one'), after: others.slice(1200).join('') };
}

test('a list of 50 MB is answered within a minute, and what is not ours keeps its bytes', () => {
  const { before, after } = largeList();
  expect(before.length + after.length).toBeGreaterThan(50_000_000);
  const { stdout, stderr, status } = spawnSync('dist/llsd.cjs', {
    input: before + after,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    timeout: 60_000,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.startsWith(before)).toBe(true);
  const end = stdout.indexOf(`${after}results:\n`);
  expect(end).toBeGreaterThan(before.length);
  expect(stdout.slice(before.length, end).match(/^ {2}kind: .*$/gm)).toEqual([
    '  kind: ServiceAccount',
    '  kind: ConfigMap',
    '  kind: Deployment',
    '  kind: Service',
    '  kind: NetworkPolicy',
  ]);
}, 120_000);
