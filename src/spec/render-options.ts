/** The options of a render (`RenderOptions`, `fn.llamastack.io/v1alpha1`), after all their sources are joined. */
export interface RenderOptions {
  readonly platform: 'kubernetes' | 'openshift';
  /** Distribution name → image reference. */
  readonly imageOverrides: Readonly<Record<string, string>>;
  /** Registry host → registry host that is used instead. */
  readonly registryMirrors: Readonly<Record<string, string>>;
  readonly ingressDomain?: string;
  readonly ingressClassName?: string;
  readonly ingressAnnotations: Readonly<Record<string, string>>;
  readonly ingressNamespaces: readonly string[];
  /** Whether a CR's providers replace those of the base config's API, or are laid over them by id. */
  readonly providerMerge: 'Replace' | 'Overlay';
  readonly missingReferences: 'Info' | 'Warn' | 'Error';
  readonly podSecurity: 'restricted' | 'baseline';
  readonly networkPolicy: 'On' | 'Off';
}
