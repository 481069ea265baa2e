import type { BuiltInDistribution } from './base-config.ts';
import { distributions, releases, type DistributionKey } from './data.ts';
import { parseRelease } from './parse-release.ts';
import type { Release } from './release.ts';
import { textOf } from './texts.ts';

export type { BaseConfig, BaseProvider, BuiltInDistribution } from './base-config.ts';
export type { DistributionKey } from './data.ts';
export type { ConfigField, Endpoint, ProviderType, Release, RetiredType, Schema, Store } from './release.ts';
export { retiredDistributions } from './retired-distributions.ts';
export { vendorImages } from './vendor-images.ts';
export type { VendorImage } from './vendor-images.ts';
export { refusals } from './refusals.ts';
export { validateAgainst } from './validate-against.ts';
export type { Problem } from './validate-against.ts';

const parsedReleases = new Map<string, Release>();

/** Every release whose dialect is known, oldest first: `0.7.1`. */
export function knownReleases(): readonly string[] {
  return releases;
}

/**
 * The dialect of a server version: `0.7.1`, an image tag such as `v0.7.3-rc1` or `0.7.1+vendor.2`, or a minor, `0.7`.
 * Another patch of a known minor speaks that minor's dialect; undefined for a minor that is not known and for `latest`.
 */
export function releaseFor(version: string): Release | undefined {
  const minor = minorOf(version);
  const release = releases.find((known) => minor !== undefined && minorOf(known) === minor);
  if (release === undefined) return undefined;
  const parsed = parsedReleases.get(release) ?? parseRelease(textOf(release));
  parsedReleases.set(release, parsed);
  return parsed;
}

/** `v0.7.1-rc1` → `0.7`; undefined when the text is no version. */
function minorOf(version: string): string | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:[.+-].*)?$/.exec(version) ?? [];
  return major !== undefined && minor !== undefined ? `${Number(major)}.${Number(minor)}` : undefined;
}

/** The distributions that are built in, by name and release; the first of a name is its default. */
export function builtInDistributions(): readonly DistributionKey[] {
  return distributions;
}

/**
 * The base config of a built-in distribution (`spec.distribution.name`) for a release, its minor or another patch of it;
 * without a release for the default one, which for `starter` is 0.7.1.
 */
export function builtIn(name: string, release?: string): BuiltInDistribution | undefined {
  const minor = release === undefined ? undefined : minorOf(release);
  const found = distributions.find(
    (distribution) => distribution.name === name && (release === undefined || minorOf(distribution.release) === minor),
  );
  return found && (JSON.parse(textOf(`${found.name}-${found.release}`)) as BuiltInDistribution);
}

/**
 * A release that can load a provider type of an API which `besides` lacks, for the error that says so: the newest known
 * one, else the last minor that had a type which is gone since and which no known release speaks for.
 */
export function releaseWithType(api: string, type: string, besides: Release): string | undefined {
  const others = knownReleases().filter((version) => version !== besides.version);
  const has = others.findLast((version) => {
    const types = releaseFor(version)?.providers[api];
    return types !== undefined && Object.hasOwn(types, type) && types[type]?.unloadable === undefined;
  });
  const last = besides.retiredTypes[api]?.[type]?.last;
  return has ?? (last !== undefined && releaseFor(last) === undefined ? last : undefined);
}

/**
 * A release whose provider type has a field that the same type lacks at `besides`, for the error that says so: the newest
 * known one, whatever it calls API and type.
 */
export function releaseWithField(api: string, type: string, field: string, besides: Release): string | undefined {
  return knownReleases().findLast((version) => {
    const other = releaseFor(version);
    if (other === undefined || version === besides.version) return false;
    const apiThere = other.apis.includes(api) ? api : (other.renamedApis[api] ?? api);
    const types = other.providers[apiThere] ?? {};
    const there = types[type] ?? types[other.renamedTypes[apiThere]?.[type] ?? type];
    return there !== undefined && Object.hasOwn(there.fields, field);
  });
}

/** What to write instead of a provider type that later releases no longer have, as the newest of them knows it. */
export function adviceFor(api: string, type: string): string | undefined {
  const newest = releaseFor(knownReleases().at(-1) ?? '');
  return newest?.retiredTypes[api]?.[type]?.advice;
}
