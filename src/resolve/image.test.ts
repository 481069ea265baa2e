import { describe, expect, it } from 'vitest';
import { distributionOf, mirrored, parseImage, releaseOf } from './image.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image reference', () => {
  it.each([
    ['starter', { registry: 'docker.io', repository: 'library/starter' }],
    [
      'llamastack/distribution-starter:0.7.1',
      { registry: 'docker.io', repository: 'llamastack/distribution-starter', tag: '0.7.1' },
    ],
    ['localhost:5000/a/b', { registry: 'localhost:5000', repository: 'a/b' }],
    ['quay.example/a/b:v1@' + digest, { registry: 'quay.example', repository: 'a/b', tag: 'v1', digest }],
    ['localhost/b', { registry: 'localhost', repository: 'b' }],
  ])('%s is split as a container runtime splits it', (reference, parts) => {
    expect(parseImage(reference)).toEqual(parts);
  });

  it.each(['', 'a b', 'a:', ':1', 'A/b', 'a//b', 'a@sha256:12', 'a:b:c'])('"%s" is malformed', (reference) => {
    expect(parseImage(reference)).toBeUndefined();
  });

  it('names its distribution by its last segment, in any registry', () => {
    const name = (reference: string) => distributionOf(parseImage(reference) ?? { registry: '', repository: '' });
    expect(name('mirror.example/ai/distribution-starter:0.7.1')).toBe('starter');
    expect(name('docker.io/llamastack/starter:0.7.1')).toBeUndefined();
    expect(name('registry.redhat.io/rhoai/odh-llama-stack-core-rhel9:v3.4')).toBe('rh');
    expect(name('mirror.example/rhoai/odh-llama-stack-core-rhel9')).toBe('rh');
    expect(name('quay.io/opendatahub/llama-stack:odh')).toBe('rh');
    expect(name('quay.io/someone/llama-stack:odh')).toBeUndefined();
  });

  it.each([
    ['a:0.7.1', '0.7.1'],
    ['a:v0.7.3-ubi9', '0.7.3'],
    ['a:0.7.1.2', '0.7.1'],
    ['rhoai/odh-llama-stack-core-rhel9:v3.4', '0.7.1'],
    ['rhoai/odh-llama-stack-core-rhel9:v3.3.1-1758', '0.4.2'],
    ['opendatahub/llama-stack:rhoai-v3.4-latest', '0.7.1'],
    ['opendatahub/llama-stack:rhoai-v3.4-ea2-latest', undefined],
    ['opendatahub/llama-stack:v9.9', undefined],
    ['opendatahub/llama-stack:0.7.1', '0.7.1'],
    ['a:latest', undefined],
    ['a:0.7', undefined],
    ['a:nightly-0.7.1', undefined],
    [`a@${digest}`, undefined],
  ])('%s tells the release %s', (reference, release) => {
    expect(releaseOf(parseImage(reference) ?? { registry: '', repository: '' })).toBe(release);
  });

  it('gets the mirror of its registry, tag and digest kept', () => {
    const mirrors = { 'docker.io': 'mirror.example/hub/' };
    expect(mirrored(`llamastack/a:1@${digest}`, mirrors)).toBe(`mirror.example/hub/llamastack/a:1@${digest}`);
    expect(mirrored('quay.example/a:1', mirrors)).toBe('quay.example/a:1');
  });
});
