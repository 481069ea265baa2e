import { isUtf8 } from 'node:buffer';

/** A text that was read, or the offset of the first of its bytes at which it is no longer UTF-8. */
export type Read = string | number;

/** The text of the bytes, a byte order mark included. */
export function textOf(bytes: Buffer): Read {
  return firstNotUtf8(bytes) ?? bytes.toString();
}

const blockLength = 65_536;

/** The offset of the first byte at which `bytes` is no longer UTF-8, as Rust's `valid_up_to` counts; undefined when all of it is. */
export function firstNotUtf8(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let offset = 0;
  for (let end = blockEnd(bytes, offset); isUtf8(bytes.subarray(offset, end)); end = blockEnd(bytes, offset))
    offset = end;
  for (;;) {
    const length = characterLength(bytes[offset] ?? 0);
    if (length === 0 || !isUtf8(bytes.subarray(offset, offset + length))) return offset;
    offset += length;
  }
}

/** The end of the block that starts at `offset`, moved back to where a character starts. */
function blockEnd(bytes: Buffer, offset: number): number {
  let end = offset + blockLength;
  for (let back = 0; back < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80; back++) end--;
  return end;
}

/** How many bytes the character that starts with `lead` has; 0 for a byte that starts none. */
function characterLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc0) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf8 ? 4 : 0;
}
