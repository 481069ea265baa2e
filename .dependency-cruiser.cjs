// Who may import whom. What no line of `allowed` names is an error; `mayTypes` allows `import type` alone.

// Files of one room do not call each other, but for these: `composing` puts the room together, `nouns` are small things
// that all of its files share, `parts` are made by the file that they belong to. They may know each other's types.
const rooms = {
  spec: {
    composing: ['stack', 'v1alpha1', 'v1alpha1-schema', 'read-field'],
    nouns: [
      'shape',
      'read-shape',
      'formats',
      'rules',
      'api-name',
      'secret-reference',
      'kubernetes-(fields|env|volumes)',
    ],
    parts: {
      providers: ['provider-ids'],
      'external-providers': ['provider-ids'],
      workload: ['overrides', 'resource-amounts', 'topology-spread'],
    },
  },
  resolve: {
    composing: ['index', 'config', 'asked-resources'],
    nouns: ['resolved', 'expression', 'image', 'apis', 'endpoint', 'provider-of-resource', 'merge-table'],
    parts: {
      providers: ['provider-type', 'settings', 'conventional-defaults'],
      distribution: ['locked'],
      settings: ['setting-values'],
      models: ['model-registration'],
      resources: ['merge'],
      scoring: ['merge'],
      conditions: ['resources'],
      'external-providers': ['locked', 'external-providers/[a-z-]+'],
      'external-providers/[a-z-]+': ['external-providers/[a-z-]+'],
      storage: ['storage/[a-z-]+'],
      'storage/[a-z-]+': ['storage/[a-z-]+'],
      'ca-bundle': ['ca-bundle/[a-z0-9-]+'],
      'ca-bundle/[a-z-]+': ['ca-bundle/[a-z0-9-]+'],
    },
  },
  config: { composing: ['server-config'], nouns: [], parts: {} },
  manifests: {
    composing: ['index'],
    nouns: ['kubernetes-object', 'metadata', 'labels', 'container', 'volumes', 'replicas', 'security'],
    parts: {
      container: ['environment', 'probes', 'resources'],
      deployment: ['scheduling', 'init-containers'],
      'init-containers': ['resources'],
    },
  },
  releases: {
    composing: ['index', 'parse-release', 'refusals'],
    nouns: ['release', 'base-config', 'data', 'texts'],
    parts: {},
  },
};

const room = (name) => `^src/${name}/`;
const file = (path) => `^${path}\\.ts$`;
const files = (name, paths) => `^src/${name}/(${paths.join('|')})\\.ts$`;
const npm = (name) => `(^|/)node_modules/${name}/`;
const outside = '\\.(test|fixture)\\.ts$';

const may = (from, ...to) => ({ from: { path: from, pathNot: outside }, to: { path: to } });
const mayTypes = (from, ...to) => ({
  from: { path: from, pathNot: outside },
  to: { path: to, dependencyTypes: ['type-only'] },
});

const withinRooms = Object.entries(rooms).flatMap(([name, { composing, nouns, parts }]) => [
  mayTypes(room(name), room(name)),
  may(files(name, composing), room(name)),
  ...(nouns.length > 0 ? [may(room(name), files(name, nouns))] : []),
  ...Object.entries(parts).map(([whole, inner]) => may(files(name, [whole]), files(name, inner))),
]);

const words = file('src/nearest');
const names = [file('src/names'), file('src/secret-env')];
const quantity = file('src/quantity');
const result = file('src/krm/result');

module.exports = {
  allowedSeverity: 'error',
  allowed: [
    may('^fn/', '^fn/', file('src/run'), room('krm'), words),
    may('^fn/commands/', '^src/', npm('ignore')),
    // The OCI client is a bundle of its own, with the libraries that nothing else loads.
    may('^fn/registry/', file('src/resolve/image'), npm('(undici|tar|fzstd)')),
    { from: { path: '^fn/' }, to: { dependencyTypes: ['core'] } },
    may(file('src/run'), room('krm'), file('src/expand')),
    may(
      file('src/expand'),
      room('krm'),
      file('src/(options|lock|package|generation)'),
      file('src/spec/(stack|v1alpha1)'),
      file('src/resolve/index'),
      file('src/config/server-config'),
      file('src/manifests/index'),
    ),
    // What `llsd lock` looks up, and what it writes.
    may(
      file('src/images'),
      room('krm'),
      file('src/(options|generation)'),
      file('src/spec/(stack|v1alpha1)'),
      file('src/resolve/(index|image)'),
    ),
    may(file('src/lock-text'), room('krm'), file('src/spec/distribution-lock')),
    // What of a list the run reads beside the CRs, and how what it makes is placed in it.
    may(file('src/(options|lock|package|generation)'), room('krm'), file('src/names')),
    may(file('src/(options|generation)'), file('src/(generation|field-of-cr)')),
    may(file('src/options'), file('src/spec/render-options')),
    may(file('src/lock'), file('src/spec/distribution-lock')),
    may(file('src/generation'), file('src/spec/v1alpha1-fields')),
    mayTypes(file('src/(run|expand|options|package|generation)'), room('(spec|resolve|manifests)')),
    may(room('krm'), room('krm'), npm('yaml')),
    may(
      room('convert'),
      room('(krm|convert)'),
      npm('yaml'),
      file('src/spec/(version|v1alpha1-fields|read-field|kept-annotations)'),
    ),
    may(room('spec'), result, words, quantity, npm('zod')),
    mayTypes(room('spec'), npm('kubernetes-types')),
    // The schemas that others check a CR with, from those of the readers.
    may(
      room('schema'),
      room('schema'),
      npm('zod'),
      room('releases'),
      file('src/spec/(stack|v1alpha1-schema|metadata|version|shape)'),
    ),
    mayTypes(room('schema'), result),
    may(room('resolve'), result, words, room('releases'), file('src/mounts'), ...names),
    mayTypes(room('resolve'), room('spec')),
    may(room('(config|manifests)'), room('releases'), file('src/mounts'), ...names),
    may(room('manifests'), quantity),
    mayTypes(room('(config|manifests)'), room('spec'), room('resolve'), result),
    may(room('config'), result, '^src/config/start-program/[a-z_]+\\.py$'),
    mayTypes(room('manifests'), file('src/config/server-config'), npm('kubernetes-types')),
    may(room('releases'), '^src/releases/data/'),
    mayTypes(room('releases'), result),
    may(file('src/releases/refusals'), result),
    may(file('src/mounts'), ...names),
    mayTypes(file('src/(names|mounts|secret-env)'), room('spec'), room('releases')),
    may(words, npm('fastest-levenshtein')),
    ...withinRooms,
    // Tests and what they share may use anything.
    { from: { path: [outside, '^(tools|testdata|examples)/'] }, to: {} },
  ],
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$'] }, to: {} },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
