import { refuseBytes, run } from '../../src/run.ts';

/** The path from input to output as a host without Node finds it: `llsd.run(text, host)`, `llsd.refuseBytes(offset)`. */
Object.assign(globalThis, { llsd: { run, refuseBytes } });
