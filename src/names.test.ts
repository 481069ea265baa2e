import { expect, test } from 'vitest';
import { anywhere, resolved } from './manifests/resolved.fixture.ts';
import { exposedHost } from './names.ts';

const exposed = { networking: { expose: { at: anywhere } } };

test('the host is the one that the CR names', () => {
  const { stack, options } = resolved({ networking: { expose: { hostname: 'llama.example.com', at: anywhere } } });
  expect(exposedHost(stack, { ...options, ingressDomain: 'example.org' })).toBe('llama.example.com');
});

test('without one it is made from name, namespace and domain, and needs all three', () => {
  const { stack, options } = resolved(exposed);
  const elsewhere = resolved({ ...exposed, withoutNamespace: true }).stack;
  expect(exposedHost(stack, { ...options, ingressDomain: 'example.org' })).toBe('demo-ai.example.org');
  expect(exposedHost(stack, options)).toBeUndefined();
  expect(exposedHost(elsewhere, { ...options, ingressDomain: 'example.org' })).toBeUndefined();
});

test('a server that is not exposed has none', () => {
  const { stack, options } = resolved();
  expect(exposedHost(stack, { ...options, ingressDomain: 'example.org' })).toBeUndefined();
});
