import { isMapping, type Json, type JsonObject, type Report } from '../krm/result.ts';
import { tlsDirectory } from '../mounts.ts';
import { configKeys } from '../names.ts';
import type { OverrideConfig } from '../spec/override-config.ts';
import type { Stack } from '../spec/stack.ts';
import type { Package } from './references.ts';

/** The parts of a CR that are still in force beside its `overrideConfig`. */
type Overridden = Pick<Stack, 'namespace' | 'networking' | 'workload' | 'overrideConfig'>;

/**
 * The data of the ConfigMap of `spec.overrideConfig` where it is in the package, checked against what the pod has of the
 * rest of the CR: probes and clients speak as `networking.tls` says, and the server as its config.yaml does.
 */
export function resolveOverrideConfig(
  stack: Overridden,
  objects: Pick<Package, 'configMap' | 'parse'>,
  report: Report,
): JsonObject | undefined {
  const { overrideConfig, namespace } = stack;
  if (overrideConfig === undefined) return undefined;
  const { data, binaryData } = objects.configMap(overrideConfig.configMapName, namespace) ?? {};
  const text = isMapping(data) ? data[configKeys.config] : undefined;
  if (typeof text === 'string') checkConfig(objects.parse(text), stack, overrideConfig, report);
  else reportUnseen(stack, overrideConfig, report);
  if (!isMapping(data) && !isMapping(binaryData)) return undefined;
  return { ...(isMapping(data) && data), ...(isMapping(binaryData) && binaryData) };
}

function checkConfig(
  { value, fault }: ReturnType<Package['parse']>,
  { networking, workload }: Overridden,
  { configMapName, at }: OverrideConfig,
  report: Report,
): void {
  const place = at.field('configMapName');
  const file = `The \`config.yaml\` of the ConfigMap "${configMapName}"`;
  if (fault !== undefined || !isMapping(value)) {
    report.error(place, `${file} must be a mapping in YAML${fault === undefined ? '' : `; ${fault}`}`);
    return;
  }
  const server = isMapping(value.server) ? value.server : {};
  const files = ['tls_certfile', 'tls_keyfile'].filter((field) => isSet(server[field]));
  if (networking.tls !== undefined && files.length < 2) {
    report.error(place, `${file} leaves the server at HTTP, while its probes and clients speak HTTPS; ${tlsFields}`);
  }
  if (networking.tls === undefined && files.length === 2 && files.every((field) => isLiteral(server[field]))) {
    report.error(
      place,
      `${file} makes the server speak HTTPS, while its probes and clients speak HTTP; set \`spec.networking.tls.secretName\`, or remove \`server.tls_certfile\` there`,
    );
  }
  if (files.length === 2 && isSet(server.tls_cafile) && isLiteral(server.tls_cafile)) {
    report.error(
      place,
      `${file} makes the server ask for client certificates, which no probe has; remove \`server.tls_cafile\` there`,
    );
  }
  // 0.4 to 0.6 hand uvicorn their default, a list, which it takes with one worker only; later ones listen on "::"
  if (typeof server.workers === 'number' && server.workers > 1 && typeof server.host !== 'string') {
    report.warning(
      place,
      `${file} has several workers and leaves the host to the server, which up to 0.6 does not start with them, and later not where there is no IPv6; set \`server.host: ${anyAddress}\` there`,
    );
  }
  if (workload.workers !== undefined && isLiteral(server.workers) && server.workers !== workload.workers) {
    report.warning(
      workload.at.field('workers'),
      `The server has the workers of its config.yaml, and this decides the CPU request alone; set \`server.workers: ${String(workload.workers)}\` in the ConfigMap "${configMapName}"`,
      { currentValue: workload.workers },
    );
  }
}

/** What a config that is not in the package must say to go with the CR. */
function reportUnseen(
  { networking, workload }: Overridden,
  { configMapName, at }: OverrideConfig,
  report: Report,
): void {
  const needs = [
    ...(networking.tls === undefined ? [] : [tlsFields]),
    ...(workload.workers === undefined ? [] : [workersFields(workload.workers)]),
  ];
  if (needs.length === 0) return;
  report.info(
    at.field('configMapName'),
    `The server takes some things from its config.yaml alone; in that of the ConfigMap "${configMapName}" ${needs.join(', and ')}`,
  );
}

const tlsFields = `set \`server.tls_certfile: ${tlsDirectory}/tls.crt\` and \`server.tls_keyfile: ${tlsDirectory}/tls.key\``;

const anyAddress = '0.0.0.0';

function workersFields(workers: number): string {
  const host = workers > 1 ? ` with \`server.host: ${anyAddress}\`` : '';
  return `set \`server.workers: ${String(workers)}\`${host}`;
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Whether a value is the same wherever the server runs; what a variable gives is not known here. */
function isLiteral(value: Json | undefined): boolean {
  return typeof value !== 'string' || !value.includes('${env.');
}
