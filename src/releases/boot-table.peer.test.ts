import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { host } from '../../fn/function.ts';
import { inputOf } from '../../tools/oracle/cases.ts';
import { Oracle, type Judged } from '../../tools/oracle/oracle.ts';
import { podsOf } from '../../tools/oracle/pod.ts';
import { peer } from '../../tools/peers/env.ts';
import type { JsonObject, Result } from '../krm/result.ts';
import { run } from '../run.ts';
import { apiRows } from './boot-table/apis.fixture.ts';
import { providerRows } from './boot-table/providers.fixture.ts';
import { resourceRows } from './boot-table/resources.fixture.ts';
import type { Booted, Row } from './boot-table/row.fixture.ts';
import { storageRows } from './boot-table/storage.fixture.ts';
import { knownReleases, releaseFor, type Release } from './index.ts';

const rows = [...apiRows, ...providerRows, ...resourceRows, ...storageRows];

interface Rendered {
  readonly input: Buffer;
  readonly results: readonly Result[];
  readonly errors: readonly string[];
  readonly booted: Booted | undefined;
}

/** Renders the CR of a row on an image of one's own, which has the packages of every provider type. */
function render({ spec }: Row, release: Release): Rendered {
  const input = inputOf({
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'row' },
    spec: {
      distribution: { image: `registry.example/distribution-starter:${release.version}` },
      ...(typeof spec === 'function' ? spec(release) : spec),
    },
  });
  const { out, code } = run(input.toString(), host);
  const { results } = parse(out) as { readonly results: readonly Result[] };
  const errors = results.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (code !== 0) return { input, results, errors, booted: undefined };
  const [pod] = podsOf(out);
  const config = parse(pod?.config ?? '') as JsonObject;
  const program = Object.keys(pod?.program ?? {}).length > 0;
  return { input, results, errors, booted: { config, release, program } };
}

test('every row is there once', () => {
  const names = rows.map(({ row }) => row);
  expect(names).toEqual([...new Set(names)]);
});

for (const release of knownReleases().flatMap((version) => releaseFor(version) ?? [])) {
  const rendered = rows.map((row) => ({ ...row, ...render(row, release) }));
  const refused = rendered.filter(({ errors }) => errors.length > 0);
  const written = rendered.filter(({ booted }) => booted !== undefined);

  describe(`at ${release.version}`, () => {
    test.each(refused)('$row: refused, and the error says why', ({ errors, error }) => {
      expect(error, errors.join('; ')).toBeDefined();
      expect(errors.join('\n')).toMatch(error ?? /^$/);
    });

    test.each(written)('$row: not reached by what is written', ({ reached, told, booted, results }) => {
      // A row that has neither is an error on every release.
      expect(reached ?? told).toBeDefined();
      if (booted) expect(reached?.(booted) ?? false).toBe(false);
      const said = told?.(release);
      if (said) expect(results.map(({ message }) => message).join('\n')).toMatch(said);
    });
  });

  describe.runIf(peer(`server-${release.version}`))(`the server ${release.version}`, () => {
    const oracle = new Oracle();
    // Where the error of a list of disabled APIs proposes another, that one is booted.
    const disabled = Object.keys(release.providers).map((api) => {
      const row = { row: `disabled: [${api}]`, spec: { disabled: [api] } };
      return { ...row, ...render(row, release) };
    });
    const all = [...written, ...disabled];
    let judged: readonly Judged[] = [];

    beforeAll(async () => {
      await oracle.start();
      judged = await oracle.judge(
        all.map(({ row, input }) => ({ name: row, input, valid: true })),
        release.version,
      );
    }, 1_200_000);
    afterAll(async () => oracle.stop());

    test.each(all.map(({ row }) => row))('%s: boots and does what its CR says', (row) => {
      const verdicts = judged.find(({ name }) => name === row)?.verdicts ?? [];
      expect(verdicts).toHaveLength(1);
      expect(verdicts[0]?.faults.join('\n')).toBe('');
      expect(verdicts[0]?.boots === true || verdicts[0]?.loadsOnly !== undefined).toBe(true);
    });
  });
}
