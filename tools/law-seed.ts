import fc from 'fast-check';

/**
 * The seed of every law test: one that stays, so that a change is judged by what it changes. `LLSD_SEED=<number>` takes
 * another; `LLSD_SEED=random` lets each run try other values, as `npm run laws` does.
 */
const seed = process.env.LLSD_SEED ?? '20260';

if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
