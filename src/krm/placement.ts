import type { Edit } from './edits.ts';
import type { Versions } from './former-versions.ts';
import type { Item } from './item.ts';
import type { Owner } from './owners.ts';
import type { JsonObject, Result } from './result.ts';

/** An object that was generated, and the file that it gets when it is new: `service_a-service.yaml`. */
export interface Generated {
  readonly value: JsonObject;
  readonly fileName: string;
  /** For an object whose name holds a hash of its content. */
  readonly versions?: Versions;
}

/** An owner with all that was generated from it, in the order in which it is to stand. */
export interface Generation {
  readonly owner: Owner;
  readonly objects: readonly Generated[];
}

/** What the placing of objects needs to know of the function that generates them. */
export interface PlaceOptions {
  /** Carries the owner's name on each generated object: `llamastack.io/generated-from`. */
  readonly ownerAnnotation: string;
  /** Carries the hash that tells a user's edit. */
  readonly hashAnnotation: string;
  /** Whether an item, an owner aside, configures the function and so is not for the cluster. */
  readonly isConfig: (item: Item) => boolean;
  /** Kinds that hold a user's data: such an object stays in the package when nothing generates it any more. */
  readonly neverPruned: ReadonlySet<string>;
  readonly sha256hex: (text: string) => string;
  /** Ends the results about `local-config`: what it means where a controller watches the owners. */
  readonly localConfigNote?: string;
  /** Where in the owner a field of a generated object is set: ("Deployment", "spec.replicas") → "spec.workload.replicas". */
  readonly fieldOfOwner?: (kind: string, path: string, owner: Item) => string | undefined;
}

/** What becomes of the list; with an error among the results, the edits are none. */
export interface Placement {
  readonly edits: readonly Edit[];
  readonly results: readonly Result[];
}
