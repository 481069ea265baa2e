/** A seed that changes with the commit: the first 28 bits of its hash. */
export function seedOfCommit(hash: string): number {
  return Number.parseInt(hash.slice(0, 7), 16);
}
