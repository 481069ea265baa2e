import type { BuildOptions, Plugin } from 'esbuild';

/** Writes the program as the file that Node runs, and its code cache beside it. */
export declare function writeNodeProgram(path: string, plugins?: readonly Plugin[]): Promise<void>;

/** Bundles the program as plain ECMAScript, which asks the object `host` for all that is not of the language. */
export declare function bundleLanguage(options: BuildOptions): Promise<{ program: string }>;
