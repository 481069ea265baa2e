import { keptAnnotations } from '../spec/kept-annotations.ts';
import type { Version } from '../spec/version.ts';

/** What a version has and the other lacks, by the names of the operator: annotation of the other → key → field. */
export const extras: Readonly<Record<Version, { annotation: string; fields: Readonly<Record<string, string>> }>> = {
  v1alpha1: {
    annotation: keptAnnotations.v1alpha1[0],
    fields: {
      containerName: 'spec.server.containerSpec.name',
      terminationGracePeriod: 'spec.server.podOverrides.terminationGracePeriodSeconds',
      userConfigNamespace: 'spec.server.userConfig.configMapNamespace',
      caBundleNamespace: 'spec.server.tlsConfig.caBundle.configMapNamespace',
      caBundleKeys: 'spec.server.tlsConfig.caBundle.configMapKeys',
    },
  },
  v1alpha2: {
    annotation: keptAnnotations.v1alpha2[0],
    fields: {
      providers: 'spec.providers',
      resources: 'spec.resources',
      storage: 'spec.storage',
      disabled: 'spec.disabled',
      externalProviders: 'spec.externalProviders',
    },
  },
};

/** Our own: field → value, for what the operator loses; an empty mapping, a TLS Secret. */
export const restAnnotation: Readonly<Record<Version, string>> = {
  v1alpha1: keptAnnotations.v1alpha1[1],
  v1alpha2: keptAnnotations.v1alpha2[1],
};

/** Where a CR of either version has its annotations. */
export const ANNOTATIONS = 'metadata.annotations';

/** What `spec.network.exposeRoute` is in v1alpha2, which has more spellings of it. */
export const EXPOSE = 'spec.networking.expose';

/** The mappings of a version whose fields the other has elsewhere, the innermost first. */
export const sections: Readonly<Record<Version, readonly string[]>> = {
  v1alpha1: [
    'spec.server.containerSpec',
    'spec.server.podOverrides',
    'spec.server.userConfig',
    'spec.server.tlsConfig',
    'spec.server',
    'spec.network',
  ],
  v1alpha2: [
    'spec.networking.tls',
    'spec.networking',
    'spec.workload.overrides',
    'spec.workload',
    'spec.overrideConfig',
  ],
};

/** The fields that the other version lacks, in words of our own annotation; those of the operator's are in `extras`. */
export const ownFields: Readonly<Record<Version, readonly string[]>> = {
  v1alpha1: [],
  v1alpha2: ['spec.networking.tls.enabled', 'spec.networking.tls.secretName'],
};
