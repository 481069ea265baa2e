import type { Json, Path, Report } from '../krm/result.ts';
import { dataKey, dnsLabel, dnsSubdomain, hostName, labelRequirement } from './formats.ts';
import { readShape } from './read-shape.ts';
import { needs } from './rules.ts';
import {
  either,
  fallback,
  flag,
  integer,
  isObject,
  list,
  nonEmptyList,
  object,
  optional,
  required,
  text,
} from './shape.ts';

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

const PORT = 8321;
const CA_BUNDLE_KEYS = ['ca-bundle.crt'];

const caBundleSchema = object(
  () => ({
    configMapName: required('The ConfigMap that holds the certificates.', dnsSubdomain()),
    configMapNamespace: optional('Its namespace, where that is not the namespace of the CR.', dnsLabel()),
    configMapKeys: fallback(
      'The keys that hold PEM certificates.',
      nonEmptyList(dataKey(), 'must be a list of at least one key'),
      CA_BUNDLE_KEYS,
    ),
  }),
  { must: 'must be an object with `configMapName`' },
);

const tlsSchema = object(
  () => ({
    enabled: optional('Whether the server speaks HTTPS; true where `secretName` is given.', flag()),
    secretName: optional('The Secret with `tls.crt` and `tls.key`.', dnsSubdomain()),
    caBundle: optional('Certificates that the server trusts.', caBundleSchema),
  }),
  {
    must: 'must be an object with `secretName` or `caBundle`',
    rules: () => [needs('enabled', [true], 'secretName')],
  },
);

const exposeSchema = object(() => ({
  enabled: fallback('Whether the server is exposed.', flag(), true),
  hostname: optional('The host name of the Ingress or Route.', hostName()),
}));

const namespaceOrAll = () =>
  text('must be the name of a namespace, or "*" for all', /^(?:\*|[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)$/, 63);

/** `spec.networking` as written. */
export const networkingSchema = object(() => ({
  port: fallback('The port of server, container and Service.', integer(1024, 65535, PORT), PORT),
  tls: optional('HTTPS, and whom the server trusts.', tlsSchema),
  expose: optional(
    'Whether the server is reached from beyond the cluster.',
    either(
      { must: 'must be true, false or an object with `hostname`', examples: [true, { hostname: 'llama.example.com' }] },
      flag(),
      exposeSchema,
    ),
  ),
  allowedFrom: optional(
    'Who may connect, besides the pods of the namespace.',
    object(() => ({
      namespaces: optional(
        'Namespaces; "*" is all.',
        list(namespaceOrAll(), { must: 'must be a list of namespaces, such as `[clients]`', examples: [['clients']] }),
      ),
      labels: optional(
        'Labels of namespaces: `key` or `key=value`.',
        list(labelRequirement(), {
          must: 'must be a list of labels of namespaces, such as `[team=ai]`',
          examples: [['team=ai']],
        }),
      ),
    })),
  ),
}));

/** Reads `spec.networking`. */
export function readNetworking(value: Json | undefined, at: Path, report: Report): Networking {
  const given = readShape(networkingSchema, value, at, report) ?? {};
  const tls = readTls(given.tls ?? {}, value, at.field('tls'), report);
  const { expose } = given;
  const exposed = typeof expose === 'object' ? (expose.enabled ?? true) : (expose ?? false);
  const hostname = typeof expose === 'object' ? expose.hostname : undefined;
  const caBundle = given.tls?.caBundle;
  const isThere = <T>(entry: T | undefined): entry is T => entry !== undefined;
  return {
    port: given.port ?? PORT,
    ...(tls && { tls }),
    ...(caBundle?.configMapName !== undefined && {
      caBundle: {
        configMapName: caBundle.configMapName,
        ...(caBundle.configMapNamespace !== undefined && { configMapNamespace: caBundle.configMapNamespace }),
        configMapKeys: (caBundle.configMapKeys ?? CA_BUNDLE_KEYS).filter(isThere),
        at: at.field('tls').field('caBundle'),
      },
    }),
    ...(exposed && { expose: { ...(hostname !== undefined && { hostname }), at: at.field('expose') } }),
    allowedFrom: {
      namespaces: (given.allowedFrom?.namespaces ?? []).filter(isThere),
      labels: (given.allowedFrom?.labels ?? []).filter(isThere),
    },
    at,
  };
}

function readTls(
  { enabled, secretName }: { readonly enabled?: boolean; readonly secretName?: string },
  networking: Json | undefined,
  at: Path,
  report: Report,
): Networking['tls'] {
  const written = isObject(networking) ? networking.tls : undefined;
  if (enabled === true && isObject(written) && !Object.hasOwn(written, 'secretName')) {
    report.error(
      at.field('secretName'),
      '`tls.secretName` is required when `tls.enabled` is true: it must name a Secret with `tls.crt` and `tls.key`',
    );
  }
  return secretName !== undefined && enabled !== false ? { secretName, at } : undefined;
}
