import type * as z from 'zod/v4/core';
import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { annotationKey, dnsLabel, dnsSubdomain, imageReference, registry } from './formats.ts';
import { readShape } from './read-shape.ts';
import { type Holed, choice, fallback, isObject, list, map, object, optional, string, text } from './shape.ts';

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

/** The annotation of a CR that holds options as YAML; a kustomize generator has no other way in. */
export const OPTIONS_ANNOTATION = 'fn.llamastack.io/options';

/** What holds where no source says otherwise. */
const DEFAULTS: RenderOptions = {
  platform: 'kubernetes',
  imageOverrides: {},
  registryMirrors: {},
  ingressAnnotations: {},
  ingressNamespaces: [],
  providerMerge: 'Replace',
  missingReferences: 'Info',
  podSecurity: 'restricted',
  networkPolicy: 'On',
};

/** `spec` of RenderOptions as written. */
export const renderOptionsSchema = object(
  () => ({
    platform: fallback('What the objects are for.', choice('kubernetes', 'openshift'), DEFAULTS.platform),
    imageOverrides: optional(
      'Images in place of the known ones, by distribution.',
      map(
        imageReference(),
        { must: 'must be an object: name of a distribution → image reference' },
        text('must be the name of a distribution'),
      ),
    ),
    registryMirrors: optional(
      'Registries that are used in place of others.',
      map(registry(), { must: 'must be an object: registry → registry that is used instead' }, registry()),
    ),
    ingressDomain: optional('The domain under which servers are exposed.', dnsSubdomain('a domain')),
    ingressClassName: optional('The class of Ingresses.', dnsSubdomain()),
    ingressAnnotations: optional(
      'Annotations of Ingresses.',
      map(
        string({ must: 'must be a string: write it in quotes' }),
        { must: 'must be an object of annotations, each a string' },
        annotationKey(),
      ),
    ),
    ingressNamespaces: optional(
      'The namespaces of the ingress controller.',
      list(dnsLabel(), { must: 'must be a list of namespaces' }),
    ),
    providerMerge: fallback(
      'Whether providers replace those of the base config, or are laid over them.',
      choice('Replace', 'Overlay'),
      DEFAULTS.providerMerge,
    ),
    missingReferences: fallback(
      'How a Secret that is not in the package is reported.',
      choice('Info', 'Warn', 'Error'),
      DEFAULTS.missingReferences,
    ),
    podSecurity: fallback(
      'The Pod Security profile of the pods.',
      choice('restricted', 'baseline'),
      DEFAULTS.podSecurity,
    ),
    networkPolicy: fallback('Whether a NetworkPolicy is made.', choice('On', 'Off'), DEFAULTS.networkPolicy),
  }),
  { must: 'must be an object of options, such as `{ingressDomain: example.com}`' },
);

/** Where options come from. */
export interface OptionSource {
  /** `spec` of RenderOptions, `data` of a ConfigMap, or the parsed text of the annotation; undefined is none. */
  readonly value: Json | undefined;
  /** Where `value` stands in its object. */
  readonly at: Path;
  /** `data`: keys may be `imageOverrides.starter`, lists `a, b`, and every scalar is read as a string. */
  readonly form: 'object' | 'data';
  /** The report on the object that holds it, where that is another than the reader's own. */
  readonly report?: Report;
}

/** The options of one source; what it does not say is missing. */
type Layer = Holed<z.infer<typeof renderOptionsSchema>>;

/** Reads the sources, the weakest first: a later one wins, by key for objects, as a whole for lists. */
export function readRenderOptions(sources: readonly OptionSource[], report: Report): RenderOptions {
  return sources.map((source) => readLayer(source, source.report ?? report)).reduce<RenderOptions>(join, DEFAULTS);
}

function readLayer({ value, at, form }: OptionSource, report: Report): Layer {
  // Most runs have no options: building the schema would take longer than all the rest of reading them.
  if (isObject(value) && Object.keys(value).length === 0) return {};
  const plain = form === 'data' && isObject(value) ? fromData(value) : value;
  return readShape(renderOptionsSchema, isObject(plain) ? withSwitch(plain) : plain, at, report) ?? {};
}

/** `networkPolicy: Off` is a boolean to readers of YAML 1.1, kubectl among them. */
function withSwitch(options: JsonObject): JsonObject {
  const { networkPolicy } = options;
  return typeof networkPolicy === 'boolean' ? { ...options, networkPolicy: networkPolicy ? 'On' : 'Off' } : options;
}

/** `{"imageOverrides.starter": "a", ingressNamespaces: "b, c"}` → `{imageOverrides: {starter: "a"}, ingressNamespaces: ["b", "c"]}` */
function fromData(data: JsonObject): JsonObject {
  const options = Object.create(null) as Record<string, Json>;
  for (const [written, value] of Object.entries(data)) {
    const dot = written.indexOf('.');
    if (dot < 0) {
      const before = options[written];
      const given = toStrings(value, written);
      options[written] = isObject(before) && isObject(given) ? { ...before, ...given } : given;
      continue;
    }
    const option = written.slice(0, dot);
    const before = options[option];
    options[option] = { ...(isObject(before) && before), [written.slice(dot + 1)]: toStrings(value, '') };
  }
  return options;
}

function toStrings(value: Json, option: string): Json {
  if (option === 'networkPolicy' && typeof value === 'boolean') return value;
  if (option === 'ingressNamespaces' && typeof value === 'string') {
    return value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toStrings(entry, '')]));
}

function join(weaker: RenderOptions, layer: Layer): RenderOptions {
  const { imageOverrides, registryMirrors, ingressAnnotations, ingressNamespaces, ...scalars } = layer;
  return {
    ...weaker,
    ...scalars,
    imageOverrides: { ...weaker.imageOverrides, ...imageOverrides },
    registryMirrors: { ...weaker.registryMirrors, ...registryMirrors },
    ingressAnnotations: { ...weaker.ingressAnnotations, ...ingressAnnotations },
    ingressNamespaces: ingressNamespaces?.filter((namespace) => namespace !== undefined) ?? weaker.ingressNamespaces,
  };
}
