import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { peer } from '../../tools/peers/env.ts';
import { emitYaml } from '../krm/emitter.ts';
import type { JsonObject } from '../krm/result.ts';
import { knownReleases, releaseFor } from '../releases/index.ts';
import type { ProviderType } from '../releases/release.ts';
import { shortestProvider, typesOf } from '../resolve/shortest-cr.fixture.ts';
import { run } from '../run.ts';

const host = { sha256hex: (text: string) => createHash('sha256').update(text).digest('hex') };

/** The shortest CR with this provider alone. */
function shortest(image: string, api: string, type: ProviderType): JsonObject {
  return {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'one' },
    spec: { distribution: { image }, providers: { [api]: shortestProvider(type) } },
  };
}

interface Loaded {
  readonly id: string;
  readonly ok: boolean;
  readonly errors: readonly string[];
  readonly ignored: readonly string[];
}

/** What the server's own config model and provider classes say of each config, in one process. */
function load(
  python: string,
  cases: readonly { id: string; config: string; env: Record<string, string> }[],
): readonly Loaded[] {
  const input = cases.map((entry) => JSON.stringify(entry)).join('\n');
  const { stdout, stderr } = spawnSync(python, ['tools/peers/load-config.py'], {
    input: `${input}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const lines = stdout.trim().split('\n');
  expect(lines.length, stderr).toBe(cases.length);
  return lines.map((line) => JSON.parse(line) as Loaded);
}

for (const version of knownReleases()) {
  const server = peer(`server-${version}`);
  const release = releaseFor(version)!;
  describe.runIf(server)(`every provider type of ${version}, alone in a CR`, () => {
    // An image of one's own, which has the packages of every type.
    const image = `registry.example/distribution-starter:${version}`;
    const loadable = typesOf(release).filter(({ type }) => type.unloadable === undefined);
    const outputs = loadable.map(({ api, type }) => {
      const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [shortest(image, api, type)] };
      return { id: `${api} ${type.type}`, output: run(emitYaml(list), host) };
    });

    it.each(outputs)('$id renders without an error', ({ output }) => {
      expect(output).toMatchObject({ code: 0, err: '' });
    });

    it(`gives ${loadable.length} configs that the server's models take as they are, no field ignored`, () => {
      const cases = outputs.map(({ id, output }) => {
        const { items } = parse(output.out) as { items: { kind: string; data: Record<string, string> }[] };
        const config = items.find(({ kind }) => kind === 'ConfigMap')?.data['config.yaml'] ?? '';
        const variables = [...config.matchAll(/\$\{env\.(LLSD_[A-Z0-9_]+)\}/g)].map(([, name]) => [name, 'x'] as const);
        return { id, config, env: Object.fromEntries(variables) as Record<string, string> };
      });
      const loaded = load(server?.path ?? '', cases);
      const faults = loaded.filter(({ ok, errors, ignored }) => !ok || errors.length + ignored.length > 0);
      expect(faults.map(({ id, errors, ignored }) => ({ id, errors, ignored }))).toEqual([]);
    });
  });
}
