/** Provider type, some with their API → what its vendor's package needs and the servers' environments here lack. */
const packages: Readonly<Record<string, string>> = {
  'inline::milvus': 'milvus-lite',
  'inline::chromadb': 'the whole of chromadb, not its client alone',
  'inline::docling': 'docling',
  'inference inline::meta-reference': 'torch',
};

/** What a provider type needs that is not on this machine, so that the server can only load its config. */
export function missingHere(api: string, type: string): string | undefined {
  return packages[type] ?? packages[`${api} ${type}`];
}
