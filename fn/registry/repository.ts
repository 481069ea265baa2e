import type { Image } from '../../src/resolve/image.ts';

/** A repository at one registry, which may be a mirror: `mirror.example:5000`, `hub/llamastack/distribution-starter`. */
export interface Repository {
  readonly registry: string;
  readonly name: string;
}

/** Where an image may be read, in the order in which it is tried: the mirror of its registry, then the registry. */
export function repositoriesOf(image: Image, mirrors: Readonly<Record<string, string>>): readonly Repository[] {
  const origin = { registry: image.registry, name: image.repository };
  const mirror = Object.hasOwn(mirrors, image.registry) ? mirrors[image.registry] : undefined;
  if (mirror === undefined) return [origin];
  const [registry = '', ...prefix] = mirror.replace(/\/$/, '').split('/');
  return [{ registry, name: [...prefix, image.repository].join('/') }, origin];
}

/** The host that serves a registry's API: Docker Hub is known by another name than that of its server. */
export function hostOf(registry: string): string {
  return ['docker.io', 'index.docker.io'].includes(registry) ? 'registry-1.docker.io' : registry;
}

/** Whether a registry may speak plain http: on this machine alone. */
export function isLoopback(registry: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(registry);
}
