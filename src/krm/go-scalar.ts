import type { Json } from './result.ts';

/** What a plain (unquoted) YAML scalar means, or why it can mean nothing in JSON. */
export type PlainScalar = { readonly value: Json } | { readonly problem: string };

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Json] => [word, null]),
  ...['true', 'True', 'TRUE'].map((word): [string, Json] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, Json] => [word, false]),
]);

const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** How Go's `strconv.ParseInt(text, 0, 64)` tells the base of an integer: by its prefix, a bare leading 0 being octal. */
const bases: readonly { readonly shape: RegExp; readonly prefix: string; readonly digitsFrom: number }[] = [
  { shape: /^[-+]?(?:0|[1-9][0-9]*)$/, prefix: '', digitsFrom: 0 },
  { shape: /^[-+]?0[xX][0-9a-fA-F]+$/, prefix: '0x', digitsFrom: 2 },
  { shape: /^[-+]?0[bB][01]+$/, prefix: '0b', digitsFrom: 2 },
  { shape: /^[-+]?0[oO][0-7]+$/, prefix: '0o', digitsFrom: 2 },
  { shape: /^[-+]?0[0-7]+$/, prefix: '0o', digitsFrom: 1 },
];

/**
 * Reads a plain scalar as Go's YAML libraries do: `0755` → 493, `0b11` → 3, `1_000` → 1000, `089` → 89, `1:30` and
 * `2001-01-01` stay text. `yes`, `no`, `on`, `off` are text, as kustomize and kpt read them (kubectl alone reads truth values).
 */
export function readPlainScalar(text: string): PlainScalar {
  const word = words.get(text);
  if (word !== undefined) return { value: word };
  if (!/^[-+.0-9]/.test(text)) return { value: text };
  if (notFinite.test(text)) return { problem: `"${text}" has no place in JSON; put it in quotes if it is text` };
  return readNumber(text);
}

function readNumber(text: string): PlainScalar {
  // Go drops every underscore before it looks at the digits, but not where the scalar starts with a point.
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  for (const { shape, prefix, digitsFrom } of bases) {
    if (!shape.test(plain)) continue;
    const digits = plain.replace(/^[-+]/, '').slice(digitsFrom);
    const magnitude = BigInt(prefix + digits);
    if (magnitude > BigInt(Number.MAX_SAFE_INTEGER)) {
      return { problem: `the number ${text} is too large to be read exactly; put it in quotes if it is text` };
    }
    const size = Number(magnitude);
    return { value: plain.startsWith('-') && size !== 0 ? -size : size };
  }
  if (!float.test(plain)) return { value: text };
  const value = Number(plain);
  if (!Number.isFinite(value)) return { value: text };
  return { value: value === 0 ? 0 : value };
}
