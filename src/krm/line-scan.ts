import { readPlainScalar } from './go-scalar.ts';
import type { Json } from './result.ts';

const tab = 9;
const space = 32;
const doubleQuote = 34;
const hash = 35;
const singleQuote = 39;
const colon = 58;
const backslash = 92;

function asciiClass(characters: string): readonly boolean[] {
  const isIn = Array<boolean>(128).fill(false);
  for (let index = 0; index < characters.length; index++) isIn[characters.charCodeAt(index)] = true;
  return isIn;
}
const word = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_';
const keyStart = asciiClass(`${word}./$`);
const keyPart = asciiClass(`${word}./$-`);
const plainStart = asciiClass(`${word}./~+$(;^=<\\-`);
const simpleEscape = asciiClass('"\\/bfnrt');

/** A list in brackets on one line, of words and quoted texts only: `["serve", '--port', 8321]`; or an empty mapping. */
const simpleFlow = /^(?:\{\}|\[ *(?:(?:[\w./][\w./-]*|"[^"\\]*"|'[^']*')(?: *, *|(?= *\])))* *\]) *(?: #.*)?$/;
const blockHeader = /^([|>])(-?) *(?: #.*)?$/;

/** Where a key that starts at `at` ends, before its colon; -1 where no plain or simply quoted key starts. */
export function keyEnd(text: string, at: number, lineEnd: number): number {
  const first = text.charCodeAt(at);
  let end = at + 1;
  if (first === doubleQuote || first === singleQuote) {
    for (let code = text.charCodeAt(end); end < lineEnd && code !== first; code = text.charCodeAt(++end)) {
      if (code === backslash && first === doubleQuote) return -1;
    }
    end++;
  } else if (keyStart[first] !== true) return -1;
  else while (end < lineEnd && keyPart[text.charCodeAt(end)] === true) end++;
  if (text.charCodeAt(end) !== colon || end >= lineEnd) return -1;
  return end + 1 === lineEnd || text.charCodeAt(end + 1) === space ? end : -1;
}

/**
 * Where a scalar that is all on this line ends, comment and spaces behind it left out; -1 where the line is anything but
 * such a scalar that every YAML reader takes alike.
 */
export function scalarEnd(text: string, at: number, lineEnd: number): number {
  const first = text.charCodeAt(at);
  if (first === doubleQuote) return closed(text, doubleQuotedEnd(text, at, lineEnd), lineEnd);
  if (first === singleQuote) return closed(text, singleQuotedEnd(text, at, lineEnd), lineEnd);
  return plainEnd(text, at, lineEnd, first);
}

function plainEnd(text: string, at: number, lineEnd: number, first: number): number {
  if (first < 128 ? plainStart[first] !== true : first < 161 || first > 0xd7ff) return -1;
  if (first === 45 && (at + 1 === lineEnd || text.charCodeAt(at + 1) === space)) return -1;
  let end = at;
  for (let next = at, code = first; next < lineEnd; code = text.charCodeAt(next)) {
    next++;
    if (code === tab || (code === colon && (next === lineEnd || text.charCodeAt(next) === space))) return -1;
    if (code === hash && text.charCodeAt(next - 2) === space) break;
    if (code !== space) end = next;
  }
  return end;
}

function doubleQuotedEnd(text: string, at: number, lineEnd: number): number {
  for (let next = at + 1; next < lineEnd; next++) {
    const code = text.charCodeAt(next);
    if (code === doubleQuote) return next + 1;
    if (code === backslash && simpleEscape[text.charCodeAt(++next)] !== true) return -1;
  }
  return -1;
}

function singleQuotedEnd(text: string, at: number, lineEnd: number): number {
  for (let next = at + 1; next < lineEnd; next++) {
    if (text.charCodeAt(next) !== singleQuote) continue;
    if (text.charCodeAt(next + 1) !== singleQuote) return next + 1;
    next++;
  }
  return -1;
}

/** `end`, if nothing but a comment follows it on the line. */
function closed(text: string, end: number, lineEnd: number): number {
  if (end === -1) return -1;
  let at = end;
  while (at < lineEnd && text.charCodeAt(at) === space) at++;
  return at === lineEnd || (at > end && text.charCodeAt(at) === hash) ? end : -1;
}

/** Whether a line ends in a mapping or list in braces or brackets that needs no parser to be told from an error. */
export function isSimpleFlow(written: string): boolean {
  return simpleFlow.test(written);
}

/** The header of a block text, `|` or `>-`; undefined for the rarer ones that set indentation or keep empty lines. */
export function readBlockHeader(written: string): { readonly folded: boolean; readonly chomp: boolean } | undefined {
  const header = blockHeader.exec(written);
  return header ? { folded: header[1] === '>', chomp: header[2] === '-' } : undefined;
}

/** The value of a scalar that `scalarEnd` has found; undefined where it means nothing in JSON (`.inf`). */
export function readLineScalar(written: string): Json | undefined {
  if (written.startsWith('"')) return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  const read = readPlainScalar(written);
  return 'value' in read ? read.value : undefined;
}
