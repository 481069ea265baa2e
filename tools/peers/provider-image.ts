import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from 'kubernetes-types/core/v1.d.ts';
import type { JsonObject } from '../../src/krm/result.ts';

/** Makes the folder `/lls-provider` of the image of a provider of ours, as `provider-image.py` does: `acme.guard`. */
export function makeProvider(packageName: string, folder: string): void {
  const { status, stderr } = spawnSync(
    'python3',
    [join(import.meta.dirname, 'provider-image.py'), packageName, folder],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
}

/** The DistributionLock of these images: reference → its digest and folder `/lls-provider`. */
export function lockOf(
  images: Readonly<Record<string, { readonly digest?: string; readonly folder: string }>>,
): JsonObject {
  const locked = Object.entries(images).map(([image, { digest, folder }]) => {
    const content = readFileSync(join(folder, 'lls-provider-spec.yaml'), 'utf8');
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { image, digest: digest ?? `sha256:${'0'.repeat(64)}`, providerSpec: { sha256, content } };
  });
  return {
    apiVersion: 'fn.llamastack.io/v1alpha1',
    kind: 'DistributionLock',
    metadata: { name: 'lock' },
    spec: { schemaVersion: 1, images: locked },
  };
}

/** What the command of an init container said and came to, with the folders of its image and volume where they are here. */
export function runInstall(
  { command = [], env = [] }: Container,
  folders: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly said: string } {
  const here = command.map((word) =>
    Object.entries(folders).reduce((text, [there, folder]) => text.replaceAll(there, folder), word),
  );
  const [program = '', ...words] = here;
  const variables = Object.fromEntries(env.map(({ name, value = '' }) => [name, value]));
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...variables },
  });
  return { status, said: stdout + stderr };
}
