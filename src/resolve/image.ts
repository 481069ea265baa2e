import { vendorImages, type VendorImage } from '../releases/index.ts';

/** An image reference in its parts: `docker.io/llamastack/distribution-starter:0.7.1@sha256:…`. */
export interface Image {
  /** `docker.io` */
  readonly registry: string;
  /** `llamastack/distribution-starter` */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The parts of an image reference, with the registry that a container runtime adds; undefined when it is malformed. */
export function parseImage(reference: string): Image | undefined {
  const match =
    /^(?<name>[^@:\s]+(?::\d+(?=\/)[^@:\s]*)?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-fA-F]{32,}))?$/.exec(
      reference,
    );
  const { name, tag, digest } = match?.groups ?? {};
  if (name === undefined) return undefined;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = first === 'localhost' || first.includes('.') || first.includes(':');
  const repository = hasRegistry ? name.slice(slash + 1) : slash < 0 ? `library/${name}` : name;
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(repository)) return undefined;
  return {
    registry: hasRegistry ? first : 'docker.io',
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/** The reference in full, by which a lock names an image: `docker.io/llamastack/distribution-starter:0.7.1`. */
export function referenceOf({ registry, repository, tag, digest }: Image): string {
  const named = tag ?? (digest === undefined ? 'latest' : undefined);
  return `${registry}/${repository}${named === undefined ? '' : `:${named}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The distribution that an image of any registry holds: `mirror.example/ai/distribution-starter:0.7.1` → `starter`. */
export function distributionOf(image: Image): string | undefined {
  const last = image.repository.slice(image.repository.lastIndexOf('/') + 1);
  return last.startsWith('distribution-') ? last.slice('distribution-'.length) : vendorOf(image)?.distribution;
}

/**
 * The release that a tag names: `v0.7.1-ubi9` → `0.7.1`, for a vendor's image the one that its version holds; undefined for
 * `latest`, a branch, a digest alone.
 */
export function releaseOf(image: Image): string | undefined {
  const vendor = vendorOf(image);
  const version = vendor?.tag.exec(image.tag ?? '')?.[1];
  if (vendor !== undefined && version !== undefined) return vendor.releases[version];
  return /^v?(\d+\.\d+\.\d+)(?:[^0-9]|$)/.exec(image.tag ?? '')?.[1];
}

function vendorOf({ repository }: Image): VendorImage | undefined {
  return vendorImages.find((vendor) => vendor.repository.test(repository));
}

/** The reference by digest alone, since not every runtime takes a tag beside it: `quay.io/a/b:1` → `quay.io/a/b@sha256:…`. */
export function atDigest(reference: string, digest: string): string {
  const image = parseImage(reference);
  return image === undefined ? reference : `${image.registry}/${image.repository}@${digest}`;
}

/** The reference with its registry replaced by the mirror that is set for it: `docker.io/a/b:1` → `mirror.example/a/b:1`. */
export function mirrored(reference: string, mirrors: Readonly<Record<string, string>>): string {
  const image = parseImage(reference);
  if (image === undefined) return reference;
  const mirror = mirrors[image.registry];
  if (mirror === undefined) return reference;
  const tag = image.tag === undefined ? '' : `:${image.tag}`;
  const digest = image.digest === undefined ? '' : `@${image.digest}`;
  return `${mirror.replace(/\/$/, '')}/${image.repository}${tag}${digest}`;
}
