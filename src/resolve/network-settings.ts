import { isMapping, type Json, type JsonObject, type Path, type Report } from '../krm/result.ts';
import { caBundleFile, dataDirectory, tlsDirectory } from '../mounts.ts';
import type { Stack } from '../spec/stack.ts';
import { hasExpression } from './expression.ts';
import type { AskedProvider } from './providers.ts';

/** Fields of `settings.network` that name a file; the server looks each up when it reads its config. */
const files = [
  ['tls', 'verify'],
  ['tls', 'client_cert'],
  ['tls', 'client_key'],
  ['proxy', 'cacert'],
] as const;

/** Folders in which an image has files of its own. */
const foldersOfImage = /^\/(etc|usr|opt|app|var\/lib)\//;

/**
 * Reports what the server refuses in `settings.network` of a provider beyond the types of its fields: a file that no mount
 * brings, a client certificate without its key, and two ways to name one proxy.
 */
export function checkNetworkSettings(asked: readonly AskedProvider[], stack: Stack, report: Report): void {
  for (const { provider, entry } of asked) {
    const network = entry?.settings.network;
    const at = provider.at.field('settings').field('network');
    if (!isMapping(network) || !entry?.type.fields.network) continue;
    for (const [section, field] of files) {
      const value = partOf(network, section)[field];
      if (typeof value === 'string') checkFile(value, at.field(section).field(field), field, stack, report);
    }
    checkPairs(network, at, report);
  }
}

function checkFile(value: string, at: Path, field: string, stack: Stack, report: Report): void {
  if (hasExpression(value) || foldersOfImage.test(value) || isMounted(value, stack) || report.hasErrorAt(at)) return;
  const switched = field === 'verify' && /^(true|false|yes|no|on|off|0|1)$/i.test(value);
  report.error(
    at,
    switched
      ? '`verify` must be true or false without quotes, or the path of a file: the server takes a text for a path'
      : `\`${field}\` must be the path of a file that is there when the server starts, and nothing is mounted at this one; ` +
          'mount it with `spec.workload.overrides.volumes` and `volumeMounts`' +
          (field === 'verify' ? ', or give `spec.networking.tls.caBundle` instead' : ''),
    { currentValue: value, ...(switched && { proposedValue: /^(true|yes|on|1)$/i.test(value) }) },
  );
}

function isMounted(path: string, stack: Stack): boolean {
  const { networking, workload } = stack;
  const folders = [
    ...workload.overrides.volumeMounts.map(({ mountPath }) => mountPath),
    ...(networking.tls ? [tlsDirectory] : []),
    dataDirectory(stack),
  ];
  return (
    (networking.caBundle !== undefined && path === caBundleFile) ||
    folders.some((folder) => path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`))
  );
}

function checkPairs(network: JsonObject, at: Path, report: Report): void {
  const { client_cert: certificate, client_key: key } = partOf(network, 'tls');
  if (isSet(certificate) !== isSet(key)) {
    report.error(at.field('tls'), '`client_cert` and `client_key` must be given together, or neither');
  }
  const proxy = partOf(network, 'proxy');
  if (isSet(proxy.url) && (isSet(proxy.http) || isSet(proxy.https))) {
    report.error(
      at.field('proxy'),
      '`url` is the proxy for all connections, so that `http` and `https` must not be beside it',
    );
  }
}

function partOf(network: JsonObject, section: string): JsonObject {
  const part = network[section];
  return isMapping(part) ? part : {};
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}
