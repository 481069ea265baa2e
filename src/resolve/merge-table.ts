import type { RenderOptions } from '../spec/render-options.ts';

/** The two ways to merge a CR with its base config: the option `providerMerge`. */
export type MergeMode = RenderOptions['providerMerge'];

/** What becomes of a key of config.yaml, in the words of `docs/merge.md`. */
export type MergeRule =
  | 'base'
  | 'written'
  | 'by API'
  | 'by id, laid over'
  | 'by id'
  | 'by id, with its provider'
  | 'with the providers'
  | 'by kind'
  | 'defaults follow'
  | 'CR over base';

const alike = (rule: MergeRule): Readonly<Record<MergeMode, MergeRule>> => ({ Replace: rule, Overlay: rule });

/** Key of config.yaml → how a CR is merged with the base config there, by mode; the merge works from this table. */
export const mergeTable: Readonly<Record<string, Readonly<Record<MergeMode, MergeRule>>>> = {
  version: alike('written'),
  image_name: alike('written'),
  distro_name: alike('written'),
  apis: alike('with the providers'),
  providers: { Replace: 'by API', Overlay: 'by id, laid over' },
  storage: alike('by kind'),
  registered_resources: alike('by id, with its provider'),
  server: alike('CR over base'),
  vector_stores: alike('defaults follow'),
  safety: alike('defaults follow'),
  connectors: alike('by id'),
  telemetry: alike('CR over base'),
  container_image: alike('base'),
  logging: alike('base'),
  external_providers_dir: alike('base'),
  external_apis_dir: alike('base'),
};

/** How a key of config.yaml is merged; one that is in no release's config is kept as the base has it. */
export function mergeRule(key: string, mode: MergeMode): MergeRule {
  return mergeTable[key]?.[mode] ?? 'base';
}

/** Whether the CR's providers of an API stand in the place of all that the base config has for it. */
export function replacesByApi(mode: MergeMode): boolean {
  return mergeRule('providers', mode) === 'by API';
}
