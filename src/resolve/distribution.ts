import type { Report } from '../krm/result.ts';
import { nearest } from '../nearest.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import { builtIn, builtInDistributions, knownReleases, releaseFor, retiredDistributions } from '../releases/index.ts';
import type { Release } from '../releases/release.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import { atDigest, distributionOf, mirrored, parseImage, releaseOf, type Image } from './image.ts';
import { lockedImage, readLockedConfig } from './locked.ts';
import type { Package } from './references.ts';
import type { ResolvedDistribution } from './resolved.ts';

/** What `spec.distribution` comes to: the image, the release whose dialect it speaks, and the config it starts from. */
export interface ChosenDistribution {
  readonly distribution: ResolvedDistribution;
  readonly release: Release;
  /** Undefined with `overrideConfig`, and for a v1alpha1 CR. */
  readonly base?: BaseConfig;
}

type Locked = Pick<Package, 'locked'>;

const noPackage: Locked = { locked: [] };

interface Identity {
  readonly name: string;
  readonly release: string;
  readonly image: string;
}

/**
 * Chooses image, release and base config for `spec.distribution` (name, or image with the release of its tag or of the
 * annotation `llamastack.io/distribution`). Reports an unknown name, and an image whose release or base config cannot be
 * told: a guess could write a config that does not boot. Undefined after an error.
 */
export function resolveDistribution(
  stack: Stack,
  options: RenderOptions,
  objects: Package,
  report: Report,
): ChosenDistribution | undefined {
  const identity = identify(stack, options, objects, report);
  if (identity === undefined) return undefined;
  const release = releaseFor(identity.release);
  if (release === undefined) {
    unknownRelease(identity.image, identity.release, stack, report);
    return;
  }
  const locked = lockedImage(identity.image, objects);
  const image = locked === undefined ? identity.image : atDigest(identity.image, locked.digest);
  const distribution = { ...identity, image: mirrored(image, options.registryMirrors) };
  if (stack.overrideConfig ?? stack.operator) return { distribution, release };
  if (locked?.baseConfig !== undefined) {
    const base = readLockedConfig(locked, release, objects, stack.distribution.at, report);
    const { mended } = builtIn(identity.name, release.minor) ?? {};
    if (mended !== undefined)
      report.warning(
        stack.distribution.at,
        `The config that the image "${identity.image}" brings is used as it is, since it is in the lock; the built-in one differs from it for a reason: ${mended}`,
      );
    const baseConfig = `lock@sha256:${locked.baseConfig.sha256}`;
    return base && { distribution: { ...distribution, baseConfig }, release, base };
  }
  const builtInConfig = builtIn(identity.name, release.minor);
  if (builtInConfig === undefined) {
    missingConfig(identity, locked !== undefined, stack, report);
    return;
  }
  if (builtInConfig.mended !== undefined) report.info(stack.distribution.at, builtInConfig.mended);
  const baseConfig = `built-in:${builtInConfig.name}@${builtInConfig.release}`;
  return { distribution: { ...distribution, baseConfig }, release, base: builtInConfig.config };
}

/** The image that a CR runs on, as the package's own registry calls it: what `llsd lock` looks up. Undefined after an error. */
export function imageOf(stack: Stack, options: RenderOptions, report: Report): string | undefined {
  const { name, image } = stack.distribution;
  if (name === undefined) return image;
  return options.imageOverrides[name] ?? identify(stack, options, noPackage, report)?.image;
}

function identify(stack: Stack, options: RenderOptions, objects: Locked, report: Report): Identity | undefined {
  const { name, image } = stack.distribution;
  if (name !== undefined) return byName(name, stack, options, objects, report);
  return image === undefined ? undefined : byImage(image, stack, objects, report);
}

function byName(
  name: string,
  stack: Stack,
  options: RenderOptions,
  objects: Locked,
  report: Report,
): Identity | undefined {
  const override = options.imageOverrides[name];
  // What is published under other names needs its image named too.
  const known = builtInDistributions().filter((entry) => entry.onlyByImage !== true || override !== undefined);
  const at = stack.distribution.at.field('name');
  const preferred = known.find((entry) => entry.name === name);
  if (preferred === undefined) {
    const retired = retiredDistributions[name];
    const available = [...new Set(known.map((entry) => entry.name))].sort();
    const message = `Unknown distribution "${name}". Available distributions: ${available.join(', ')}`;
    report.error(at, retired === undefined ? message : `${message}. ${retired}`, {
      currentValue: name,
      proposedValue: nearest(name, available),
      reason: 'ConfigGenerationFailed',
    });
    return undefined;
  }
  if (override !== undefined) {
    const locked = lockedImage(override, objects);
    const release = stack.distribution.stated?.release ?? locked?.release ?? releaseOfReference(override);
    if (release === undefined) {
      untoldRelease(override, locked !== undefined, stack, report);
      return;
    }
    return { name, release, image: override };
  }
  const release = stack.distribution.stated?.release ?? preferred.release;
  const dialect = releaseFor(release);
  if (dialect === undefined) {
    unknownRelease(name, release, stack, report);
    return;
  }
  return { name, release, image: `${dialect.imagePrefix}${name}:${release}` };
}

function byImage(reference: string, stack: Stack, objects: Locked, report: Report): Identity | undefined {
  const image = parseImage(reference);
  if (image === undefined) return undefined; // Reported by the reader of `spec.distribution.image`.
  const { stated } = stack.distribution;
  const locked = lockedImage(reference, objects);
  if (locked === undefined && (image.tag === 'latest' || (image.tag === undefined && image.digest === undefined))) {
    report.warning(
      stack.distribution.at.field('image'),
      `The image "${reference}" can change under the same name, and then no longer fits its config; name a release or a digest`,
      { currentValue: reference },
    );
  }
  const release =
    stated?.release ??
    locked?.release ??
    releaseOf(image) ??
    (stack.operator && assumedRelease(reference, stack, report));
  if (release === undefined) {
    untoldRelease(reference, locked !== undefined, stack, report);
    return;
  }
  const name = stated?.name ?? locked?.distribution ?? distributionOf(image) ?? lastSegment(image);
  return { name, release, image: reference };
}

/** The operator runs any image, and all servers that it knows take port, folders and probes alike. */
const operatorRelease = '0.7.1';

function assumedRelease(image: string, stack: Stack, report: Report): string {
  report.warning(
    stack.distribution.at.field('image'),
    `The server release of the image "${image}" cannot be told from its tag, and is taken to be ${operatorRelease}; annotate the CR with \`llamastack.io/distribution: <name>@<release>\``,
    { currentValue: image },
  );
  return operatorRelease;
}

function releaseOfReference(reference: string): string | undefined {
  const image = parseImage(reference);
  return image && releaseOf(image);
}

function lastSegment(image: Image): string {
  return image.repository.slice(image.repository.lastIndexOf('/') + 1);
}

function untoldRelease(image: string, isLocked: boolean, stack: Stack, report: Report): undefined {
  const at = stack.distribution.at.field(stack.distribution.name === undefined ? 'image' : 'name');
  report.error(
    at,
    `The server release of the image "${image}" cannot be told from its tag${isLocked ? ', nor from its labels' : ''}, and each release needs a config of its own; ` +
      'annotate the CR with `llamastack.io/distribution: <name>@<release>` (for example "starter@0.7.1"), use a tag ' +
      `that starts with the release, ${isLocked ? 'build the image with the label `org.opencontainers.image.version`' : 'run `llsd lock` where the labels of the image tell it'}, or bring your own config with \`spec.overrideConfig\``,
    { currentValue: image, reason: isLocked ? 'MissingConfigLabels' : 'ConfigGenerationFailed' },
  );
  return undefined;
}

function unknownRelease(image: string, release: string, stack: Stack, report: Report): undefined {
  report.error(
    stack.distribution.at,
    `The server release "${release}" of "${image}" is not known; known releases: ${knownReleases().join(', ')}; ` +
      'use one of them, or annotate the CR with the known release whose config it reads ' +
      '(`llamastack.io/distribution: <name>@<release>`)',
    { currentValue: release, reason: 'ConfigGenerationFailed' },
  );
  return undefined;
}

function missingConfig(identity: Identity, isLocked: boolean, stack: Stack, report: Report): undefined {
  const retired = retiredDistributions[identity.name];
  report.error(
    stack.distribution.at,
    `No base config is known for the image "${identity.image}" (${identity.name}@${identity.release}); ` +
      (isLocked
        ? '`llsd lock` found no label in it that leads to one: '
        : 'run `llsd lock` to read it from the image, ') +
      'build the image with the label `io.llamastack.config.base64`, or bring your own config with `spec.overrideConfig`' +
      (retired === undefined ? '' : `. ${retired}`),
    { currentValue: identity.image, reason: 'MissingConfigLabels' },
  );
  return undefined;
}
