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
  // Until 0.3 it is called run.yaml.
  const find =
    'import pathlib, sys; print(next(f for n in ("config", "run") for f in pathlib.Path(sys.prefix).glob(sys.argv[1] % n)))';
  const pattern = `lib/*/site-packages/*/distributions/${name}/%s.yaml`;
  const run = spawnSync(requirePeer(`server-${release}`).path, ['-c', find, pattern], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return readFileSync(run.stdout.trim(), 'utf8');
}

/** Variables that a provider refuses beside GEMINI_API_KEY. */
const refusedBeside = ['GEMINI_ACCESS_TOKEN', 'GEMINI_AI_PROJECT'];

/** What the fields of these take: a model that the server knows, one of three words, a flag. */
const values: Variables = {
  INFERENCE_MODEL: 'meta-llama/Llama-3.2-3B-Instruct',
  NVIDIA_APPEND_API_VERSION: 'false',
  QUANTIZATION_TYPE: 'fp8_mixed',
};

/** Every variable that a config asks for, with a value that its field takes and that no default equals. */
function everyVariable(config: string): Variables {
  const names = new Set([...config.matchAll(/\$\{env\.([A-Z0-9_]+)/g)].map(([, name = '']) => name));
  for (const name of refusedBeside) names.delete(name);
  return Object.fromEntries([...names].map((name) => [name, valueFor(name)]));
}

function valueFor(name: string): string {
  const known = values[name];
  if (known !== undefined) return known;
  if (name.endsWith('_PORT')) return '6000';
  if (/_(TOKENS|SIZE|LEN|DIMENSION|PERIOD|TIMEOUT)$/.test(name)) return '17';
  if (/_(VERIFY|TLS|HTTPS|GRPC|BUCKET)$/.test(name)) return 'false';
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
  expect(files).toMatchObject([{ provider_type: 'inline::localfs' }]);
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

const keys = builtInDistributions();
const [distributions, vendors] = [false, true].map((only) =>
  keys.flatMap(({ name, release, onlyByImage = false }) =>
    onlyByImage === only ? (builtIn(name, release) ?? []) : [],
  ),
) as [BuiltInDistribution[], BuiltInDistribution[]];

/** A config without the providers that come from modules of the vendor's, which only its image holds. */
function withoutModules({ config }: BuiltInDistribution): string {
  const providers = Object.entries(config.providers).map(([api, entries]) => [
    api,
    entries.filter(({ module }) => module === undefined),
  ]);
  return JSON.stringify({ ...config, providers: Object.fromEntries(providers) as object });
}

// What a vendor ships is in its image alone; `tools/release/make` compared it with ours when it wrote ours.
describe.each(vendors)('the base config of the vendor, $name $release', (distribution) => {
  test.runIf(peer(`server-${distribution.release}`))('loads, and nothing in it is ignored', () => {
    const config = withoutModules(distribution);
    const cases = [...comparisons].map(([id, variablesOf]) => ({ id, config, env: variablesOf(config) }));
    for (const { id, errors, ignored } of loadAll(distribution.release, cases)) {
      expect([id, errors, ignored]).toEqual([id, [], []]);
    }
  });
});

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
