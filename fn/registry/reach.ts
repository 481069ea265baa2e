import { RegistryFailure } from './failure.ts';

/**
 * Which hosts answer. One that gave nothing to a request, nor to any other meanwhile, is not asked again: fifty images of a
 * registry that is down cost no more time than the first of them.
 */
export class Reach {
  /** Origin → how many answers it gave. */
  private readonly answers = new Map<string, number>();
  /** Origin → why it counts as down. */
  private readonly down = new Map<string, unknown>();

  /** Notes that a request begins; refuses it where the host is down. What it gives is for `lost`. */
  begin({ origin, pathname }: URL): number {
    if (!this.down.has(origin)) return this.answers.get(origin) ?? 0;
    const error = this.down.get(origin);
    const { what, advice } = causeOf(error);
    throw failure(error, `${origin} ${what}, and was not asked for ${pathname}; ${advice}`);
  }

  /** Notes that a host has answered. */
  answered({ origin }: URL): void {
    this.answers.set(origin, (this.answers.get(origin) ?? 0) + 1);
  }

  /** What is told of a request without an answer. */
  lost(url: URL, error: unknown, begun: number): RegistryFailure {
    if (begun === (this.answers.get(url.origin) ?? 0)) this.down.set(url.origin, error);
    const { what, advice } = causeOf(error);
    return failure(error, `${place(url)} ${what}; ${advice}`);
  }

  /** What is told of an answer that did not come to its end; only a host that let the time run out may be down. */
  brokenOff(url: URL, error: unknown, begun: number): RegistryFailure {
    if (isTimeout(error)) return this.lost(url, error, begun);
    return failure(error, `${place(url)} broke off before the end of its answer; try again, or use a mirror`);
  }
}

function failure(cause: unknown, message: string): RegistryFailure {
  return Object.assign(new RegistryFailure('unreachable', message), { cause });
}

/** A URL as messages show it: its query and user may hold credentials. */
export function place({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

/** Why nothing came, and what to do; `statusCode` is that of the last try. */
function causeOf(error: unknown): { what: string; advice: string } {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (isTimeout(error)) return { what: 'did not answer in time', advice: 'try again, or use a mirror' };
  if (statusCode !== undefined && statusCode >= 400)
    return { what: `answered ${statusCode} each time`, advice: 'try again later' };
  return {
    what: `cannot be reached (${code ?? 'the connection broke'})`,
    advice: /CERT|SELF_SIGNED|ISSUER|ALTNAME|VERIFY/.test(code ?? '')
      ? 'name the file of the authority that signed its certificate with `--ca`'
      : 'check the name of the registry, the network and HTTPS_PROXY',
  };
}

function isTimeout(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'TimeoutError' || name === 'AbortError' || code?.endsWith('_TIMEOUT') === true;
}
