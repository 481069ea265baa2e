import { isMapping, type Json } from '../../src/krm/result.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { RegistryFailure } from './failure.ts';
import { readBody, urlOf, type Answer, type Http } from './http.ts';
import type { Limits } from './limits.ts';
import { place } from './reach.ts';
import { isLoopback, type Repository } from './repository.ts';

/**
 * The `Authorization` header that answers a registry's 401: basic, or a bearer token for pulling from this repository,
 * which the token server gives for the credentials or to anyone. Undefined where there is nothing to answer with.
 */
export async function authorize(
  http: Http,
  limits: Limits,
  answer: Answer,
  repository: Repository,
  credentials: Credentials | undefined,
): Promise<string | undefined> {
  const challenge = parseChallenge(answer.header('www-authenticate') ?? '');
  if (challenge?.scheme === 'bearer') {
    const realm = realmOf(challenge, answer, repository);
    return `Bearer ${await fetchToken(http, limits, realm, challenge, repository, credentials)}`;
  }
  if (challenge === undefined)
    throw new RegistryFailure(
      'refused',
      `${place(answer.url)} answered 401 and asks for no kind of login that is known`,
    );
  return credentials && 'user' in credentials ? basic(credentials) : undefined;
}

function basic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Credentials go to the token server, so that it must be asked as safely as the registry was. */
function realmOf({ parameters }: Challenge, { url }: Answer, { registry }: Repository): URL {
  const realm = urlOf(parameters.realm ?? '');
  const isSafe =
    realm?.protocol === 'https:' || (realm?.protocol === 'http:' && url.protocol === 'http:' && isLoopback(realm.host));
  if (realm !== undefined && isSafe) return realm;
  throw new RegistryFailure(
    'untrusted',
    `The registry "${registry}" names ${realm ? place(realm) : 'no URL'} as its token server, and that must be https`,
  );
}

async function fetchToken(
  http: Http,
  limits: Limits,
  realm: URL,
  { parameters }: Challenge,
  { name }: Repository,
  credentials: Credentials | undefined,
): Promise<string> {
  const scope = `repository:${name}:pull`;
  const service = parameters.service;
  const isIdentity = credentials !== undefined && 'identityToken' in credentials;
  const asked = new URLSearchParams({ ...(service !== undefined && { service }), scope });
  const url = new URL(realm);
  if (isIdentity) {
    asked.set('grant_type', 'refresh_token');
    asked.set('client_id', 'llsd');
    asked.set('refresh_token', credentials.identityToken);
  } else for (const [key, value] of asked) url.searchParams.append(key, value);
  const answer = await http.ask({
    url,
    accept: 'application/json',
    time: limits.document,
    ...(isIdentity ? { method: 'POST', form: asked } : { authorization: credentials && basic(credentials) }),
  });
  const body = await readBody(answer, limits.documentBytes);
  if (answer.status !== 200)
    throw new RegistryFailure('refused', `The token server ${place(realm)} answered ${answer.status} for "${name}"`);
  const token = tokenIn(body);
  if (token !== undefined) return token;
  throw new RegistryFailure(
    'untrusted',
    `The token server ${place(realm)} answered for "${name}" with what is no token`,
  );
}

/** `token`, or `access_token` as OAuth 2 has it. */
function tokenIn(body: Buffer): string | undefined {
  let answer: Json;
  try {
    answer = JSON.parse(body.toString()) as Json;
  } catch {
    return undefined;
  }
  const token = isMapping(answer) ? (answer.token ?? answer.access_token) : undefined;
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}
