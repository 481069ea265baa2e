/** What a registry asks for with 401: a scheme and its parameters, the names in lower case. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

/**
 * The challenge of a `WWW-Authenticate` header that this program can answer, bearer before basic:
 * `Bearer realm="https://auth.example/token",service="registry"`; undefined for none.
 */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const part = new RegExp(`(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))|(${token})(?=\\s|,|$)`, 'g');
  for (const [, name, quoted, plain, scheme] of header.slice(0, 8192).matchAll(part)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    else if (name !== undefined) {
      const current = challenges.at(-1);
      if (current) current.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
    }
  }
  for (const scheme of ['bearer', 'basic'] as const) {
    const found = challenges.find((challenge) => challenge.scheme === scheme);
    if (found) return { scheme, parameters: found.parameters };
  }
  return undefined;
}
