import { isStack } from './generation.ts';
import { detectCaller } from './krm/caller.ts';
import type { Item } from './krm/item.ts';
import { findOwners } from './krm/owners.ts';
import type { ResourceList } from './krm/resource-list.ts';
import { isMapping, type JsonObject, type Path, type Report, type Result } from './krm/result.ts';
import { readOptions, type Options } from './options.ts';
import { imageOf } from './resolve/index.ts';
import { parseImage, referenceOf } from './resolve/image.ts';
import { readStack, type Stack } from './spec/stack.ts';
import { reportInV1alpha1 } from './spec/v1alpha1.ts';

/** An image that CRs of a package need. */
export interface NeededImage {
  /** The reference in full, as a lock has it: `docker.io/llamastack/distribution-starter:0.7.1`. */
  readonly image: string;
  /** Whether a CR starts from the config.yaml that the image brings. */
  readonly wantsBaseConfig: boolean;
  /** Whether a CR installs it as an external provider. */
  readonly wantsProviderSpec: boolean;
  /** What people may call it too: the distribution that a CR names, and the reference as it is written. */
  readonly names: readonly string[];
  /** Registry → registry that is read first. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** An error about the image, at the field of the first CR that needs it. */
  readonly error: (message: string) => readonly Result[];
}

/** The images of a package, each once and by reference in code unit order, and what keeps some of them from being known. */
export interface NeededImages {
  readonly images: readonly NeededImage[];
  readonly results: readonly Result[];
  /** How many CRs there are. */
  readonly stacks: number;
}

/**
 * Finds the images of all CRs of the lists that the function is given in the pipelines of a package, with the options of each
 * and these flags: those of the servers and of external providers.
 */
export function neededImages(lists: readonly ResourceList[], flags: JsonObject): NeededImages {
  const found = lists.map((list) => imagesOfList(list, flags));
  // What is wrong with something that several lists have is told once.
  const results = new Map(found.flatMap((one) => one.results.map((result) => [JSON.stringify(result), result])));
  return {
    images: joined(found.flatMap(({ images }) => images)),
    results: [...results.values()],
    stacks: found.reduce((sum, { stacks }) => sum + stacks, 0),
  };
}

function imagesOfList(list: ResourceList, flags: JsonObject): NeededImages {
  const options = readOptions(list, flags);
  const { owners, results } = findOwners(list, detectCaller(list), isStack);
  const read = owners.map(({ item }) => imagesOfCr(item, options));
  const found = [
    ...options.results,
    ...results,
    ...read.flatMap((cr) => cr.results),
    ...[...owners.map(({ item }) => item), ...options.items].flatMap((item) => item.results()),
  ];
  return {
    images: read.flatMap(({ images }) => images),
    results: found.filter(({ severity }) => severity === 'error'),
    stacks: owners.length,
  };
}

function imagesOfCr(item: Item, options: Options): Omit<NeededImages, 'stacks'> {
  const report = item.report();
  const cr = item.value();
  // What a text with faults means is not known; its own results tell them.
  if (!isMapping(cr) || item.results().length > 0) return { images: [], results: [] };
  const stack = readStack(cr, report);
  const { registryMirrors: mirrors, ...others } = options.of(item, report);
  if (stack === undefined) return { images: [], results: report.results };
  const inWords = (own: Report): Report => (stack.operator ? reportInV1alpha1(own) : own);
  const server = imageOf(stack, { ...others, registryMirrors: mirrors }, inWords(report));
  const images = usesOf(stack, server).flatMap(({ reference, at, names, ...wants }): readonly NeededImage[] => {
    const error = (message: string): readonly Result[] => {
      const own = item.report();
      inWords(own).error(at, message, { currentValue: reference });
      return own.results;
    };
    const parts = parseImage(reference);
    if (parts !== undefined)
      return [{ image: referenceOf(parts), ...wants, names: [...names, reference], mirrors, error }];
    // What container runtimes would take for a registry without a dot.
    report.results.push(
      ...error(`The image "${reference}" must be named in lower case, the registry with a dot or a port`),
    );
    return [];
  });
  return { images, results: report.results };
}

/** How a CR uses an image. */
interface Use extends Pick<NeededImage, 'wantsBaseConfig' | 'wantsProviderSpec' | 'names'> {
  readonly reference: string;
  readonly at: Path;
}

function usesOf(
  { distribution, overrideConfig, operator, externalProviders }: Stack,
  server: string | undefined,
): Use[] {
  const { name, at } = distribution;
  const own = { at: at.field(name === undefined ? 'image' : 'name'), names: name === undefined ? [] : [name] };
  const wantsBaseConfig = overrideConfig === undefined && operator === undefined;
  return [
    ...(server === undefined ? [] : [{ reference: server, ...own, wantsBaseConfig, wantsProviderSpec: false }]),
    ...externalProviders.map((provider) => ({
      reference: provider.image,
      at: provider.at.field('image'),
      names: [],
      wantsBaseConfig: false,
      wantsProviderSpec: true,
    })),
  ];
}

function joined(images: readonly NeededImage[]): readonly NeededImage[] {
  const byReference = new Map<string, NeededImage>();
  for (const one of images) {
    const first = byReference.get(one.image);
    byReference.set(one.image, {
      ...(first ?? one),
      wantsBaseConfig: one.wantsBaseConfig || first?.wantsBaseConfig === true,
      wantsProviderSpec: one.wantsProviderSpec || first?.wantsProviderSpec === true,
      names: [...new Set([...(first?.names ?? []), ...one.names])],
    });
  }
  return [...byReference.values()].sort((a, b) => (a.image < b.image ? -1 : 1));
}
