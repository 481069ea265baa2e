import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../krm/result.ts';
import { Path, Report } from '../krm/result.ts';
import { resolveCaBundle } from './ca-bundle.ts';
import { readCertificates } from './ca-bundle/certificates.ts';
import type { ConfigMapData } from './references.ts';

/** The public roots that Node knows, each as OpenSSL writes it. */
const roots = rootCertificates.map((pem) => new X509Certificate(pem).toString());
const [first = '', second = '', third = ''] = roots;
const at = Path.root.field('spec').field('networking').field('tls').field('caBundle');
let privateKey = '';

beforeAll(() => {
  privateKey = execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519'], { encoding: 'utf8' });
});

interface Given {
  readonly keys?: readonly string[];
  readonly namespace?: string;
  readonly data?: Readonly<Record<string, Json>>;
  readonly binaryData?: Readonly<Record<string, Json>>;
}

/** The CA bundle `company-ca` of a CR `demo` in the namespace `ai`, and the results as lines. */
function resolved({ keys = ['ca.crt'], namespace, data, binaryData }: Given) {
  const report = new Report();
  const asked: (string | undefined)[] = [];
  const caBundle = resolveCaBundle(
    {
      name: 'demo',
      namespace: 'ai',
      networking: {
        port: 8321,
        caBundle: {
          configMapName: 'company-ca',
          configMapKeys: keys,
          ...(namespace !== undefined && { configMapNamespace: namespace }),
          at,
        },
        allowedFrom: { namespaces: [], labels: [] },
        at: Path.root,
      },
    },
    {
      configMap(name, where): ConfigMapData | undefined {
        asked.push(`${String(where)}/${name}`);
        return data === undefined && binaryData === undefined ? undefined : { data, binaryData };
      },
    },
    report,
  );
  return { caBundle, asked, results: report.results.map(({ severity, message }) => `${severity}: ${message}`) };
}

describe('one key of a ConfigMap of the namespace', () => {
  const asItIs = { configMapName: 'company-ca', key: 'ca.crt', generated: false };

  it('is mounted as it is, unread where the package lacks the ConfigMap', () => {
    expect(resolved({})).toEqual({ caBundle: asItIs, asked: ['ai/company-ca'], results: [] });
    expect(resolved({ namespace: 'ai' }).caBundle).toEqual(asItIs);
  });

  it('tells its content where the package has it, so that a change rolls the pods', () => {
    const content = `# company\n${first}`;
    expect(resolved({ data: { 'ca.crt': content } })).toMatchObject({ caBundle: { ...asItIs, content }, results: [] });
  });

  it('must hold a certificate', () => {
    expect(resolved({ data: { 'ca.crt': ' \n' } }).results).toEqual([
      'error: The ConfigMap "company-ca" holds no certificate under "ca.crt"; add one, or remove `caBundle`',
    ]);
    expect(resolved({ data: { 'ca.crt': 'see the wiki' } }).results).toEqual([
      'error: The key "ca.crt" of the ConfigMap "company-ca" holds no certificate; it must hold blocks of "-----BEGIN CERTIFICATE-----"',
    ]);
  });

  it('that is not there is left to the check of references', () => {
    expect(resolved({ data: {} }).results).toEqual([]);
  });
});

describe('several keys, or another namespace', () => {
  const joined = { configMapName: 'demo-ca-bundle', key: 'ca-bundle.crt', generated: true };

  it('are joined into `<n>-ca-bundle` in the order of the keys, each certificate once', () => {
    const data = {
      'b.crt': `${second}${first}`,
      'a.crt': `text before\n${first.replaceAll('\n', '\r\n')}`,
      more: third,
    };
    expect(resolved({ keys: ['a.crt', 'b.crt'], data })).toMatchObject({
      caBundle: { ...joined, content: first + second },
      results: [],
    });
  });

  it('are read from the namespace that the CR names', () => {
    expect(resolved({ namespace: 'pki', data: { 'ca.crt': first } })).toMatchObject({
      caBundle: { ...joined, content: first },
      asked: ['pki/company-ca'],
    });
  });

  it('may be in `binaryData`, and one of them blank', () => {
    const given = { data: { 'a.crt': '' }, binaryData: { 'b.crt': Buffer.from(first).toString('base64') } };
    expect(resolved({ keys: ['a.crt', 'b.crt'], ...given })).toMatchObject({
      caBundle: { ...joined, content: first },
      results: [],
    });
  });

  it('must be in the package', () => {
    expect(resolved({ keys: ['a.crt', 'b.crt'] })).toMatchObject({
      caBundle: undefined,
      results: [
        'error: The ConfigMap "company-ca" must be in this package, since "a.crt", "b.crt" are joined: add it, or put all certificates into one key of a ConfigMap in the namespace of the CR',
      ],
    });
    expect(resolved({ namespace: 'pki' }).results).toEqual([
      'error: The ConfigMap "company-ca" of the namespace "pki" must be in this package, since a pod mounts none of another namespace: add it, or put all certificates into one key of a ConfigMap in the namespace of the CR',
    ]);
  });

  it('hold at most 1000 certificates', () => {
    const numbered = (number: number): string => {
      // The last bytes are the signature's, which nobody reads here.
      const bytes = Buffer.from(first.replace(/-----.*-----|\n/g, ''), 'base64');
      bytes.writeUInt32BE(number, bytes.length - 4);
      return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`;
    };
    const many = (count: number): string => Array.from({ length: count }, (_, index) => numbered(index)).join('');
    expect(resolved({ data: { 'ca.crt': many(500) } }).results).toEqual([]);
    expect(resolved({ data: { 'ca.crt': many(1001) } }).results).toEqual([
      'error: The ConfigMap "company-ca" holds 1001 certificates; at most 1000 can be used',
      expect.stringMatching(
        /^error: The certificates of the ConfigMap "company-ca" are \d+ bytes, and a ConfigMap holds/,
      ),
    ]);
  });
});

describe('what is not a certificate', () => {
  it('is told and not used; a private key with a warning that does not show it', () => {
    const { results } = resolved({ data: { 'ca.crt': first + privateKey } });
    expect(results).toEqual([
      'warning: The key "ca.crt" of the ConfigMap "company-ca" holds a private key, which whoever reads ConfigMaps can see; remove it there',
    ]);
    const list = '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n';
    expect(resolved({ keys: ['ca.crt', 'b'], data: { 'ca.crt': first + list, b: second } })).toMatchObject({
      caBundle: { content: first + second },
      results: [
        'info: The key "ca.crt" of the ConfigMap "company-ca" holds more than certificates; the server uses nothing of "X509 CRL"',
      ],
    });
  });

  const body = first.split('\n').slice(1, -2);
  const block = (lines: readonly string[]): string =>
    `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;

  it.each([
    ['cut off', block(body.slice(0, -1)), /^line 1: this is not a whole X.509 certificate/],
    ['with something behind it', block([...body.slice(0, -1), 'AAAA', body.at(-1) ?? '']), /^line 1: this is not/],
    ['not base64', block(['%%%%']), /^line 1: this is not a whole/],
    ['empty', block([]), /^line 1: this is not a whole/],
    ['without END', first.replace(/-----END.*\n/, '') + second, /^line 1: this block has no END/],
    ['without BEGIN', first.replace(/-----BEGIN.*\n/, ''), /this END has no BEGIN/],
    ['indented', first.replace(/^/gm, '  '), /^line 1: BEGIN and END must each fill a line/],
    ['folded into one line', first.replaceAll('\n', ' '), /^line 1: BEGIN and END must each fill a line/],
  ])('is told with its line: a block that is %s', (_what, text, fault) => {
    const { faults } = readCertificates(text);
    expect(faults[0]).toMatch(fault);
    expect(resolved({ data: { 'ca.crt': text } }).results[0]).toMatch(
      /^error: The key "ca.crt" of the ConfigMap "company-ca" must hold certificates in PEM; line/,
    );
  });

  it('is told: a key with the label of a certificate', () => {
    expect(readCertificates(privateKey.replaceAll('PRIVATE KEY', 'CERTIFICATE')).faults).toHaveLength(1);
  });
});

it('every public root is read as it is', () => {
  expect(roots.length).toBeGreaterThan(100);
  expect(readCertificates(roots.join(''))).toEqual({ certificates: roots, others: [], faults: [] });
});
