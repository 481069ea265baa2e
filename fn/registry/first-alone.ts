import { setTimeout as sleep } from 'node:timers/promises';

/** Lets the first of a kind end before the others begin, which can then use what it found out; they do not wait for ever. */
export class FirstAlone {
  private readonly firsts = new Map<string, Promise<void>>();

  /** `most` are the milliseconds that others wait. */
  constructor(private readonly most: number) {}

  /** Does the work: at once for the first of this kind. */
  async run<T>(kind: string, work: () => Promise<T>): Promise<T> {
    const first = this.firsts.get(kind);
    if (first !== undefined) {
      await first;
      return work();
    }
    const working = work();
    const ended = working.then(
      () => undefined,
      // Whoever asked is told.
      () => undefined,
    );
    this.firsts.set(kind, Promise.race([ended, sleep(this.most, undefined, { ref: false })]));
    return working;
  }
}
