import { RegistryFailure } from './failure.ts';
import type { ReadImage } from './image-reader.ts';

/** What the labels of a distribution's image tell. */
export interface Labelled {
  /** The config.yaml, as it is in the image; undefined where no label leads to one. */
  readonly baseConfig?: string;
  /** `rh` */
  readonly distribution?: string;
  /** The server release: `0.7.1`. */
  readonly release?: string;
}

/** A ConfigMap holds no more than 1 MiB, of which the start program needs its share. */
const longestConfig = 900_000;

/**
 * What an image brings: its config.yaml by `io.llamastack.config.base64`, else by `.layer` and `.path`, else by
 * `com.ogx.distribution.default-config` and `com.ogx.config.<file>`, and what it says of its name and release.
 */
export async function readLabels(image: ReadImage, reference: string): Promise<Labelled> {
  const { labels } = image;
  const content =
    fromBase64(labels, 'io.llamastack.config.base64', reference) ??
    (await fromLayer(image, reference)) ??
    fromOgx(labels, reference);
  const distribution = labels['com.ogx.distribution.name'];
  const release = releaseIn(labels);
  return {
    ...(content && { baseConfig: toText(content, reference) }),
    ...(distribution !== undefined && distribution !== '' && { distribution }),
    ...(release !== undefined && { release }),
  };
}

type Labels = ReadImage['labels'];

/** The first label that holds a release in full; `io.llamastack.config.version` may also be the version of the config's form. */
function releaseIn(labels: Labels): string | undefined {
  const told = ['io.llamastack.config.version', 'com.ogx.distribution.version', 'org.opencontainers.image.version'];
  return told.flatMap((label) => /^v?(\d+\.\d+\.\d+)(?:[^0-9.]|$)/.exec(labels[label] ?? '')?.[1] ?? [])[0];
}

function fromBase64(labels: Labels, label: string, reference: string): Buffer | undefined {
  const text = labels[label]?.replace(/\s+/g, '');
  if (text === undefined || text === '') return undefined;
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0) return Buffer.from(text, 'base64');
  throw refusal(reference, `has a label "${label}" that is no base64`);
}

async function fromLayer(image: ReadImage, reference: string): Promise<Buffer | undefined> {
  const { labels, manifest, unpackedDigests } = image;
  const { 'io.llamastack.config.layer': digest, 'io.llamastack.config.path': path } = labels;
  if (path === undefined || path === '') return undefined;
  // Who builds an image knows the digest of a layer as it is unpacked; who has pushed it, that of the blob.
  const index = manifest.layers.findIndex((layer, at) => digest === layer.digest || digest === unpackedDigests[at]);
  if (digest !== undefined && digest !== '' && index < 0)
    throw refusal(reference, `has no layer "${digest}", which its label "io.llamastack.config.layer" names`);
  const found = await image.file(path, manifest.layers[index]);
  if ('content' in found) return found.content;
  throw refusal(reference, `${found.missing}, which its label "io.llamastack.config.path" names`);
}

function fromOgx(labels: Labels, reference: string): Buffer | undefined {
  const file = labels['com.ogx.distribution.default-config'];
  if (file === undefined || file === '') return undefined;
  const label = `com.ogx.config.${file}`;
  const content = fromBase64(labels, label, reference);
  if (content) return content;
  throw refusal(reference, `has no label "${label}", which its label "com.ogx.distribution.default-config" names`);
}

function toText(content: Buffer, reference: string): string {
  if (content.length > longestConfig)
    throw refusal(
      reference,
      `brings a config.yaml of ${content.length} bytes, and a ConfigMap has room for ${longestConfig}`,
    );
  return textOf(content, 'config.yaml', reference);
}

/** A file that an image brings, as text. */
export function textOf(content: Buffer, what: string, reference: string): string {
  if (content.length === 0) throw refusal(reference, `brings an empty ${what}`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw refusal(reference, `brings a ${what} that is not UTF-8`);
  }
}

/** What is told of an image that cannot be used as it is. */
export function refusal(reference: string, why: string): RegistryFailure {
  return new RegistryFailure('untrusted', `The image "${reference}" ${why}; build the image again`);
}
