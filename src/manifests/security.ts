import type { PodSecurityContext, SecurityContext } from 'kubernetes-types/core/v1.d.ts';
import type { Resolved } from '../resolve/resolved.ts';

/** The user that the server runs as on kubernetes, and the group of its volumes; the operator's group. */
const userId = 1001;

/**
 * The pod's part of the Pod Security profile `podSecurity`. The upstream image names no user and would run as root, so
 * `restricted` gives it one; its group stays the image's (0), for which the image prepares its folders. OpenShift
 * assigns user and group from the namespace's range and refuses others. `baseline` keeps the image's own user.
 */
export function podSecurityContext({ options }: Resolved): PodSecurityContext {
  const kubernetes = options.platform === 'kubernetes';
  const restricted = options.podSecurity === 'restricted';
  return {
    ...(restricted && { runAsNonRoot: true }),
    ...(restricted && kubernetes && { runAsUser: userId }),
    // A volume of many model files would delay each start if all were changed again.
    ...(kubernetes && { fsGroup: userId, fsGroupChangePolicy: 'OnRootMismatch' }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/**
 * The container's part of the Pod Security profile. `baseline` is for images that need root: they change files of the
 * image or their user at start, which a read-only root file system or dropped capabilities would stop.
 */
export function containerSecurityContext({ options }: Resolved): SecurityContext {
  if (options.podSecurity === 'baseline') return { allowPrivilegeEscalation: false };
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  };
}
