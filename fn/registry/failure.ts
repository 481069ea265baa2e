/** Why a registry gave nothing: what another source (a mirror, other credentials) may still answer, and what it may not. */
export type FailureReason = 'not-found' | 'refused' | 'unreachable' | 'untrusted';

/**
 * What a registry did not give: its message names what was asked, what came and what to do, and never a credential.
 * `untrusted` is what came and must not be believed: a wrong digest, a body without end, no manifest at all.
 */
export class RegistryFailure extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
  }
}
