import { isMapping, type Report } from '../krm/result.ts';
import { caBundleKey, names } from '../names.ts';
import type { CaBundle } from '../spec/networking.ts';
import type { Stack } from '../spec/stack.ts';
import { decodeAscii } from './ca-bundle/base64.ts';
import { readCertificates } from './ca-bundle/certificates.ts';
import type { ConfigMapData, Package } from './references.ts';
import type { ResolvedCaBundle } from './resolved.ts';

/** As many as the operator takes. */
const mostCertificates = 1000;

/** What the Kubernetes API takes as the data of one ConfigMap, in bytes: 1 MiB. */
const mostBytes = 1_048_576;

/**
 * What `networking.tls.caBundle` is mounted from. One key of a ConfigMap of the CR's namespace is mounted as it is, and
 * checked where it is in the package; several keys or another namespace are joined into `<n>-ca-bundle`, for which the
 * ConfigMap must be in the package.
 */
export function resolveCaBundle(
  stack: Pick<Stack, 'name' | 'namespace' | 'networking'>,
  objects: Pick<Package, 'configMap'>,
  report: Report,
): ResolvedCaBundle | undefined {
  const { caBundle } = stack.networking;
  const [key] = caBundle?.configMapKeys ?? [];
  if (caBundle === undefined || key === undefined) return undefined;
  const { configMapName, configMapKeys, configMapNamespace } = caBundle;
  const generated =
    configMapKeys.length > 1 || (configMapNamespace !== undefined && configMapNamespace !== stack.namespace);
  const data = objects.configMap(configMapName, configMapNamespace ?? stack.namespace);
  if (data === undefined) {
    if (!generated) return { configMapName, key, generated };
    reportAbsent(caBundle, report);
    return undefined;
  }
  const texts = configMapKeys.flatMap((name) => textOf(data, name) ?? []);
  const certificates = texts.flatMap((text) => readKey(text, caBundle, report));
  checkAmount(certificates, texts.length, caBundle, report);
  return generated
    ? {
        configMapName: names.caBundle(stack.name),
        key: caBundleKey,
        generated,
        content: [...new Set(certificates)].join(''),
      }
    : { configMapName, key, generated, content: texts.map(({ text }) => text).join('') };
}

/** The text of one key. */
interface Text {
  readonly key: string;
  readonly text: string;
}

/** A key that is not there is found with the other references; `binaryData` is base64 of the file. */
function textOf({ data, binaryData }: ConfigMapData, key: string): Text | undefined {
  const plain = isMapping(data) ? data[key] : undefined;
  if (typeof plain === 'string') return { key, text: plain };
  const encoded = isMapping(binaryData) ? binaryData[key] : undefined;
  return typeof encoded === 'string' ? { key, text: decodeAscii(encoded) ?? encoded } : undefined;
}

/** The certificates of one key; a blank one is fine, since tools make the key before they fill it. */
function readKey({ key, text }: Text, { configMapName, at }: CaBundle, report: Report): readonly string[] {
  const { certificates, others, faults } = readCertificates(text);
  const place = at.field('configMapName');
  const holder = `The key "${key}" of the ConfigMap "${configMapName}"`;
  for (const fault of faults) report.error(place, `${holder} must hold certificates in PEM; ${fault}`);
  if (faults.length === 0 && certificates.length === 0 && text.trim() !== '') {
    report.error(place, `${holder} holds no certificate; it must hold blocks of "-----BEGIN CERTIFICATE-----"`);
  }
  if (others.some((label) => label.endsWith('PRIVATE KEY'))) {
    report.warning(place, `${holder} holds a private key, which whoever reads ConfigMaps can see; remove it there`);
  } else if (others.length > 0) {
    const labels = [...new Set(others)].map((label) => `"${label}"`).join(', ');
    report.info(place, `${holder} holds more than certificates; the server uses nothing of ${labels}`);
  }
  return certificates;
}

function checkAmount(certificates: readonly string[], keys: number, caBundle: CaBundle, report: Report): void {
  const at = caBundle.at.field('configMapName');
  const whole = `The ConfigMap "${caBundle.configMapName}"`;
  const count = new Set(certificates).size;
  if (count === 0 && keys === caBundle.configMapKeys.length && !report.hasErrorAt(at)) {
    report.error(
      at,
      `${whole} holds no certificate under ${quoted(caBundle.configMapKeys)}; add one, or remove \`caBundle\``,
    );
  }
  if (count > mostCertificates) {
    report.error(at, `${whole} holds ${String(count)} certificates; at most ${String(mostCertificates)} can be used`);
  }
  const bytes = [...new Set(certificates)].reduce((sum, { length }) => sum + length, 0);
  if (bytes > mostBytes) {
    report.error(
      at,
      `The certificates of the ConfigMap "${caBundle.configMapName}" are ${String(bytes)} bytes, and a ConfigMap holds at most ${String(mostBytes)}; leave some out`,
    );
  }
}

function reportAbsent({ configMapName, configMapKeys, configMapNamespace, at }: CaBundle, report: Report): void {
  const [where, why] =
    configMapNamespace === undefined
      ? ['', `${quoted(configMapKeys)} are joined`]
      : [` of the namespace "${configMapNamespace}"`, 'a pod mounts none of another namespace'];
  report.error(
    at.field('configMapName'),
    `The ConfigMap "${configMapName}"${where} must be in this package, since ${why}: add it, or put all certificates into one key of a ConfigMap in the namespace of the CR`,
    { currentValue: configMapName },
  );
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ');
}
