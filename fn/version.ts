declare const VERSION: string;

/** The version of this program, from package.json at build time. */
export const version = VERSION;
