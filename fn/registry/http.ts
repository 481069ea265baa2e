import { rootCertificates } from 'node:tls';
import type { Dispatcher, EnvHttpProxyAgent as Agent, ProxyAgent } from 'undici';
import request from 'undici/lib/api/api-request.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import RetryAgent from 'undici/lib/dispatcher/retry-agent.js';
import { version } from '../version.ts';
import { RegistryFailure } from './failure.ts';
import type { Limits } from './limits.ts';
import { place, Reach } from './reach.ts';

type ProxyTls = Pick<ProxyAgent.Options, 'requestTls' | 'proxyTls'>;

/** What a server answered, its body not read yet: whoever gets it reads or drops it. */
export interface Answer {
  readonly status: number;
  /** The URL that answered, after redirects. */
  readonly url: URL;
  readonly body: Dispatcher.ResponseData['body'];
  header(name: string): string | undefined;
  /** What is told where the body does not come to its end. */
  brokenOff(error: unknown): RegistryFailure;
}

/** A request; `authorization` goes to the host of `url` alone, whatever it redirects to. */
export interface Question {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly accept?: string;
  readonly authorization?: string | undefined;
  readonly form?: URLSearchParams;
  /** Milliseconds for the whole answer. */
  readonly time: number;
}

/** The network: proxies of the environment, certificates, retries, redirects. Knows nothing of registries. */
export class Http {
  private readonly agent: Dispatcher;
  private readonly reach = new Reach();
  /** Requests that were sent, redirects included. */
  requests = 0;

  /** `ca` are PEM certificates of authorities that are trusted besides the known ones. */
  constructor(
    private readonly limits: Limits,
    ca?: string,
  ) {
    const tls = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
    // The agent hands its options on to those of proxies, which know more of them than its type tells.
    const options: Agent.Options & ProxyTls = {
      connect: { ...tls, timeout: limits.connect },
      requestTls: tls,
      proxyTls: tls,
      headersTimeout: limits.idle,
      bodyTimeout: limits.idle,
    };
    this.agent = new RetryAgent(new EnvHttpProxyAgent(options), {
      maxRetries: limits.retries,
      minTimeout: limits.retryAfter,
      maxTimeout: Math.min(limits.idle, 60 * limits.retryAfter),
      methods: ['GET', 'HEAD'],
      statusCodes: [429, 500, 502, 503, 504],
      errorCodes: ['ECONNRESET', 'ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'EPIPE', 'UND_ERR_SOCKET'],
    });
  }

  /** Asks, and follows redirects: never from https to http, and never with the authorization to another host. */
  async ask(question: Question): Promise<Answer> {
    let { url, authorization } = question;
    const signal = AbortSignal.timeout(question.time);
    for (let hops = 0; ; hops++) {
      const answer = await this.send({ ...question, url, authorization }, signal);
      const location = answer.header('location');
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      drop(answer);
      if (hops === this.limits.redirects)
        throw new RegistryFailure('untrusted', `${place(question.url)} was redirected more than ${hops} times`);
      const next = urlOf(location, url);
      if (next === undefined || (next.protocol !== 'https:' && next.protocol !== url.protocol))
        throw new RegistryFailure(
          'untrusted',
          `${place(question.url)} was redirected ${next ? `to ${place(next)}, which is not https` : 'to no URL'}`,
        );
      if (next.origin !== url.origin) authorization = undefined;
      url = next;
    }
  }

  /** Closes what is open, so that the program can end. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send({ url, method = 'GET', ...question }: Question, signal: AbortSignal): Promise<Answer> {
    const begun = this.reach.begin(url);
    this.requests++;
    try {
      const { statusCode, headers, body } = await request.call(this.agent, {
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        signal,
        headers: {
          'user-agent': `llsd/${version}`,
          ...(question.accept !== undefined && { accept: question.accept }),
          ...(question.authorization !== undefined && { authorization: question.authorization }),
          ...(question.form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(question.form && { body: question.form.toString() }),
      });
      // Of what is read the end counts: a host that drips answers nobody.
      const answered = this.reach.answered.bind(this.reach, url);
      if (statusCode === 200 && method !== 'HEAD') body.once('end', answered);
      else answered();
      return {
        status: statusCode,
        url,
        body,
        header: (name) => [headers[name] ?? []].flat()[0],
        brokenOff: (error) => this.reach.brokenOff(url, error, begun),
      };
    } catch (error) {
      throw this.reach.lost(url, error, begun);
    }
  }
}

/** Gives up an answer's body. */
export function drop({ body }: Pick<Answer, 'body'>): void {
  body.on('error', () => undefined).destroy();
}

/** Reads a body that must not be longer than `limit` bytes. */
export async function readBody(answer: Answer, limit: number): Promise<Buffer> {
  const { url, body } = answer;
  const tooLong = (): RegistryFailure =>
    new RegistryFailure(
      'untrusted',
      `${place(url)} answered with more than ${limit} bytes, the most that is read of it`,
    );
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    if (Number(answer.header('content-length') ?? 0) > limit) throw tooLong();
    // Most bodies are one piece: an iterator costs more than reading it.
    await new Promise<void>((resolve, reject) => {
      body.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > limit) reject(tooLong());
        else chunks.push(chunk);
      });
      body.once('end', resolve).once('error', reject);
    });
  } catch (error) {
    drop({ body });
    throw error instanceof RegistryFailure ? error : answer.brokenOff(error);
  }
  return Buffer.concat(chunks);
}

/** A text as a URL; undefined when it is none. */
export function urlOf(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
}
