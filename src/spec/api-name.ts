/** An API as a CR spells it: `vectorIo` or `vector_io`. */
export const API_NAME = /^[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*|(?:_[a-z0-9]+)+)?$/;

/** The server's spelling of an API: `vectorIo` → `vector_io`. */
export function toServerApi(written: string): string {
  return written.replace(/[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`);
}
