import type { Json } from '../krm/result.ts';
import { type Wording, either, number, text } from './shape.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** `My Stack!` → `my-stack`: the DNS label of at most `maxLength` characters that a name was probably meant to be. */
export function toLabel(value: Json, maxLength = 63): string | undefined {
  if (typeof value !== 'string') return undefined;
  const label = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength)
    .replace(/^[-]+|-+$/g, '');
  return label === '' ? undefined : label;
}

/** A DNS-1123 label, as the Kubernetes API wants for namespaces, volumes and containers. */
export const dnsLabel = () =>
  text(
    {
      must: 'must be at most 63 lower-case letters, digits or "-", with a letter or digit at both ends',
      propose: (value) => toLabel(value),
    },
    new RegExp(`^${LABEL}$`),
    63,
  );

/** A DNS-1123 subdomain, as the Kubernetes API wants for the names of most objects, and for host names. */
export const dnsSubdomain = (what = 'a name', but?: RegExp, propose = toSubdomain) =>
  text(
    {
      ...(but && { but }),
      must: `must be ${what} of at most 253 lower-case letters, digits, "-" or ".", with a letter or digit at both ends of each part`,
      propose: (value) => (typeof value === 'string' ? propose(value) : undefined),
    },
    new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    253,
  );

/** `My_Secret` → `my-secret` */
function toSubdomain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, '-');
}

/** The host name of an Ingress or Route, which takes no IP address: a URL's is proposed, `https://a.b:443/c` → `a.b`. */
export const hostName = () =>
  dnsSubdomain('a host name, not an IP address,', /^[0-9.]+$/, (url) =>
    toSubdomain(url.replace(/^[a-z]+:\/\//i, '').replace(/[:/].*$/, '')),
  );

/** A key of a Secret or ConfigMap. */
export const dataKey = () =>
  text(
    { must: 'must be a key of at most 253 letters, digits, "-", "_" or "."', but: /^\.(?:\.|$)/ },
    /^[-._a-zA-Z0-9]+$/,
    253,
  );

/** A key of a label: `team` or `example.com/team`. */
const LABEL_KEY = `(${LABEL}(\\.${LABEL})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;

/** More before the "/" of a label's key than it may have. */
const LONG_PREFIX = /^[^/]{254}/;

/** `ai`; a label may also be empty. */
const LABEL_VALUE = '([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?';

/** The value of a label. */
export const labelValue = () =>
  text(
    'must be the value of a label: at most 63 letters, digits, "-", "_" or ".", with a letter or digit at both ends',
    new RegExp(`^${LABEL_VALUE}$`),
  );

/** A label of a namespace: `key`, which it must have, or `key=value`, which it must equal. */
export const labelRequirement = () =>
  text(
    {
      but: LONG_PREFIX,
      must: 'must be the key of a label such as "example.com/team", or `key=value`; the name in the key and the value must be at most 63 letters, digits, "-", "_" or ".", with a letter or digit at both ends',
      propose: (value) => (typeof value === 'string' ? value.replace(/\s*[=:]\s*/, '=').trim() : undefined),
    },
    new RegExp(`^${LABEL_KEY}(=${LABEL_VALUE})?$`),
    400,
  );

/** The key of a label or of a topology: `topology.kubernetes.io/zone`. */
export const labelKey = () =>
  text(
    { must: 'must be the key of a label, such as "topology.kubernetes.io/zone"', but: LONG_PREFIX },
    new RegExp(`^${LABEL_KEY}$`),
    317,
  );

/** The key of an annotation, which the Kubernetes API reads without regard to case. */
export const annotationKey = () =>
  text(
    {
      must: 'must be the key of an annotation, such as "nginx.ingress.kubernetes.io/proxy-body-size"',
      but: LONG_PREFIX,
    },
    new RegExp(`^${LABEL_KEY}$`, 'i'),
    317,
  );

const DOMAIN =
  '(?:[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?)*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?';
const REPOSITORY = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';

/** An image reference: `[registry/]repository[:tag][@digest]`. */
export const imageReference = () =>
  text(
    'must be an image reference, such as "docker.io/llamastack/distribution-starter:0.7.1"',
    new RegExp(
      `^(?:${DOMAIN}/)?${REPOSITORY}(?:/${REPOSITORY})*(?::[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(?:@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?$`,
    ),
    1024,
  );

/** A registry: `docker.io`, `localhost:5000`, also with a path. */
export const registry = () =>
  text('must be a registry, such as "mirror.example.com"', new RegExp(`^${DOMAIN}(?:/${REPOSITORY})*$`), 512);

const QUANTITY = '\\+?([0-9]+|[0-9]+\\.[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?';

/** A quantity of the Kubernetes API, not negative: `10Gi`, `500m`, also a bare number. */
export const quantity = () => {
  const must = 'must be a quantity, such as "500m" or "10Gi"';
  return either(
    { must, propose: toQuantity, examples: ['500m', '10Gi'] },
    text({ must, propose: toQuantity }, new RegExp(`^${QUANTITY}$`)),
    number('at least', 0, { must }),
  );
};

/** A quantity above 0. */
export const positiveQuantity = () => {
  const wording = { must: 'must be a quantity above 0, such as "10Gi"', propose: toQuantity, examples: ['10Gi'] };
  return either(
    wording,
    text({ ...wording, but: /^[+.0]*(?:[^+.0-9]|$)/ }, new RegExp(`^${QUANTITY}$`)),
    number('above', 0, { must: wording.must, propose: toQuantity }),
  );
};

/** `10 GB` → `10G` */
function toQuantity(value: Json): Json | undefined {
  if (typeof value !== 'string') return undefined;
  const [, amount = '', unit = ''] = /^\s*([0-9.]+)\s*([a-z]*)\s*$/i.exec(value) ?? [];
  return `${amount}${unit.replace(/b$/i, '').replace(/^([kmgtpe])(i?)$/i, (_, letter: string, i: string) => `${letter.toUpperCase()}${i.toLowerCase()}`)}`;
}

const HOST = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.%]+\\])';
const PORT = '(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?';
const EXPRESSION = '\\$\\{env\\.[A-Za-z_][A-Za-z0-9_]*(?::[=+][^}\\s]*)?\\}';

/** Where a provider is reached: a URL, or `host:port`; either may be an expression of the server, `${env.NAME}`. */
export const endpoint = (wording: Wording = {}) =>
  text(
    { must: 'must be a URL such as "http://vllm:8000", or host:port', ...wording },
    new RegExp(
      `^(?:[a-z][-a-z0-9+.]*://(?:[^\\s/?#@]*@)?(?:${HOST}|${EXPRESSION})${PORT}(?:[/?#]\\S*)?|${HOST}${PORT}|${EXPRESSION}\\S*)$`,
    ),
    2048,
  );

/** An absolute path in the container. */
export const absolutePath = () =>
  text({ must: 'must be an absolute path without ":" and ".."', but: /:|\/\.\.(?:\/|$)/ }, /^\/.*$/);
