/** Images that a vendor publishes under names and tags of its own. */
export interface VendorImage {
  /** The base config that it holds: `rh`. */
  readonly distribution: string;
  /** Where its repository ends, in whatever registry or mirror. */
  readonly repository: RegExp;
  /** A tag, the vendor's own version in the first group. */
  readonly tag: RegExp;
  /** The vendor's version → the server release that it holds. */
  readonly releases: Readonly<Record<string, string>>;
}

/**
 * Red Hat OpenShift AI's image and the one that Open Data Hub builds of the same sources. Their tags name the release of
 * OpenShift AI: `v3.4`, `rhoai-v3.4-latest`. Early access tags (`rhoai-v3.4-ea2`) hold other servers.
 */
export const vendorImages: readonly VendorImage[] = [
  {
    distribution: 'rh',
    repository: /(^|\/)(odh-llama-stack-core-rhel\d+|opendatahub\/llama-stack)$/,
    tag: /^(?:rhoai-)?v(\d+\.\d+)(?:\.\d+)?(?:-\d+|-latest)?$/,
    releases: { '3.2': '0.3.5', '3.3': '0.4.2', '3.4': '0.7.1' },
  },
];
