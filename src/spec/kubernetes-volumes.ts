import type * as z from 'zod/v4/core';
import { absolutePath, dnsLabel } from './formats.ts';
import { excludes, implies, oneOfMany, valued } from './rules.ts';
import { anyObject, choice, flag, object, optional, required, text } from './shape.ts';

/** The kinds of volume of the Kubernetes API v1. */
export const VOLUME_SOURCES = [
  'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'configMap', 'csi', 'downwardAPI', 'emptyDir',
  'ephemeral', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'hostPath', 'image', 'iscsi',
  'nfs', 'persistentVolumeClaim', 'photonPersistentDisk', 'portworxVolume', 'projected', 'quobyte', 'rbd', 'scaleIO',
  'secret', 'storageos', 'vsphereVolume',
] as const; // prettier-ignore

const volumeSource = anyObject();

/** `Volume` of the Kubernetes API; what a source holds is left to the API server. */
export const volume = () =>
  object(
    () => ({
      name: required('The name that mounts use.', dnsLabel()),
      ...(Object.fromEntries(
        VOLUME_SOURCES.map((source) => [source, optional(`A volume of the kind ${source}.`, volumeSource)]),
      ) as Record<(typeof VOLUME_SOURCES)[number], z.$ZodOptional<typeof volumeSource>>),
    }),
    {
      must: 'must be an object with `name` and one kind of volume, such as `{name: cache, emptyDir: {}}`',
      rules: () => [oneOfMany(VOLUME_SOURCES, 'A volume must have exactly one kind, such as `emptyDir: {}`')],
    },
  );

/** A path in a volume; empty is the volume itself. */
const relativePath = () => text({ must: 'must be a relative path without ".."', but: /^\/|(?:^|\/)\.\.(?:\/|$)/ }, /^/);

const RECURSIVE = valued('recursiveReadOnly', 'IfPossible', 'Enabled');
const NOT_RECURSIVE = "!has(self.recursiveReadOnly) || self.recursiveReadOnly == 'Disabled'";

/** `VolumeMount` of the Kubernetes API; `Bidirectional` is left out, which only privileged containers may have. */
export const volumeMount = () =>
  object(
    () => ({
      name: required('The name of the volume.', dnsLabel()),
      mountPath: required('Where it is mounted.', absolutePath()),
      readOnly: optional('Whether it is read-only.', flag()),
      recursiveReadOnly: optional(
        'Whether the mounts below are read-only too.',
        choice('Disabled', 'IfPossible', 'Enabled'),
      ),
      subPath: optional('The path in the volume.', relativePath()),
      subPathExpr: optional('The path in the volume, with variables.', relativePath()),
      mountPropagation: optional('How mounts spread.', choice('None', 'HostToContainer')),
    }),
    {
      must: 'must be an object with `name` and `mountPath`',
      rules: () => [
        excludes('subPath', 'subPathExpr'),
        {
          message: '`recursiveReadOnly` needs `readOnly: true` beside it',
          schema: implies(RECURSIVE, valued('readOnly', true)),
          cel: `(has(self.readOnly) && self.readOnly) || ${NOT_RECURSIVE}`,
        },
        {
          message: '`mountPropagation` must be "None" beside `recursiveReadOnly`',
          schema: { not: { allOf: [RECURSIVE, valued('mountPropagation', 'HostToContainer')] } },
          cel: `!has(self.mountPropagation) || self.mountPropagation == 'None' || ${NOT_RECURSIVE}`,
        },
      ],
    },
  );
