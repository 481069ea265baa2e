import type { Path } from '../krm/result.ts';

/** `spec.networking.tls.caBundle`: certificates that the server trusts besides the image's own roots. */
export interface CaBundle {
  readonly configMapName: string;
  readonly configMapNamespace?: string;
  /** Default `["ca-bundle.crt"]`. */
  readonly configMapKeys: readonly string[];
  readonly at: Path;
}

/** `spec.networking`; without `tls.secretName` or `tls.enabled` the server speaks HTTP. */
export interface Networking {
  /** The port of server, container and Service, 1024–65535; default 8321. */
  readonly port: number;
  readonly tls?: { readonly secretName: string; readonly at: Path };
  readonly caBundle?: CaBundle;
  /** Present when the server is exposed beyond the cluster by an Ingress or Route. */
  readonly expose?: { readonly hostname?: string; readonly at: Path };
  readonly allowedFrom: { readonly namespaces: readonly string[]; readonly labels: readonly string[] };
  readonly at: Path;
}
