import type { Path, Report } from '../krm/result.ts';
import { readOnlyMountPaths, reservedMountPaths } from '../mounts.ts';
import { volumes } from '../names.ts';
import type { Release } from '../releases/release.ts';
import type { Overrides } from '../spec/overrides.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';

/**
 * Reports volumes and mounts of `workload.overrides` that collide with ours or mount what is not there, and a data volume
 * over one of our other folders: the API server would refuse such a pod, or the server would miss its files.
 */
export function checkOverrides(stack: Stack, release: Release, options: RenderOptions, report: Report): void {
  const { overrides } = stack.workload;
  checkVolumes(overrides, report);
  if (options.podSecurity === 'restricted') warnOfVolumeKinds(overrides, report);
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

/** What Pod Security "restricted" admits in a pod. */
const restrictedKinds = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected'],
  'secret',
];

function warnOfVolumeKinds({ volumes: written, at }: Overrides, report: Report): void {
  written.forEach((volume, index) => {
    for (const kind of Object.keys(volume).filter((key) => key !== 'name' && !restrictedKinds.includes(key))) {
      report.warning(
        at.field('volumes').item(index).field(kind),
        `A namespace with Pod Security "restricted" admits no pod with a volume of the kind ${kind}; mount it by a PersistentVolumeClaim`,
      );
    }
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
    ...(stack.externalProviders.length > 0 ? [volumes.externalProviders] : []),
    ...overrides.volumes.map(({ name }) => name),
  ]);
  const taken = new Set(reservedMountPaths(stack, release).map(normalized));
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
    if (taken.has(normalized(mountPath))) {
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
      .map(normalized)
      .includes(normalized(storage.mountPath))
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
  const above = readOnlyMountPaths(stack).find((folder) => normalized(mountPath).startsWith(`${folder}/`));
  const isRoot = normalized(mountPath) === '/';
  if (!isRoot && above === undefined) return;
  const place = isRoot ? 'the root of the image' : `below "${above ?? ''}", a read-only volume of ours`;
  report.error(at, `"${mountPath}" is ${place}; must be a folder of its own, such as "/data"`, {
    currentValue: mountPath,
  });
}

/** `//data/./x/` → `/data/x` */
function normalized(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return `/${names.join('/')}`;
}
