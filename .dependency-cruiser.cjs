// Who may import whom. Everything that no line here allows is an error; `types` allows `import type` alone.

const shared = ['src/names', 'src/secret-env'];
const nouns = {
  // Small nouns that every file of a room may use; apart from these, files of a room meet only in its composing file.
  spec: ['secret-reference', 'fields'],
  resolve: ['resolved', 'expression'],
  config: [],
  manifests: ['labels', 'container', 'volumes', 'metadata'],
  releases: ['release', 'base-config'],
};
const composing = {
  spec: ['stack', 'v1alpha1'],
  resolve: ['index'],
  config: ['server-config'],
  manifests: ['index'],
  releases: ['index'],
};

const file = (path) => `^${path}\\.ts$`;
const room = (name) => `^src/${name}/`;
const anyOf = (paths) => `(${paths.join('|')})`;
const inRoom = (name, files) => `^src/${name}/${anyOf(files)}\\.ts$`;
const npm = (name) => `^node_modules/${name}/`;

const may = (from, ...to) => ({ from: { path: from, pathNot: '\\.test\\.ts$' }, to: { path: to } });
const mayTypes = (from, ...to) => ({
  from: { path: from, pathNot: '\\.test\\.ts$' },
  to: { path: to, dependencyTypes: ['type-only'] },
});

const withinRooms = Object.keys(nouns).flatMap((name) => [
  ...(nouns[name].length > 0 ? [may(room(name), inRoom(name, nouns[name]))] : []),
  may(inRoom(name, composing[name]), room(name)),
]);

module.exports = {
  allowedSeverity: 'error',
  allowed: [
    may('^fn/', '^fn/', file('src/run'), room('krm')),
    may('^fn/commands/', '^src/', npm('ignore')),
    may(file('fn/llsd'), npm('fastest-levenshtein')),
    { from: { path: '^fn/' }, to: { dependencyTypes: ['core'] } },
    may(
      file('src/run'),
      room('krm'),
      file('src/spec/stack'),
      file('src/resolve/index'),
      file('src/config/server-config'),
      file('src/manifests/index'),
    ),
    may(room('krm'), room('krm'), npm('yaml')),
    may(room('spec'), file('src/krm/result'), npm('zod'), npm('fastest-levenshtein')),
    may(room('resolve'), file('src/krm/result'), room('releases'), ...shared.map(file)),
    mayTypes(room('resolve'), room('spec')),
    may(room('(config|manifests)'), room('releases'), file('src/mounts'), ...shared.map(file)),
    mayTypes(room('(config|manifests)'), room('spec'), room('resolve'), file('src/krm/result')),
    mayTypes(room('manifests'), file('src/config/server-config'), npm('kubernetes-types')),
    mayTypes(room('releases'), file('src/krm/result')),
    mayTypes(file('src/secret-env'), room('spec')),
    ...withinRooms,
    // Tests sit beside the code and may use anything.
    { from: { path: '\\.test\\.ts$' }, to: {} },
  ],
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
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
