import type { Path } from '../krm/result.ts';

/** `spec.distribution`: exactly one of `name` and `image`. */
export interface Distribution {
  /** A name that the product knows: `starter`. */
  readonly name?: string;
  /** An image reference: `docker.io/llamastack/distribution-starter:0.7.1`. */
  readonly image?: string;
  /** The annotation `llamastack.io/distribution`, which states name and release of an image: `starter@0.7.1`. */
  readonly stated?: { readonly name: string; readonly release: string };
  readonly at: Path;
}
