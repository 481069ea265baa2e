import { isKustomization } from '../../src/krm/kustomization-file.ts';
import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import { isMapping, type JsonObject } from '../../src/krm/result.ts';
import { parseYaml } from '../../src/krm/yaml.ts';
import { readDocument } from '../../src/krm/yaml-value.ts';
import { joined } from '../lines/kustomizations.ts';

/** The kustomizations among the files of a package, by path. */
export function kustomizationsOf(files: readonly PackageFile[]): ReadonlyMap<string, JsonObject> {
  const found = files.filter(({ path }) => isKustomization(path));
  return new Map(found.map(({ path, text }) => [joined(path, '.'), valueOf(text)]));
}

/** What a text of one YAML document says; nothing where it is no mapping, for which others give the error. */
export function valueOf(text: string): JsonObject {
  const [document] = parseYaml(text);
  const value = document === undefined ? undefined : readDocument(document).value;
  return isMapping(value) ? value : {};
}
