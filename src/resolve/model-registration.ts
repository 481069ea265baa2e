import type { Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import type { Model } from '../spec/resources.ts';
import { idOf } from './expression.ts';
import type { AskedProvider } from './providers.ts';

/** Reports a model that its provider cannot register, by its name, its own id, or for want of a key. */
export function reportUnregistrable(
  model: Model,
  providerId: string,
  own: readonly AskedProvider[],
  base: BaseConfig,
  variables: ReadonlySet<string>,
  release: Release,
  report: Report,
): void {
  const kept = (base.providers.inference ?? []).find((entry) => idOf(entry.provider_id) === providerId);
  const asked = own.find((provider) => provider.id === providerId);
  const type = asked?.entry?.type ?? release.providers.inference?.[kept?.provider_type ?? ''];
  if (type === undefined) return;
  reportName(model, providerId, type, release, report);
  if (type.listsWithKeyOnly !== true || type.credential === undefined) return;
  const why = `The server ${release.version} registers a model only where its provider lists it, which the type "${type.type}" does with a key only`;
  if (asked?.entry !== undefined) {
    const { secrets, settings } = asked.entry;
    const at = asked.provider.at.field('apiKey');
    if (type.credential in { ...secrets, ...settings } || report.hasErrorAt(at)) return;
    report.error(at, `${why}; add \`apiKey: {secretKeyRef: {name: <Secret>, key: <key>}}\``);
    return;
  }
  const written = kept?.config?.[type.credential];
  const variable = typeof written === 'string' ? /^\$\{env\.([A-Z0-9_]+):=\}$/.exec(written)?.[1] : undefined;
  if (variable === undefined || variables.has(variable)) return;
  report.error(
    model.at,
    `${why}; set ${variable} in \`spec.workload.overrides.env\`, or describe the provider under \`spec.providers.inference\``,
    { currentValue: model.name },
  );
}

/** Reports a name that is not of the fixed list of its provider, or that lacks the prefix by which the adapter knows all. */
function reportName(model: Model, providerId: string, type: ProviderType, release: Release, report: Report): void {
  const { modelIds: ids, modelPrefix: prefix } = type;
  const name = model.providerModelId ?? model.name;
  const field = model.at.field(model.providerModelId === undefined ? 'name' : 'providerModelId');
  const server = `The provider "${providerId}" of the server ${release.version}`;
  if (ids !== undefined && !ids.includes(name)) {
    report.error(field, `${server} takes only the models ${ids.join(', ')}; name one in \`providerModelId\``, {
      currentValue: name,
    });
  }
  if (prefix === undefined) return;
  if (providerId !== prefix) {
    report.error(
      model.at.field('provider'),
      `${server} serves its models only where its own \`id\` is "${prefix}"; give it that`,
      { currentValue: providerId, proposedValue: prefix },
    );
  } else if (!name.startsWith(`${prefix}/`)) {
    report.error(
      field,
      `${server} knows its models by "${prefix}/" and the vendor's name; write \`providerModelId: ${prefix}/${name}\``,
      { currentValue: name, proposedValue: `${prefix}/${name}` },
    );
  }
}
