import type { ExternalProvider } from '../../spec/external-providers.ts';
import type { AskedProvider } from '../providers.ts';
import type { InstalledProvider } from '../resolved.ts';

/** An entry of `spec.externalProviders` beside the CR's other providers, with what installs it. */
export interface AskedExternal extends AskedProvider {
  readonly external: ExternalProvider;
  /** A hole when its image was reported. */
  readonly install?: InstalledProvider;
}
