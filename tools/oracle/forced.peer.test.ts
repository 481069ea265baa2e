import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { emitYaml } from '../../src/krm/emitter.ts';
import type { JsonObject } from '../../src/krm/result.ts';
import { knownReleases } from '../../src/releases/index.ts';
import { readCases } from '../../testdata/cases.ts';
import { peer } from '../peers/env.ts';
import { baseCases, render } from './cases.ts';
import { forced } from './forced.ts';
import { Server } from './server.ts';

/** Messages stand on one line of an expected output, their quotes escaped. */
const messages = readCases().flatMap(({ expected }) =>
  [...(expected.text ?? '').matchAll(/^- message: (.*)$/gm)].map(([, text = '']) => text.replaceAll('\\"', '"')),
);

test.each(forced.map(({ says }) => says))('some golden case shows the error %s', (says) => {
  expect(messages.some((message) => says.test(message))).toBe(true);
});

for (const version of knownReleases()) {
  const cases = forced.filter(({ releases }) => releases.includes(version));
  describe.runIf(peer(`server-${version}`) && cases.length > 0)(
    `the server ${version} does not start where we say`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'llsd-forced-'));
      let server: Server;
      let valid: Readonly<Record<string, JsonObject>>;

      const boot = (config: JsonObject, name: string) => {
        const file = join(folder, `${name}.yaml`);
        writeFileSync(file, emitYaml(config));
        const state = mkdtempSync(join(folder, 'state-'));
        return server.boot({ config: file, env: {}, state, get: [], post: [], timeout: 120 });
      };

      beforeAll(() => {
        server = new Server(version, 1);
        const [base] = baseCases(version).filter(({ name }) => name === `starter@${version}`);
        const rendered = base && render(base);
        const text = rendered && 'pods' in rendered ? rendered.pods[0]?.config : undefined;
        valid = parse(text ?? '') as Readonly<Record<string, JsonObject>>;
      });

      afterAll(async () => {
        await server.end();
        rmSync(folder, { recursive: true });
      });

      test('without a fault it does', async () => {
        expect(await boot(valid, 'valid')).toMatchObject({ verdict: 'ok' });
      }, 240_000);

      test.each(cases)(
        '$says',
        async ({ edit, fails }) => {
          const { verdict, error, log_tail } = await boot(edit(valid), 'forced');
          expect(verdict, log_tail).toMatch(/^(env|schema|init|serve|exit)$/);
          expect(`${error ?? ''} ${log_tail}`).toMatch(fails);
        },
        240_000,
      );
    },
  );
}
