import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildImage, canRunImage, containerRuntime, runPodman } from './image/container-image.ts';
import { peer } from './peers/env.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Metadata {
  readonly [field: string]: unknown;
  readonly image: string;
  readonly tags: readonly string[];
  readonly sourceURL: string;
  readonly examplePackageURLs: readonly string[];
}
interface Kptfile {
  readonly pipeline: { readonly mutators: readonly { readonly image: string }[] };
}

const metadata = parse(read('catalog/functions/llsd/metadata.yaml')) as Metadata;
const examples = metadata.examplePackageURLs.map((url) => basename(url));
const image = `${metadata.image}:latest`;

test("the catalog's metadata has every field that it requires, and only tags that it knows", () => {
  expect(Object.keys(metadata).sort()).toEqual(
    ['description', 'emails', 'examplePackageURLs', 'image', 'license', 'sourceURL', 'tags'].sort(),
  );
  expect(['mutator', 'validator', 'generator', 'viewer']).toEqual(expect.arrayContaining([...metadata.tags]));
  expect(metadata.tags.length).toBeGreaterThan(0);
  expect(metadata.image).toMatch(/\/llsd$/);
  expect(basename(metadata.sourceURL)).toBe('llsd');
});

test("the function's page has the parts that the catalog shows, and names only options that there are", () => {
  const page = read('catalog/functions/llsd/README.md');
  expect([...page.matchAll(/<!--mdtogo:(\w+)-->/g)].map(([, part]) => part)).toEqual(['Short', 'Long', 'Examples']);
  expect(page.match(/<!--mdtogo-->/g)).toHaveLength(3);
  const options = [...page.matchAll(/^- (`\w+`(?:, `\w+`)*):/gm)].flatMap(([, names]) => names?.split(', ') ?? []);
  expect(options.length).toBeGreaterThan(5);
  const table = read('README.md');
  expect(options.filter((name) => !table.includes(name))).toEqual([]);
});

test('every example is a package with a page, whose pipeline runs the image of the metadata', () => {
  expect(readdirSync(join(root, 'catalog/examples')).sort()).toEqual([...examples].sort());
  for (const name of examples) {
    expect(name).toMatch(/^llsd-/);
    expect(read(`catalog/examples/${name}/README.md`)).toMatch(/^# llsd: \w+ Example\n/);
    const { pipeline } = parse(read(`catalog/examples/${name}/Kptfile.txt`)) as Kptfile;
    expect(pipeline.mutators.map((mutator) => mutator.image)).toEqual([image]);
  }
});

describe.runIf(peer('kpt') && canRunImage)('kpt 1.0.0-beta.56, container', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'llsd-catalog-'));

  beforeAll(() => {
    buildImage(image);
  });
  afterAll(() => {
    runPodman(['rmi', '--force', image]);
    rmSync(scratch, { recursive: true });
  });

  test.each(examples)('catalog: kpt renders %s by the image of that name', (name) => {
    cpSync(join(root, 'catalog/examples', name), join(scratch, name), { recursive: true });
    // kpt would take it for a package of this repository under its own name, and run the function of each
    renameSync(join(scratch, name, 'Kptfile.txt'), join(scratch, name, 'Kptfile'));
    const env = { ...process.env, ...containerRuntime(scratch).env, PATH: [scratch, process.env.PATH].join(delimiter) };
    const options = ['fn', 'render', name, '--image-pull-policy', 'Never'];
    const { status, stderr } = spawnSync('kpt', options, { cwd: scratch, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('[PASS]') as string });
    expect(existsSync(join(scratch, name, 'deployment_my-stack.yaml'))).toBe(true);
  });
});
