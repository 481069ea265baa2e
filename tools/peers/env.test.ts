import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { peer, requirePeer } from './env.ts';

let empty: string;

beforeEach(() => {
  empty = mkdtempSync(join(tmpdir(), 'llsd-no-peers-'));
  vi.stubEnv('LLSD_PEERS', empty);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(empty, { recursive: true });
});

test('a missing peer lets its tests drop out, with a line that names the command', () => {
  vi.stubEnv('CI', '');
  const lines = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(peer('kustomize-5.8.1')).toBeUndefined();
  expect(lines.mock.calls).toEqual([
    ['The peer "kustomize-5.8.1" is not installed: run tools/peers/get kustomize-5.8.1\n'],
  ]);
});

test('a missing peer fails under CI', () => {
  vi.stubEnv('CI', 'true');
  expect(() => peer('server-0.7.1')).toThrow('tools/peers/get server-0.7.1');
});

test('a peer that a test cannot do without is asked for by name', () => {
  expect(() => requirePeer('no-such-peer')).toThrow('tools/peers/get no-such-peer');
});
