import { system } from '../system.ts';

/** What is done at one time. */
const atOnce = 8;

/**
 * Does the work for each, a few at one time; the outcomes are in the order of what was given. A terminal is shown how far
 * it is: `3 of 12 images`.
 */
export async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const isShown = await system.isTerminal(2);
  const outcomes: R[] = [];
  const waiting = all.entries();
  let done = 0;
  const show = async (text: string): Promise<void> => {
    if (isShown) await system.write(2, `\r\u001b[K${text}`);
  };
  const worker = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      await show(`${done} of ${all.length} images`);
      outcomes[index] = await work(one);
      done++;
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    await show('');
  }
  return outcomes;
}
