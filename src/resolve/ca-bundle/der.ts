/** An element of DER: its tag, and where its content begins and ends. */
interface Element {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

const integer = 0x02;
const bitString = 0x03;
const sequence = 0x30;
const version = 0xa0;

/**
 * Whether the bytes are the outline of an X.509 certificate (RFC 5280, section 4.1): what is signed, the algorithm and the
 * signature, each whole. A key, a request or a torn file is none; that names and keys inside are sound is left to the server.
 */
export function isCertificate(bytes: Uint8Array): boolean {
  const [certificate, ...behind] = elements(bytes, 0, bytes.length) ?? [];
  if (certificate?.tag !== sequence || behind.length > 0) return false;
  const parts = elements(bytes, certificate.from, certificate.to) ?? [];
  const [signed] = parts;
  if (signed === undefined || tagsOf(parts) !== String([sequence, sequence, bitString])) return false;
  const fields = elements(bytes, signed.from, signed.to) ?? [];
  const fromSerial = fields[0]?.tag === version ? fields.slice(1) : fields;
  // serial number, algorithm, issuer, validity, subject, public key
  return tagsOf(fromSerial.slice(0, 6)) === String([integer, sequence, sequence, sequence, sequence, sequence]);
}

function tagsOf(parts: readonly Element[]): string {
  return String(parts.map(({ tag }) => tag));
}

/** The elements that fill the bytes from `start` to `end`; undefined where they do not fit. */
function elements(bytes: Uint8Array, start: number, end: number): Element[] | undefined {
  const found: Element[] = [];
  for (let next = start; next < end;) {
    const element = elementAt(bytes, next, end);
    if (element === undefined) return undefined;
    found.push(element);
    next = element.to;
  }
  return found;
}

function elementAt(bytes: Uint8Array, at: number, end: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  // DER has no open length, and a certificate of 2^24 bytes does not fit into a ConfigMap.
  if (first === 0x80 || lengthBytes > 3) return undefined;
  const from = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : bytes.slice(at + 2, from).reduce((sum, byte) => sum * 256 + byte, 0);
  return from + length <= end ? { tag, from, to: from + length } : undefined;
}
