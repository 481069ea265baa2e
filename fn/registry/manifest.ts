import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import { isDigest, type Digest } from './digest.ts';

/** What a manifest says of a blob or of another manifest. */
export interface Descriptor {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
}

/** The image of one platform. */
export interface Manifest {
  readonly form: 'image';
  readonly config: Descriptor;
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
}

/** Images by platform. */
export interface Index {
  readonly form: 'index';
  readonly manifests: readonly (Descriptor & { readonly platform?: string })[];
}

const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** What is asked for: OCI and Docker's schema 2, images and indexes. */
export const manifestTypes = [...indexTypes, ...imageTypes].join(', ');

/**
 * Reads a manifest by what it holds, since registries are known to label one kind as the other; a text says what it is
 * instead: `is no JSON`.
 */
export function parseManifest(bytes: Buffer): Manifest | Index | string {
  let value: Json;
  try {
    value = JSON.parse(bytes.toString()) as Json;
  } catch {
    return bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('<') ? 'is HTML, no manifest' : 'is no JSON';
  }
  if (!isMapping(value)) return 'is no manifest';
  if (value.schemaVersion === 1) return 'is of schema 1, which registries no longer take: push the image again';
  const { mediaType } = value;
  if (typeof mediaType === 'string' && ![...imageTypes, ...indexTypes].includes(mediaType))
    return `is of the type "${mediaType.slice(0, 100)}", which is no image`;
  if (Array.isArray(value.manifests)) return readIndex(value.manifests as readonly Json[]);
  return readImage(value);
}

function readIndex(entries: readonly Json[]): Index | string {
  const manifests = entries.flatMap((entry) => {
    const descriptor = readDescriptor(entry);
    const platform = isMapping(entry) && isMapping(entry.platform) ? platformOf(entry.platform) : undefined;
    return descriptor ? [{ ...descriptor, ...(platform !== undefined && { platform }) }] : [];
  });
  return manifests.length === 0 ? 'is an index without manifests' : { form: 'index', manifests };
}

function readImage({ config, layers }: JsonObject): Manifest | string {
  const descriptor = readDescriptor(config);
  if (descriptor === undefined || !Array.isArray(layers)) return 'is no manifest of an image';
  const read = (layers as readonly Json[]).map(readDescriptor);
  const known = read.filter((layer) => layer !== undefined);
  return known.length < read.length
    ? 'has a layer without digest or size'
    : { form: 'image', config: descriptor, layers: known };
}

function readDescriptor(entry: Json | undefined): Descriptor | undefined {
  if (!isMapping(entry)) return undefined;
  const { digest, size, mediaType } = entry;
  if (!isDigest(digest) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  return { digest, size, mediaType: typeof mediaType === 'string' ? mediaType : '' };
}

/** `{os: linux, architecture: arm64, variant: v8}` → `linux/arm64/v8` */
function platformOf({ os, architecture, variant }: JsonObject): string {
  return [os, architecture, variant]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join('/');
}

/** The platform that is read unless another is asked for; base configs do not differ by platform. */
export const defaultPlatform = 'linux/amd64';

/**
 * The entry of an index for a platform (`linux/arm64`, with or without variant). Where none was asked for: that of
 * linux/amd64, else the first image; what is of no platform (attestations) is no image.
 */
export function choosePlatform({ manifests }: Index, platform: string | undefined): Descriptor | undefined {
  const wanted = platform ?? defaultPlatform;
  const images = manifests.filter((entry) => !entry.platform?.startsWith('unknown'));
  const found =
    images.find((entry) => entry.platform === wanted) ??
    images.find((entry) => entry.platform?.startsWith(`${wanted}/`)) ??
    images.find((entry) => entry.platform !== undefined && wanted.startsWith(`${entry.platform}/`));
  return found ?? (platform === undefined ? images[0] : undefined);
}
