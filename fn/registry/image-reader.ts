import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import type { Image } from '../../src/resolve/image.ts';
import type { Digest } from './digest.ts';
import { RegistryFailure } from './failure.ts';
import { findFile, type Found, type ReadLayer } from './find-file.ts';
import type { LayerEntry, Wanted } from './layer.ts';
import { choosePlatform, defaultPlatform, parseManifest, type Descriptor, type Manifest } from './manifest.ts';
import { parseReference, type Access, Registry } from './registry.ts';
import { repositoriesOf, type Repository } from './repository.ts';

/** An image as a registry has it now. */
export interface ReadImage {
  /** Of the whole image, all platforms together, unless one was asked for. */
  readonly digest: Digest;
  readonly labels: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
  /** The digests of the layers unpacked, as the image's config lists them. */
  readonly unpackedDigests: readonly string[];
  /** The file at a path; `within` one layer alone, where it is given. */
  file(path: string, within?: Descriptor): Promise<Found>;
}

/** Reads images, from mirrors first; each image and layer is read once. */
export class ImageReader {
  private readonly registry: Registry;
  private readonly images = new Map<string, Promise<ReadImage>>();
  private readonly layers = new Map<string, Promise<readonly LayerEntry[]>>();

  /** Reads with `access`; `mirrors` are tried before the registry that they stand for, `platform` is `linux/arm64`. */
  constructor(
    private readonly access: Access,
    private readonly mirrors: Readonly<Record<string, string>>,
    private readonly platform?: string,
  ) {
    this.registry = new Registry(access);
  }

  /** The image of a reference. */
  read(reference: string): Promise<ReadImage> {
    const reading =
      this.images.get(reference) ??
      this.fromEach(reference, (repository, image) => this.readFrom(repository, image.digest ?? image.tag ?? 'latest'));
    this.images.set(reference, reading);
    return reading;
  }

  /** The digest that a reference has now; for one platform the image must be read. */
  async digest(reference: string): Promise<Digest> {
    if (this.platform !== undefined) return (await this.read(reference)).digest;
    return this.fromEach(reference, (repository, image) =>
      this.registry.head(repository, image.digest ?? image.tag ?? 'latest'),
    );
  }

  private async fromEach<T>(reference: string, look: (repository: Repository, image: Image) => Promise<T>): Promise<T> {
    const image = parseReference(reference);
    if (image === undefined) throw new RegistryFailure('not-found', `"${reference}" is no image reference`);
    const failures: RegistryFailure[] = [];
    for (const repository of repositoriesOf(image, this.mirrors)) {
      try {
        return await look(repository, image);
      } catch (error) {
        if (!(error instanceof RegistryFailure)) throw error;
        failures.push(error);
      }
    }
    const [first, ...others] = failures;
    throw new RegistryFailure(
      failures.at(-1)?.reason ?? 'unreachable',
      [first?.message ?? '', ...others.map(({ message }) => `and without the mirror: ${message}`)].join('; '),
    );
  }

  private async readFrom(repository: Repository, reference: string): Promise<ReadImage> {
    const { digest, manifest, own } = await this.manifest(repository, reference);
    const { limits } = this.access;
    if (manifest.layers.length > limits.layers)
      throw this.refuse(repository, reference, `has ${manifest.layers.length} layers, and runtimes take 128`);
    const config = parseConfig(await this.registry.document(repository, manifest.config));
    if (config === undefined) throw this.refuse(repository, reference, 'has a config that is no JSON object');
    const read: ReadLayer = (layer, path, wanted) => this.layer(repository, layer, path, wanted);
    return {
      digest: this.platform === undefined ? digest : own,
      labels: labelsOf(config),
      manifest,
      unpackedDigests: unpackedDigestsOf(config),
      file: (path, within) => findFile(within ? [within] : manifest.layers, path, limits.links, read),
    };
  }

  /** The manifest of the platform, through indexes; `digest` is that of the reference, `own` that of the manifest. */
  private async manifest(
    repository: Repository,
    reference: string,
  ): Promise<{ digest: Digest; manifest: Manifest; own: Digest }> {
    const first = await this.registry.manifest(repository, reference);
    let current = first;
    for (let depth = 0; depth <= this.access.limits.indexDepth; depth++) {
      const parsed = parseManifest(current.bytes);
      if (typeof parsed === 'string') throw this.refuse(repository, reference, `answers with what ${parsed}`);
      if (parsed.form === 'image') return { digest: first.digest, manifest: parsed, own: current.digest };
      const chosen = choosePlatform(parsed, this.platform);
      if (chosen === undefined) {
        const platforms = [...new Set(parsed.manifests.flatMap(({ platform }) => platform ?? []))].sort().join(', ');
        throw new RegistryFailure(
          'not-found',
          `${nameOf(repository, reference)} has no image for ${this.platform ?? defaultPlatform}; it has: ${platforms}`,
        );
      }
      current = await this.registry.manifest(repository, chosen.digest);
    }
    throw this.refuse(repository, reference, 'is an index of indexes without end');
  }

  /** What a layer says of a path; images that share the layer share the answer. */
  private layer(
    repository: Repository,
    layer: Descriptor,
    path: string,
    wanted: Wanted,
  ): Promise<readonly LayerEntry[]> {
    const key = `${layer.digest} ${path}`;
    const reading = this.layers.get(key) ?? this.readLayer(repository, layer, wanted);
    // What failed here may be had from a mirror.
    reading.catch(() => this.layers.delete(key));
    this.layers.set(key, reading);
    return reading;
  }

  private async readLayer(repository: Repository, layer: Descriptor, wanted: Wanted): Promise<readonly LayerEntry[]> {
    // Most images say in labels what is wanted; what reads layers need not be loaded for them.
    const { readLayer } = await import('./layer.ts');
    return readLayer(await this.registry.blob(repository, layer), layer, wanted, this.access.limits);
  }

  private refuse(repository: Repository, reference: string, why: string): RegistryFailure {
    return new RegistryFailure('untrusted', `${nameOf(repository, reference)} ${why}`);
  }
}

function nameOf({ registry, name }: Repository, reference: string): string {
  return `The image "${registry}/${name}${reference.includes(':') ? '@' : ':'}${reference}"`;
}

function parseConfig(bytes: Buffer): JsonObject | undefined {
  try {
    const config = JSON.parse(bytes.toString()) as Json;
    return isMapping(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

function labelsOf({ config }: JsonObject): Readonly<Record<string, string>> {
  const labels = isMapping(config) && isMapping(config.Labels) ? config.Labels : {};
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function unpackedDigestsOf({ rootfs }: JsonObject): readonly string[] {
  const digests = isMapping(rootfs) && Array.isArray(rootfs.diff_ids) ? (rootfs.diff_ids as readonly Json[]) : [];
  return digests.map(String);
}
