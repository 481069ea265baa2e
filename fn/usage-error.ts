/** A mistake on the command line, told in one line; the exit code is 2. */
export class UsageError extends Error {}
