import { isMapping, Path, type JsonObject, type Report } from '../krm/result.ts';
import type { Version } from '../spec/version.ts';
import { EXPOSE } from './version-fields.ts';

/** Tells what a CR means in the version that it was and not in the other, where that can surprise; `kept` are the fields in annotations. */
export function tellOfMeaning({ spec }: JsonObject, from: Version, kept: readonly string[], report: Report): void {
  // What is not converted means what it did.
  if (report.failed) return;
  if (from === 'v1alpha1' && isMapping(spec)) tellOfV1alpha1(spec, report);
  // An empty mapping means nothing, and what is exposed stays so.
  const asleep = kept.filter((field) => isMeant(field) || (field === EXPOSE && hasHostname(spec)));
  if (asleep.length === 0) return;
  const other = from === 'v1alpha1' ? 'v1alpha2' : 'v1alpha1';
  const fields = asleep.map((field) => `\`${field === EXPOSE ? `${EXPOSE}.hostname` : field}\``);
  report.warning(
    (asleep[0] ?? '').split('.').reduce((at, key) => at.field(key), Path.root),
    `${other} has no ${fields.join(', ')}: an annotation keeps what is said there, which does nothing until the CR is ${from} again`,
  );
}

const isMeant = (field: string): boolean =>
  /^spec\.(?:providers|resources|storage|disabled|externalProviders|networking\.tls\.\w+|server\.\w+\.(?:name|configMapNamespace))$/.test(
    field,
  );

function hasHostname(spec: JsonObject[string] | undefined): boolean {
  const networking = isMapping(spec) ? spec.networking : undefined;
  const expose = isMapping(networking) ? networking.expose : undefined;
  return isMapping(expose) && expose.hostname !== undefined;
}

function tellOfV1alpha1({ server, network }: JsonObject, report: Report): void {
  const { userConfig, podDisruptionBudget } = isMapping(server) ? server : {};
  if (userConfig === undefined)
    report.info(undefined, 'A v1alpha2 CR has its config.yaml generated, where this one ran that of the image');
  if (network === undefined)
    report.info(
      undefined,
      'A v1alpha2 CR has a NetworkPolicy; name who may connect in `spec.networking.allowedFrom`, or set the option `networkPolicy: Off`',
    );
  if (isMapping(podDisruptionBudget) && Object.keys(podDisruptionBudget).length === 0)
    report.warning(
      Path.root.field('spec').field('server').field('podDisruptionBudget'),
      'v1alpha2 refuses an empty `podDisruptionBudget`, which v1alpha1 takes as `{maxUnavailable: 1}`: write that',
      { proposedValue: { maxUnavailable: 1 } },
    );
}
