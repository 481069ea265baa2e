import { once } from 'node:events';
import { Readable, Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { Parser, type ReadEntry } from 'tar';
import { hashOf } from './digest.ts';
import { RegistryFailure } from './failure.ts';
import type { Answer } from './http.ts';
import type { Limits } from './limits.ts';
import type { Descriptor } from './manifest.ts';
import { normalPath } from './path-in-image.ts';
import { place } from './reach.ts';

/** An entry of a layer that was asked for; a path has neither `/` at its start nor `.` nor `..`. */
export interface LayerEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'symlink' | 'hardlink' | 'other';
  /** Where a link leads to, as it is written. */
  readonly target: string;
  readonly content?: Buffer;
}

/** Whether an entry is given to the reader, and whether with its content. */
export type Wanted = (path: string) => 'content' | 'entry' | undefined;

/**
 * The wanted entries of a layer, in order, once it was read to its end and found to have its digest and size. Memory holds
 * a piece of it at a time; time, size, entries and expansion are bounded.
 */
export async function readLayer(
  answer: Answer,
  layer: Descriptor,
  wanted: Wanted,
  limits: Limits,
): Promise<readonly LayerEntry[]> {
  const refuse = (why: string): RegistryFailure =>
    new RegistryFailure('untrusted', `The layer ${layer.digest} (${place(answer.url)}) ${why}; it is not read`);
  const reader = new EntryReader(wanted, limits, refuse);
  const hash = hashOf(layer.digest);
  let packed = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      packed += chunk.length;
      hash.update(chunk);
      done(
        packed > layer.size ? refuse(`is longer than the ${layer.size} bytes that its manifest tells`) : null,
        chunk,
      );
    },
  });
  let unpacked = 0;
  try {
    const source = pipeline(answer.body, counted, () => undefined);
    for await (const chunk of unpack(source, refuse)) {
      unpacked += chunk.length;
      if (unpacked > limits.layerBytes) throw refuse(`unpacks to more than ${limits.layerBytes} bytes`);
      if (unpacked > limits.fileBytes && unpacked > packed * limits.expansion)
        throw refuse(`unpacks to more than ${limits.expansion} times its size`);
      await reader.write(chunk);
    }
    if (packed !== layer.size || hash.digest('hex') !== layer.digest.slice(7))
      throw refuse('does not have the bytes of its digest');
    await reader.end();
  } catch (error) {
    answer.body.on('error', () => undefined).destroy();
    throw error instanceof RegistryFailure ? error : answer.brokenOff(error);
  }
  return reader.entries;
}

/** Unpacks by what the first bytes say, since media types are not always right. */
async function* unpack(source: Readable, refuse: (why: string) => RegistryFailure): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done !== true) head = Buffer.concat([head, next.value]);
    if (head.length >= 4 || next.done === true) break;
  }
  const whole = rejoined(head, chunks);
  if (head.length >= 2 && head.readUInt16BE() === 0x1f8b) yield* gunzipped(whole, refuse);
  else if (head.length >= 4 && isZstd(head.readUInt32LE())) yield* zstdUnpacked(whole, refuse);
  else yield* whole;
}

function isZstd(magic: number): boolean {
  // The second are frames that are skipped.
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* gunzipped(
  source: AsyncIterable<Buffer>,
  refuse: (why: string) => RegistryFailure,
): AsyncGenerator<Buffer> {
  let broken: unknown;
  const gunzip = createGunzip();
  const stream = pipeline(Readable.from(source), gunzip, (error) => {
    broken = error;
  });
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    const { code } = error as { code?: string };
    throw code?.startsWith('Z_') === true ? refuse('is no gzip that can be read') : (broken ?? error);
  }
}

/** Bytes that are unpacked at a time: what they come to is held in memory. */
const zstdPiece = 1024;

async function* zstdUnpacked(
  source: AsyncIterable<Buffer>,
  refuse: (why: string) => RegistryFailure,
): AsyncGenerator<Buffer> {
  let unpacked: Uint8Array[] = [];
  const stream = new Decompress((chunk) => unpacked.push(chunk));
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length; start += zstdPiece) {
      try {
        stream.push(chunk.subarray(start, start + zstdPiece));
      } catch {
        throw refuse('is no zstd that can be read');
      }
      for (const piece of unpacked) yield Buffer.from(piece);
      unpacked = [];
    }
  }
  try {
    stream.push(new Uint8Array(0), true);
  } catch {
    throw refuse('is no zstd that can be read');
  }
}

class EntryReader {
  readonly entries: LayerEntry[] = [];
  private readonly parser: Parser;
  private readonly ended: Promise<unknown>;
  private count = 0;
  private fault: RegistryFailure | undefined;

  constructor(
    private readonly wanted: Wanted,
    private readonly limits: Limits,
    private readonly refuse: (why: string) => RegistryFailure,
  ) {
    this.parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        this.read(entry);
      },
    });
    this.ended = once(this.parser, 'end');
    this.ended.catch(() => undefined);
    this.parser.on('error', () => {
      this.fault ??= this.refuse('is no tar that can be read');
    });
  }

  async write(chunk: Buffer): Promise<void> {
    const isFree = this.parser.write(chunk);
    this.check();
    if (!isFree) await once(this.parser, 'drain');
  }

  async end(): Promise<void> {
    this.parser.end();
    this.check();
    await this.ended;
    this.check();
  }

  private check(): void {
    if (this.fault) throw this.fault;
  }

  private read(entry: ReadEntry): void {
    if (++this.count > this.limits.entries) this.fault ??= this.refuse(`has more than ${this.limits.entries} entries`);
    const path = normalPath(entry.path);
    const wanted = path === undefined ? undefined : this.wanted(path);
    if (path === undefined || wanted === undefined) {
      entry.resume();
      return;
    }
    const type = types[entry.type] ?? 'other';
    const found = { path, type, target: entry.linkpath ?? '' };
    if (wanted === 'entry' || type !== 'file') {
      this.entries.push(found);
      entry.resume();
      return;
    }
    if (entry.size > this.limits.fileBytes) {
      this.fault ??= this.refuse(
        `holds "${path}" with ${entry.size} bytes, and at most ${this.limits.fileBytes} are read`,
      );
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    entry.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    entry.on('end', () => this.entries.push({ ...found, content: Buffer.concat(chunks) }));
  }
}

const types: Readonly<Record<string, LayerEntry['type']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  SymbolicLink: 'symlink',
  Link: 'hardlink',
};
