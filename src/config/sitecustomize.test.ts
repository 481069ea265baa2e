import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const python = spawnSync('python3', ['--version']).status === 0;
if (!python && process.env.CI) throw new Error('python3 is not on PATH');

describe.runIf(python)('the start program', () => {
  it('passes its own tests in Python', () => {
    const { stderr, status } = spawnSync('python3', ['-m', 'unittest', 'discover', 'tools/start-program-test'], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/^Ran [1-9]\d* tests/m);
  });
});
