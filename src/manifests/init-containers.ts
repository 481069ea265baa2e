import type { Container, ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import { externalProviderDirectory, externalProvidersDirectory, tmpDirectory } from '../mounts.ts';
import { installContainerName, volumes } from '../names.ts';
import type { InstalledProvider, Resolved } from '../resolve/resolved.ts';
import { buildResources } from './resources.ts';
import { containerSecurityContext } from './security.ts';

/** One container for each external provider, in the order of the CR, that installs its Python packages before the server starts. */
export function buildInitContainers(resolved: Resolved): Container[] {
  return (resolved.config?.externalProviders ?? []).map((provider) => buildInstall(provider, resolved));
}

function buildInstall({ id, image, imagePullPolicy }: InstalledProvider, resolved: Resolved): Container {
  return {
    name: installContainerName(id),
    image,
    imagePullPolicy,
    command: ['/bin/sh', '-c', installCommand(id)],
    // pip unpacks below the one, and looks for a home of a user whom the image does not know.
    env: [{ name: 'HOME', value: tmpDirectory }],
    resources: cpuAndMemory(buildResources(resolved.stack.workload)),
    // What pip says stands in the pod's status then.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: containerSecurityContext(resolved),
    volumeMounts: [
      { name: volumes.tmp, mountPath: tmpDirectory },
      { name: volumes.externalProviders, mountPath: externalProvidersDirectory },
    ],
  };
}

/** The folder of wheels in the image of an external provider; the operator's design, as is that the image has sh and pip. */
const wheels = '/lls-provider/packages';

/**
 * Installs the wheels and nothing else: no index, no settings or cache of the image's pip. `--upgrade` lets a container
 * that runs again replace what it left half done.
 */
function installCommand(id: string): string {
  const options = ['--isolated', '--no-input', '--disable-pip-version-check', '--no-cache-dir', '--no-index'];
  const folders = ['--find-links', wheels, '--upgrade', '--target', externalProviderDirectory(id)];
  return ['exec pip install', ...options, ...folders, `${wheels}/*.whl`].join(' ');
}

/** Those of the server, which starts when this has ended: the pod needs no more with it, and keeps its class of service. */
function cpuAndMemory(amounts: ResourceRequirements): ResourceRequirements {
  const kinds = (['limits', 'requests'] as const).flatMap((kind) => {
    const picked = Object.entries(amounts[kind] ?? {}).filter(([name]) => name === 'cpu' || name === 'memory');
    return picked.length > 0 ? [[kind, Object.fromEntries(picked)] as const] : [];
  });
  return Object.fromEntries(kinds);
}
