import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { peer, requirePeer } from '../../tools/peers/env.ts';
import type { Json, JsonObject } from '../krm/result.ts';
import type { BuiltInDistribution } from './index.ts';
import { builtIn, builtInDistributions } from './index.ts';

interface Loaded {
  readonly id: string;
  readonly errors: readonly string[];
  readonly ignored: readonly string[];
  readonly config: JsonObject | null;
}

type Variables = Readonly<Record<string, string>>;

interface Case {
  readonly id: string;
  readonly config: string;
  readonly env: Variables;
}

/** Loads configs with the code of the server itself: variables substituted, defaults of every model filled in. */
function loadAll(release: string, cases: readonly Case[]): readonly Loaded[] {
  const loader = join(import.meta.dirname, '../../tools/peers/load-config.py');
  const input = cases.map((each) => `${JSON.stringify(each)}\n`).join('');
  const run = spawnSync(requirePeer(`server-${release}`).path, [loader], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Loaded]));
}

/** The config that the released package ships for a distribution. */
function shippedConfig({ name, release }: BuiltInDistribution): string {
  const find = 'import pathlib, sys; print(next(pathlib.Path(sys.prefix).glob(sys.argv[1])))';
  const pattern = `lib/*/site-packages/*/distributions/${name}/config.yaml`;
  const run = spawnSync(requirePeer(`server-${release}`).path, ['-c', find, pattern], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return readFileSync(run.stdout.trim(), 'utf8');
}

/** Every variable that a config asks for, with a value that its field takes and that no default equals. */
function everyVariable(config: string): Variables {
  const names = new Set([...config.matchAll(/\$\{env\.([A-Z0-9_]+)/g)].map(([, name = '']) => name));
  return Object.fromEntries([...names].map((name) => [name, valueFor(name)]));
}

function valueFor(name: string): string {
  if (name.endsWith('_PORT')) return '6000';
  if (name.endsWith('_TOKENS')) return '17';
  if (name.endsWith('_VERIFY')) return 'false';
  if (name.endsWith('_URL') || name.endsWith('_BASE'))
    return `http://${name.toLowerCase().replaceAll('_', '-')}.example/v9`;
  return `value of ${name}`;
}

/** Every variable without which a config does not load. */
function requiredVariables(config: string): Variables {
  return Object.fromEntries(
    [...config.matchAll(/\$\{env\.([A-Z0-9_]+)\}/g)].map(([, name = '']) => [name, valueFor(name)]),
  );
}

/** What the mend of a distribution adds to the loaded config; nothing where there is none. */
function mendedBy(distribution: BuiltInDistribution, shipped: JsonObject, ours: JsonObject): JsonObject {
  if (distribution.mended === undefined) return shipped;
  const { files = [] } = ours.providers as Record<string, Json>;
  expect(files).toMatchObject([{ provider_id: 'builtin-files', provider_type: 'inline::localfs' }]);
  return {
    ...shipped,
    apis: [...(shipped.apis as readonly Json[]), 'files'],
    providers: { ...(shipped.providers as JsonObject), files },
  };
}

/** Which variables both configs are loaded with. */
const comparisons = new Map<string, (config: string) => Variables>([
  ['no variable but what it needs', requiredVariables],
  ['every variable', everyVariable],
]);

const distributions = builtInDistributions().flatMap(({ name, release }) => builtIn(name, release) ?? []);

for (const release of new Set(distributions.map((distribution) => distribution.release))) {
  describe.runIf(peer(`server-${release}`))(`on the server ${release}`, () => {
    const ofRelease = distributions.filter((distribution) => distribution.release === release);
    const loaded = new Map<string, Loaded>();

    // One process for all: importing the server takes longer than loading a config.
    beforeAll(() => {
      const cases = ofRelease.flatMap((distribution) => {
        const shipped = shippedConfig(distribution);
        const ours = JSON.stringify(distribution.config);
        return [...comparisons].flatMap(([variables, variablesOf]) => [
          { id: `${distribution.name} shipped, ${variables}`, config: shipped, env: variablesOf(shipped) },
          { id: `${distribution.name} ours, ${variables}`, config: ours, env: variablesOf(shipped) },
        ]);
      });
      for (const result of loadAll(release, cases)) loaded.set(result.id, result);
    });

    describe.each(ofRelease)('the base config $name', (distribution) => {
      test.each([...comparisons.keys()])('loads to what the shipped one loads to, with %s set', (variables) => {
        const theirs = loaded.get(`${distribution.name} shipped, ${variables}`);
        const ours = loaded.get(`${distribution.name} ours, ${variables}`);
        expect([theirs?.errors, ours?.errors, ours?.ignored]).toEqual([[], [], []]);
        expect(ours?.config).toEqual(mendedBy(distribution, theirs?.config ?? {}, ours?.config ?? {}));
      });

      test('asks for the variables that the shipped one asks for', () => {
        const added = distribution.mended === undefined ? {} : { FILES_STORAGE_DIR: valueFor('FILES_STORAGE_DIR') };
        const ours = everyVariable(JSON.stringify(distribution.config));
        expect(ours).toEqual({ ...everyVariable(shippedConfig(distribution)), ...added });
      });
    });
  });
}
