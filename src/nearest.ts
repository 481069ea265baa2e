import { distance } from 'fastest-levenshtein';

/** Longer words are no misspelling of a name that we know; the comparison takes time by the product of the lengths. */
const LONGEST = 64;

/** `apiKey`, `api_key`, `API-Key` → `apikey` */
const plain = (word: string): string => word.toLowerCase().replace(/[-_.\s]/g, '');

/**
 * The candidate that `word` most likely means: the same but for case and separators, else the one within a third of
 * its length in edits, or two; of equally near ones the first by code unit. Undefined when none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  const wanted = plain(word);
  let best: string | undefined;
  // Two neighbours swapped are two edits, and the most usual slip.
  let bestDistance = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1;
  for (const candidate of [...candidates].sort()) {
    const edits = distance(wanted, plain(candidate));
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** The hint behind a name that is not known: ` (did you mean "vllm"?)`, or nothing. */
export function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}
