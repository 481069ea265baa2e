import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Cruise {
  readonly summary: { readonly violations: readonly { from: string; to: string; rule: { name: string } }[] };
}

/** The imports below `folder` that the table forbids: `src/run.ts → fn/llsd.ts`. */
function forbidden(folder: string): string[] {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const { stdout } = spawnSync(process.execPath, [program, '--config', config, '--output-type', 'json', 'src', 'fn'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { violations } = (JSON.parse(stdout) as Cruise).summary;
  return violations.filter(({ rule }) => rule.name !== 'no-orphans').map(({ from, to }) => `${from} → ${to}`);
}

/** Statements of one file each, and what the table says of them. */
const allowed: readonly (readonly [file: string, statement: string])[] = [
  ['src/run.ts', "import '../src/krm/resource-list.ts'"],
  ['src/run.ts', "import './expand.ts'"],
  ['src/expand.ts', "import './spec/stack.ts'"],
  ['src/expand.ts', "import './resolve/index.ts'"],
  ['src/expand.ts', "import './config/server-config.ts'"],
  ['src/expand.ts', "import './manifests/index.ts'"],
  ['src/krm/resource-list.ts', "import 'yaml'"],
  ['src/spec/stack.ts', "import './providers.ts'"],
  ['src/spec/providers.ts', "import '../krm/result.ts'"],
  ['src/resolve/index.ts', "import type { Stack } from '../spec/stack.ts'"],
  ['src/resolve/index.ts', "import '../releases/index.ts'"],
  ['src/config/server-config.ts', "import type { Resolved } from '../resolve/resolved.ts'"],
  ['src/config/server-config.ts', "import '../names.ts'"],
  ['src/manifests/deployment.ts', "import type { ServerConfig } from '../config/server-config.ts'"],
  ['src/manifests/deployment.ts', "import './labels.ts'"],
  ['src/manifests/index.ts', "import './deployment.ts'"],
  ['fn/function.ts', "import '../src/run.ts'"],
  ['fn/function.ts', "import 'node:fs'"],
];

const notAllowed: readonly (readonly [file: string, statement: string, imported: string])[] = [
  ['src/krm/result.ts', "import '../names.ts'", 'src/names.ts'],
  ['src/krm/result.ts', "import type { Stack } from '../spec/stack.ts'", 'src/spec/stack.ts'],
  ['src/krm/resource-list.ts', "import 'node:fs'", 'fs'],
  ['src/expand.ts', "import './spec/providers.ts'", 'src/spec/providers.ts'],
  ['src/run.ts', "import '../fn/llsd.ts'", 'fn/llsd.ts'],
  ['src/spec/providers.ts', "import './networking.ts'", 'src/spec/networking.ts'],
  ['src/spec/networking.ts', "import '../krm/resource-list.ts'", 'src/krm/resource-list.ts'],
  ['src/spec/networking.ts', "import 'yaml'", 'node_modules/yaml/index.js'],
  ['src/resolve/index.ts', "import '../spec/networking.ts'", 'src/spec/networking.ts'],
  ['src/config/server.ts', "import '../resolve/index.ts'", 'src/resolve/index.ts'],
  ['src/config/server.ts', "import './storage.ts'", 'src/config/storage.ts'],
  [
    'src/config/storage.ts',
    "import type { Deployment } from '../manifests/deployment.ts'",
    'src/manifests/deployment.ts',
  ],
  ['src/manifests/service.ts', "import './deployment.ts'", 'src/manifests/deployment.ts'],
  ['src/manifests/service.ts', "import '../config/server-config.ts'", 'src/config/server-config.ts'],
  ['src/releases/index.ts', "import '../resolve/index.ts'", 'src/resolve/index.ts'],
  ['src/names.ts', "import './krm/resource-list.ts'", 'src/krm/resource-list.ts'],
  ['fn/function.ts', "import '../src/manifests/index.ts'", 'src/manifests/index.ts'],
  ['fn/function.ts', "import 'zod'", 'node_modules/zod/index.js'],
];

const folder = mkdtempSync(join(tmpdir(), 'llsd-imports-'));

beforeAll(() => {
  const statements = new Map<string, string[]>();
  for (const [file, statement] of [...allowed, ...notAllowed])
    statements.set(file, [...(statements.get(file) ?? []), statement]);
  for (const [file, lines] of statements) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${lines.join(';\n')};\nexport type Stack = 1;\n`);
  }
  for (const file of ['src/resolve/resolved.ts', 'src/manifests/labels.ts', 'fn/llsd.ts'])
    writeFileSync(join(folder, file), 'export type Resolved = 1;\n');
  copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  for (const name of ['yaml', 'zod']) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), `{"name": "${name}", "main": "index.js"}`);
    writeFileSync(join(folder, 'node_modules', name, 'index.js'), 'exports.a = 1;');
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the table of who may import whom forbids what it does not name, and nothing else', () => {
  const expected = notAllowed.map(([file, , imported]) => `${file} → ${imported}`);
  expect([...new Set(forbidden(folder))].sort()).toEqual(expected.sort());
});

test('this tree keeps to the table', () => {
  expect(forbidden(root)).toEqual([]);
});
