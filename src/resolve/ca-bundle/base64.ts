const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf: ReadonlyMap<string, number> = new Map(Array.from(digits, (digit, value) => [digit, value]));

/** The bytes of a base64 text without blanks; undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const written = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((written.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let next = 0;
  for (const digit of written) {
    bits = ((bits << 6) | (valueOf.get(digit) ?? 0)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[next] = (bits >> held) & 0xff;
    next += 1;
  }
  return bytes;
}

/** Text of which only the ASCII part matters, as PEM is; undefined where `text` is no base64. */
export function decodeAscii(text: string): string | undefined {
  const bytes = decodeBase64(text.replace(/\s+/g, ''));
  return bytes && Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
