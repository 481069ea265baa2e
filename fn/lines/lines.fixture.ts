import { expect } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../src/run.ts';
import { system } from '../system.ts';
import type { Disk } from './bounded-disk.ts';
import { linesOf } from './index.ts';

/** An object as far as these tests change one. */
export interface KubernetesObject {
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** A CR in 9 lines or more, whose spec ends with this. */
export const stack = (spec = 'networking: {port: 80}', metadata = ''): string =>
  `# ours\napiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: my-stack\n${metadata}spec:\n  distribution: {name: starter}\n  ${spec}\n`;
/** A mistake, or none, on the second line of what it gives. */
export const port = (value: number): string => `networking:\n    port: ${String(value)}`;
/** The same as a patch, which says less of the spec. */
export const patch = (spec: string): string => stack(spec).replace('  distribution: {name: starter}\n', '');
/** A text as a block of a kustomization has it. */
export const indented = (text: string, spaces: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));

/** What kustomize puts on what it hands to a transformer. */
export const transformer = { 'kustomize.config.k8s.io/id': 'id' };
/** What makes a CR the config of a generator. */
export const generator = { 'config.kubernetes.io/function': 'exec: {path: llsd}\n' };
/** What a transformer is given with `buildMetadata: [originAnnotations]`. */
export const origin = (path: string) => ({ ...transformer, 'config.kubernetes.io/origin': `path: ${path}\n` });
/** kpt's marks of a package and of a file in it. */
export const kpt = (packagePath: string, path: string) => ({
  'internal.config.kubernetes.io/package-path': packagePath,
  'internal.config.kubernetes.io/path': path,
});

/** The object of a text as an orchestrator hands it over. */
export function given(text: string, annotations: Record<string, string>, name = 'my-stack'): KubernetesObject {
  const object = parse(text) as KubernetesObject;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, name, annotations: { ...metadata.annotations, ...annotations } } };
}

/** A disk with these files alone, and the paths of those that were read. */
export function diskOf(files: Readonly<Record<string, string | number>>): Disk & { readonly read: string[] } {
  const read: string[] = [];
  return {
    read,
    isFile: (path) => {
      if (Object.hasOwn(files, path)) return true;
      if (Object.keys(files).some((file) => path === '.' || file.startsWith(`${path}/`))) return false;
      throw Object.assign(new Error(path), { code: 'ENOENT', syscall: 'stat' });
    },
    readFile: (path) => {
      read.push(path);
      return files[path] ?? '';
    },
  };
}

/** What is told of a list, its lines up to the name of the CR; `objects` are its items, or a generator's config alone. */
export function told(objects: KubernetesObject | readonly KubernetesObject[], disk: Disk): string[] {
  const list = Array.isArray(objects) ? { items: objects } : { items: [objects], functionConfig: objects };
  const input = JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', ...list });
  const { err, told: results } = run(input, system);
  if (!results) throw new Error('The list could not be read');
  const lines = linesOf(results, err, disk);
  const without = (text: string): string => text.replaceAll(/^\S+:\d+: | \([^ ]+\.yaml\)$/gm, '');
  expect(without(lines)).toBe(without(err));
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/: LlamaStackDistribution\/[^ ]*: [^ ]*: .*?(?=$| \([^ ]+\)$)/, ''));
}

/** The items that a transformer is given, of one CR. */
export const inKustomize = (text = stack(port(80)), name = 'my-stack', annotations = {}) => [
  given(text, { ...transformer, ...annotations }, name),
];
