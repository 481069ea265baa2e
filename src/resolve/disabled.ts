import { Path, type Report } from '../krm/result.ts';
import type { BaseConfig, BaseProvider } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { DisabledApi } from '../spec/disabled.ts';
import type { Stack } from '../spec/stack.ts';
import { providerApis, reportUnknownApi, toApi } from './apis.ts';
import { idOf } from './expression.ts';
import { replacesByApi, type MergeMode } from './merge-table.ts';
import type { AskedProvider } from './providers.ts';

/** What `spec.disabled` takes away: APIs, and single base providers that cannot run without them. */
export interface Disabled {
  readonly apis: ReadonlySet<string>;
  /** `<api>/<id>` of base providers whose API stays. */
  readonly providers: ReadonlySet<string>;
}

const disabledPath = Path.root.field('spec').field('disabled');

interface Entry {
  readonly api: string;
  readonly id: string;
  readonly requires: readonly string[];
  readonly asked?: AskedProvider;
}

/**
 * Resolves `spec.disabled` with everything that hangs on it. A base provider that requires a disabled API goes too, with
 * an info, while its API keeps another; where a CR's provider requires it, or an API would be left without any provider,
 * the error names them and proposes the full list that would work.
 */
export function resolveDisabled(
  stack: Stack,
  asked: readonly AskedProvider[],
  base: BaseConfig,
  mode: MergeMode,
  release: Release,
  report: Report,
): Disabled {
  const apis = new Set<string>();
  for (const entry of stack.disabled) {
    const api = toApi(entry.api, release);
    if (!release.apis.includes(api) && !release.otherApis.includes(api))
      reportUnknownApi(entry.written, entry.at, release, report);
    else if (release.internal.includes(api)) reportInternal(entry, release, report);
    else if (!(api in base.providers) && !asked.some((provider) => provider.api === api)) {
      report.info(
        entry.at,
        `The API "${entry.written}" is not part of this distribution: there is nothing to disable`,
        { currentValue: entry.written },
      );
    } else apis.add(api);
    reportRenamed(entry, api, asked, report);
  }
  reportResources(stack, apis, release, report);
  const own = asked.map(entryOf);
  const left = leftOf(base, asked, mode);
  reportLacking(own, new Set([...left.keys(), ...apis]), release, report);
  if (apis.size === 0) return { apis, providers: new Set() };
  const entries = [
    ...own,
    ...[...left].flatMap(([api, kept]) => kept.map((entry) => keptEntryOf(api, entry, release))),
  ];
  const { fallen, emptied, broken } = closure(entries, apis, release);
  for (const entry of broken) reportBroken(entry, stack, entries, apis, release, report);
  // With a provider of the CR in the way the list would be another.
  if (emptied.size > 0 && broken.length === 0) reportEmptied(stack, emptied, release, report);
  if (fallen.length > 0) {
    const names = fallen.map((entry) => `"${entry.id}" of \`${entry.api}\``);
    report.info(disabledPath, `Providers of the base config that require a disabled API go too: ${names.join(', ')}`);
  }
  return { apis, providers: new Set(fallen.map((entry) => `${entry.api}/${entry.id}`)) };
}

/** The base config's providers by API, where the CR does not replace them. */
function leftOf(
  base: BaseConfig,
  asked: readonly AskedProvider[],
  mode: MergeMode,
): ReadonlyMap<string, readonly BaseProvider[]> {
  const replacing = replacesByApi(mode) ? asked.filter(({ additive }) => additive !== true) : [];
  const replaced = new Set(replacing.map(({ api }) => api));
  return new Map(Object.entries(base.providers).filter(([api, entries]) => !replaced.has(api) && entries.length > 0));
}

function entryOf(asked: AskedProvider): Entry {
  return { api: asked.api, id: asked.id, requires: asked.entry?.type.requires ?? [], asked };
}

function keptEntryOf(api: string, { provider_id, provider_type }: BaseProvider, release: Release): Entry {
  return { api, id: idOf(provider_id), requires: release.providers[api]?.[provider_type]?.requires ?? [] };
}

/** Reports a provider of the CR that requires an API of which there is no provider: none of the CR's, and not among the `others`. */
function reportLacking(own: readonly Entry[], others: ReadonlySet<string>, release: Release, report: Report): void {
  const there = new Set([...own.map(({ api }) => api), ...others]);
  for (const { asked, id, requires } of own) {
    const lacking = new Set(requires.map((api) => tableOwner(api, release)).filter((api) => !there.has(api)));
    for (const api of [...lacking].filter((name) => Object.hasOwn(release.providers, name))) {
      const types = Object.keys(release.providers[api] ?? {}).join(', ');
      report.error(
        asked?.provider.at,
        `The provider "${id}" requires the API \`${api}\`, of which this distribution has no provider; add one under \`spec.providers.${api}\`, of the type ${types}`,
      );
    }
  }
}

/** Takes away what requires a disabled API, until nothing more falls. */
function closure(
  entries: readonly Entry[],
  disabled: ReadonlySet<string>,
  release: Release,
): { fallen: Entry[]; emptied: Map<string, Entry[]>; broken: Entry[]; off: ReadonlySet<string> } {
  const off = new Set(disabled);
  const fallen: Entry[] = [];
  const emptied = new Map<string, Entry[]>();
  let rest = entries.filter((entry) => !off.has(entry.api));
  for (;;) {
    const falling = rest.filter(
      (entry) => entry.asked === undefined && entry.requires.some((api) => off.has(tableOwner(api, release))),
    );
    if (falling.length === 0) break;
    rest = rest.filter((entry) => !falling.includes(entry));
    fallen.push(...falling);
    for (const { api } of falling) {
      if (rest.some((entry) => entry.api === api)) continue;
      emptied.set(
        api,
        fallen.filter((entry) => entry.api === api),
      );
      off.add(api);
    }
  }
  const broken = rest.filter(
    (entry) => entry.asked !== undefined && entry.requires.some((api) => off.has(tableOwner(api, release))),
  );
  return { fallen: fallen.filter((entry) => !emptied.has(entry.api)), emptied, broken, off };
}

/** The API behind a routing table: `tool_groups` → `tool_runtime`. */
function tableOwner(api: string, release: Release): string {
  return Object.entries(release.autorouted).find(([, table]) => table === api)?.[0] ?? api;
}

/** A provider of the CR that cannot run, and the entries of `spec.disabled` that can stay beside it. */
function reportBroken(
  entry: Entry,
  stack: Stack,
  entries: readonly Entry[],
  apis: ReadonlySet<string>,
  release: Release,
  report: Report,
): void {
  const needs = entry.requires.filter((api) => apis.has(tableOwner(api, release)));
  const { off } = closure(entries, apis, release);
  const lost = entry.requires.filter((api) => off.has(tableOwner(api, release)));
  const kept: DisabledApi[] = [];
  let proposed: readonly string[] = [];
  for (const item of stack.disabled) {
    const tried = [...kept, item];
    const { broken, emptied } = closure(entries, new Set(tried.map(({ api }) => toApi(api, release))), release);
    if (broken.length > 0) continue;
    kept.push(item);
    proposed = [...tried.map(({ written }) => written), ...[...emptied.keys()].sort()];
  }
  const dropped = stack.disabled.filter((item) => !kept.includes(item)).map(({ written }) => written);
  const why = needs.length > 0 ? 'which `spec.disabled` disables' : 'which has no provider left with `spec.disabled`';
  report.error(
    disabledPath,
    `The provider "${entry.id}" at \`${entry.asked?.provider.at.toString() ?? ''}\` requires ${quoted(lost)}, ${why}; remove ${quoted(dropped)} from \`spec.disabled\`, or this provider`,
    { proposedValue: proposed },
  );
}

function reportEmptied(
  stack: Stack,
  emptied: ReadonlyMap<string, readonly Entry[]>,
  release: Release,
  report: Report,
): void {
  const names = [...emptied].map(([api, entries]) => `\`${api}\` (${quoted(entries.map((entry) => entry.id))})`);
  const proposed = [...stack.disabled.map((entry) => entry.written), ...[...emptied.keys()].sort()];
  report.error(
    disabledPath,
    `Disabling this leaves no provider that can run for ${names.join(', ')} of the server ${release.version}; ` +
      `disable ${emptied.size === 1 ? 'that API' : 'those APIs'} too: \`disabled: [${proposed.join(', ')}]\``,
    { currentValue: stack.disabled.map((entry) => entry.written), proposedValue: proposed },
  );
}

/** A provider under another release's name of the API; one under the same name was reported by the reader. */
function reportRenamed(
  { api: written, ...entry }: DisabledApi,
  api: string,
  asked: readonly AskedProvider[],
  report: Report,
): void {
  const other = asked.find((one) => one.api === api && one.provider.api !== written);
  if (other === undefined) return;
  report.error(
    entry.at,
    `"${entry.written}" is disabled at \`${entry.at.toString()}\` and has a provider at \`${other.provider.at.toString()}\`, since \`${other.provider.api}\` is the same API: remove one of them`,
    { currentValue: entry.written },
  );
}

function reportInternal(entry: DisabledApi, release: Release, report: Report): void {
  const known = [...providerApis(release)].sort().join(', ');
  report.error(
    entry.at,
    `The server ${release.version} always runs the API "${entry.written}"; must be one of: ${known}`,
    { currentValue: entry.written },
  );
}

function reportResources(stack: Stack, apis: ReadonlySet<string>, release: Release, report: Report): void {
  const needs = {
    inference: stack.resources.models,
    tool_runtime: stack.resources.tools,
    safety: stack.resources.shields,
  };
  for (const [api, resources] of Object.entries(needs)) {
    const entry = stack.disabled.find((item) => toApi(item.api, release) === api);
    if (!apis.has(api) || entry === undefined) continue;
    for (const resource of resources) {
      report.error(
        resource.at,
        `"${resource.name}" needs the API \`${api}\`, which \`${entry.at.toString()}\` disables; remove one of the two`,
        {
          currentValue: resource.name,
        },
      );
    }
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
