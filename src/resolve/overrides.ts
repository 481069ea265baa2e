import type { Path, Report } from '../krm/result.ts';
import { readOnlyMountPaths, reservedMountPaths } from '../mounts.ts';
import { volumes } from '../names.ts';
import type { Release } from '../releases/release.ts';
import type { Overrides } from '../spec/overrides.ts';
import type { Stack } from '../spec/stack.ts';

/**
 * Reports volumes and mounts of `workload.overrides` that collide with ours or mount what is not there, and a data volume
 * over one of our other folders: the API server would refuse such a pod, or the server would miss its files.
 */
export function checkOverrides(stack: Stack, release: Release, report: Report): void {
  const { overrides } = stack.workload;
  checkVolumes(overrides, report);
  checkMounts(overrides, stack, release, report);
  checkDataVolume(stack, release, report);
}

function checkVolumes(overrides: Overrides, report: Report): void {
  const ours = new Set<string>(Object.values(volumes));
  overrides.volumes.forEach(({ name }, index) => {
    if (!ours.has(name)) return;
    report.error(
      overrides.at.field('volumes').item(index).field('name'),
      `"${name}" is the name of a volume of ours; give this one another, such as "my-${name}"`,
      { currentValue: name, proposedValue: `my-${name}` },
    );
  });
}

function checkMounts(overrides: Overrides, stack: Stack, release: Release, report: Report): void {
  const { tls, caBundle } = stack.networking;
  const known = new Set<string>([
    volumes.data,
    volumes.config,
    volumes.tmp,
    ...(tls ? [volumes.tls] : []),
    ...(caBundle ? [volumes.caBundle] : []),
    ...overrides.volumes.map(({ name }) => name),
  ]);
  const taken = new Set(reservedMountPaths(stack, release).map(withoutSlash));
  overrides.volumeMounts.forEach(({ name, mountPath }, index) => {
    const at = overrides.at.field('volumeMounts').item(index);
    if (!known.has(name)) {
      const names = [...known].sort().join(', ');
      report.error(
        at.field('name'),
        `No volume is called "${name}"; add it to \`spec.workload.overrides.volumes\`, or use one of: ${names}`,
        { currentValue: name },
      );
    }
    if (taken.has(withoutSlash(mountPath))) {
      report.error(
        at.field('mountPath'),
        `"${mountPath}" is where a volume of ours is mounted; mount this one elsewhere`,
        { currentValue: mountPath },
      );
    } else checkPlace(mountPath, at.field('mountPath'), stack, report);
  });
}

/** `workload.storage.mountPath`, beside our other folders. */
function checkDataVolume(stack: Stack, release: Release, report: Report): void {
  const { storage } = stack.workload;
  if (storage === undefined) return;
  const at = storage.at.field('mountPath');
  const others = reservedMountPaths(
    { ...stack, workload: { ...stack.workload, storage: { ...storage, mountPath: '' } } },
    release,
  );
  if (
    others
      .filter((path) => path !== '')
      .map(withoutSlash)
      .includes(withoutSlash(storage.mountPath))
  ) {
    report.error(
      at,
      `"${storage.mountPath}" is where another volume of ours is mounted; must be a folder of its own, such as "/.llama"`,
      { currentValue: storage.mountPath, proposedValue: '/.llama' },
    );
  } else checkPlace(storage.mountPath, at, stack, report);
}

/** A container does not start with a volume over its root, or below a folder of ours that nobody can write. */
function checkPlace(mountPath: string, at: Path, stack: Stack, report: Report): void {
  const above = readOnlyMountPaths(stack).find((folder) => mountPath.startsWith(`${folder}/`));
  const isRoot = withoutSlash(mountPath) === '';
  if (!isRoot && above === undefined) return;
  const place = isRoot ? 'the root of the image' : `below "${above ?? ''}", a read-only volume of ours`;
  report.error(at, `"${mountPath}" is ${place}; must be a folder of its own, such as "/data"`, {
    currentValue: mountPath,
  });
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
