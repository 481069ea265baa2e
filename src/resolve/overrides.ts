import type { Report } from '../krm/result.ts';
import { reservedMountPaths } from '../mounts.ts';
import { volumes } from '../names.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';

/**
 * Reports volumes and mounts of `workload.overrides` that collide with ours or mount what is not there, and a data volume
 * over one of our other folders: the API server would refuse such a pod, or the server would miss its files.
 */
export function checkOverrides(stack: Stack, release: Release, report: Report): void {
  const { overrides, storage } = stack.workload;
  const ourVolumes = new Set<string>(Object.values(volumes));
  overrides.volumes.forEach(({ name }, index) => {
    if (!ourVolumes.has(name)) return;
    report.error(
      overrides.at.field('volumes').item(index).field('name'),
      `"${name}" is the name of a volume of ours; give this one another, such as "my-${name}"`,
      {
        currentValue: name,
        proposedValue: `my-${name}`,
      },
    );
  });
  const { tls, caBundle } = stack.networking;
  const mountable = [
    volumes.data,
    volumes.config,
    volumes.tmp,
    ...(tls ? [volumes.tls] : []),
    ...(caBundle ? [volumes.caBundle] : []),
  ];
  const known = new Set<string>([...mountable, ...overrides.volumes.map(({ name }) => name)]);
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
    }
  });
  if (storage === undefined) return;
  const others = reservedMountPaths(
    { ...stack, workload: { ...stack.workload, storage: { ...storage, mountPath: '' } } },
    release,
  );
  if (others.map(withoutSlash).includes(withoutSlash(storage.mountPath))) {
    report.error(
      storage.at.field('mountPath'),
      `"${storage.mountPath}" is where another volume of ours is mounted; must be a folder of its own, such as "/.llama"`,
      {
        currentValue: storage.mountPath,
        proposedValue: '/.llama',
      },
    );
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
