import type { Json, JsonObject, Report } from '../krm/result.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';
import { idOf, valueUnder } from './expression.ts';
import type { ResolvedConfig, ResolvedProvider } from './resolved.ts';
import { resourceKinds } from './resources.ts';

type Providers = ResolvedConfig['providers'];

/**
 * Reports what the base config's conditions would make the server fail on with the variables of the pod: a resource whose
 * provider is not there, and a provider that is there and whose type this release cannot load or not without a variable.
 */
export function checkConditions(
  { providers, resources }: Pick<ResolvedConfig, 'providers' | 'resources'>,
  stack: Stack,
  release: Release,
  report: Report,
): void {
  const { overrides } = stack.workload;
  const set = new Set(overrides.env.flatMap(({ name, value, valueFrom }) => (value || valueFrom ? [name] : [])));
  checkResources(resources, providers, set, stack, release, report);
  checkProviders(providers, set, stack, release, report);
}

function checkResources(
  resources: ResolvedConfig['resources'],
  providers: Providers,
  set: ReadonlySet<string>,
  stack: Stack,
  release: Release,
  report: Report,
): void {
  for (const [kind, { id, api }] of Object.entries(resourceKinds)) {
    for (const entry of resources[kind] ?? []) {
      const name = under(entry[id], set);
      const provider = under(entry.provider_id, set);
      // one without a name or a provider is passed over by the server, and `all` is no provider
      if (!name || !provider || provider === 'all') continue;
      const candidates = (providers[api] ?? []).filter((candidate) => idOf(writtenId(candidate)) === provider);
      if (candidates.some((candidate) => valueUnder(writtenId(candidate), set) !== '')) continue;
      const variable = /^\$\{env\.([A-Z0-9_]+):\+/.exec(candidates.map(writtenId).join(' '))?.[1];
      if (variable === undefined) continue;
      report.error(
        stack.workload.overrides.at.field('env'),
        `The base config registers "${name}" on its provider "${provider}", which is there only when ${variable} is set, ` +
          `and the server ${release.version} does not start without it; set ${variable}, or give providers of your own ` +
          `under \`spec.providers.${api}\``,
      );
    }
  }
}

function checkProviders(
  providers: Providers,
  set: ReadonlySet<string>,
  stack: Stack,
  release: Release,
  report: Report,
): void {
  for (const [api, entries] of Object.entries(providers)) {
    for (const provider of entries) {
      if (provider.from === 'cr') {
        const { id, type, base, defaults, settings, endpoint } = provider;
        const config = { ...defaults, ...base, ...settings, ...endpoint };
        checkRequired(
          [`The provider "${id}"`, 'write its value out'],
          config,
          type.required,
          set,
          stack,
          release,
          report,
        );
        continue; // A type that cannot be loaded was reported with its `provider`.
      }
      const { provider_id, provider_type, config = {} } = provider.entry;
      if (valueUnder(provider_id, set) === '') continue;
      const type = release.providers[api]?.[provider_type];
      const name = `The base config's provider "${idOf(provider_id)}"`;
      checkRequired(
        [name, 'describe the provider under `spec.providers`'],
        config,
        type?.required ?? [],
        set,
        stack,
        release,
        report,
      );
      const unloadable = type?.unloadable;
      if (unloadable === undefined) continue;
      const index = stack.workload.overrides.env.findIndex(({ name }) => provider_id.includes(`{env.${name}:`));
      report.error(
        stack.workload.overrides.at.field('env').item(index),
        `This variable turns on the base config's provider "${idOf(provider_id)}", whose type "${provider_type}" the ` +
          `server ${release.version} cannot load: ${unloadable}; remove it`,
      );
    }
  }
}

/** A field that the server does not start without, and that is left to a variable: `${env.VLLM_URL:=}`. */
function checkRequired(
  [provider, otherwise]: readonly [provider: string, otherwise: string],
  config: JsonObject,
  required: readonly string[],
  set: ReadonlySet<string>,
  stack: Stack,
  release: Release,
  report: Report,
): void {
  for (const field of required) {
    const value = config[field];
    if (typeof value !== 'string' || value === '' || valueUnder(value, set) !== '') continue;
    const variable = /\$\{env\.([A-Z0-9_]+)/.exec(value)?.[1] ?? '';
    report.error(
      stack.workload.overrides.at.field('env'),
      `${provider} takes "${field}" from the variable ${variable}, and the server ${release.version} does not start ` +
        `without it; set ${variable}, or ${otherwise}`,
    );
  }
}

function writtenId(provider: ResolvedProvider): string {
  return provider.from === 'cr' ? provider.id : provider.entry.provider_id;
}

function under(value: Json | undefined, set: ReadonlySet<string>): string | undefined {
  return typeof value === 'string' ? valueUnder(value, set) : undefined;
}
