import type { Plugin } from 'esbuild';

/** Writes the program as the file that Node runs, and its code cache beside it. */
export declare function writeNodeProgram(path: string, plugins?: readonly Plugin[]): Promise<void>;
