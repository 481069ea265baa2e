import type { DisabledApi } from './disabled.ts';
import type { Distribution } from './distribution.ts';
import type { ExternalProvider } from './external-providers.ts';
import type { Networking } from './networking.ts';
import type { OverrideConfig } from './override-config.ts';
import type { Provider } from './providers.ts';
import type { Resources } from './resources.ts';
import type { Storage } from './storage.ts';
import type { Workload } from './workload.ts';

/**
 * The normal form of a LlamaStackDistribution of any version: defaults filled, both spellings of each polymorphic
 * field made one. What was invalid is reported and left out, so that all later checks still run.
 */
export interface Stack {
  readonly name: string;
  readonly namespace?: string;
  readonly distribution: Distribution;
  /** All providers of `spec.providers`, in the order of the CR. */
  readonly providers: readonly Provider[];
  readonly externalProviders: readonly ExternalProvider[];
  readonly resources: Resources;
  readonly storage: Storage;
  readonly disabled: readonly DisabledApi[];
  readonly networking: Networking;
  readonly workload: Workload;
  readonly overrideConfig?: OverrideConfig;
}
