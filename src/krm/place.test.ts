import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemsIn, listOf, toy, toyFunction } from './place.fixture.ts';
import { isMapping, type Json, type JsonObject } from './result.ts';

const at = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => {
    if (typeof key === 'number') return (inner as readonly Json[] | undefined)?.[key];
    return isMapping(inner) ? inner[key] : undefined;
  }, value);
const annotation = (item: JsonObject | undefined, key: string): Json | undefined =>
  at(item, 'metadata', 'annotations', key);
const names = (text: string): string[] =>
  itemsIn(text).map((item) => `${item.kind as string}/${at(item, 'metadata', 'name') as string}`);
const pathOf = (item: JsonObject | undefined): Json | undefined =>
  annotation(item, 'internal.config.kubernetes.io/path');
const messages = (run: { results: readonly { severity: string; message: string }[] }): string[] =>
  run.results.map(({ severity, message }) => `${severity}: ${message}`);
const secret = 'apiVersion: v1\nkind: Secret # untouched\nmetadata:\n    name: s\ndata: {a:   b}\n# end';

const configA = 'a-config-ca978112';
const configB = 'a-config-3e23e816';

describe('new objects', () => {
  const { out, results } = toyFunction(listOf(secret, toy('a', 'text: a', 'team/toys.yaml', 'ns'), secret));

  test('stand behind their owner; everything else keeps its bytes', () => {
    expect(names(out)).toEqual(['Secret/s', 'Toy/a', `ConfigMap/${configA}`, 'Deployment/a', 'Secret/s']);
    expect(out.split('kind: Secret # untouched\n  metadata:\n      name: s\n  data: {a:   b}\n').length).toBe(3);
  });

  test("get a file beside the owner, in the owner's package", () => {
    const [, , config, deployment] = itemsIn(out);
    expect(pathOf(config)).toBe('team/configmap_a-config.yaml');
    expect(pathOf(deployment)).toBe('team/deployment_a.yaml');
    expect(annotation(deployment, 'internal.config.kubernetes.io/index')).toBe('0');
    expect(annotation(deployment, 'internal.config.kubernetes.io/package-path')).toBe('/pkg');
  });

  test('carry the name of their owner', () => {
    expect(annotation(itemsIn(out)[2], 'toys.example/from')).toBe('a');
  });

  test('make the owner local to the package, and say so once', () => {
    expect(out).toContain(
      `    internal.config.kubernetes.io/package-path: '/pkg'\n      config.kubernetes.io/local-config: "true"\n  spec: {text: a}`,
    );
    expect(messages({ results }).filter((message) => message.includes('local-config'))).toHaveLength(1);
    expect(messages(toyFunction(out))).toEqual([]);
  });

  test('get no file where the owner has none', () => {
    const plain = toyFunction(
      listOf('apiVersion: toys.example/v1\nkind: Toy\nmetadata:\n  name: a\nspec: {text: a}'),
    ).out;
    expect(pathOf(itemsIn(plain)[1])).toBeUndefined();
  });

  test('go into a taken file under the next free index', () => {
    const other = secret.replace(
      'name: s',
      "name: s\n    annotations: {internal.config.kubernetes.io/path: deployment_a.yaml, internal.config.kubernetes.io/index: '0'}",
    );
    const items = itemsIn(toyFunction(listOf(toy('a', 'text: a'), other)).out);
    expect(annotation(items[2], 'internal.config.kubernetes.io/index')).toBe('1');
  });

  test('of two toys of one name in two namespaces do not meet in one place', () => {
    const items = itemsIn(
      toyFunction(listOf(toy('a', 'text: a', 'x.yaml', 'one'), toy('a', 'text: a', 'y.yaml', 'two'))).out,
    );
    const places = items.map(
      (item) => `${pathOf(item) as string}:${annotation(item, 'internal.config.kubernetes.io/index') as string}`,
    );
    expect(new Set(places).size).toBe(items.length);
  });
});

describe('local-config', () => {
  test('an explicit "false" stays, with a warning', () => {
    const run = toyFunction(
      listOf(
        toy('a', 'text: a').replace(
          '  annotations:\n',
          "  annotations:\n    config.kubernetes.io/local-config: 'false'\n",
        ),
      ),
    );
    expect(run.out).toContain("config.kubernetes.io/local-config: 'false'");
    expect(messages(run)).toEqual([expect.stringMatching(/^warning: `config.kubernetes.io\/local-config` is "false"/)]);
  });

  test('configuration of the function gets it as well', () => {
    expect(toyFunction(listOf('apiVersion: toys.example/v1\nkind: ToyOptions\nmetadata:\n  name: o')).out).toContain(
      '  metadata:\n    name: o\n    annotations:\n      config.kubernetes.io/local-config: "true"\n',
    );
  });
});

describe('objects that were there before', () => {
  const first = toyFunction(listOf(secret, toy('a', 'text: a'))).out;

  test('keep their bytes when nothing changes, however they are written', () => {
    const rewritten = first
      .replace('replicas: 1', '# by hand\n    "replicas":   0x1')
      .replace(
        'volumes:\n      - configMap:\n          name: a-config-ca978112',
        `volumes: [{configMap: {name: ${configA}}}]`,
      );
    expect(rewritten).not.toBe(first);
    expect(toyFunction(rewritten).out).toBe(rewritten);
  });

  test("are written anew in their place otherwise, with foreign labels, annotations and the orchestrator's id", () => {
    const marked = first.replace(
      'name: a\n    labels:\n      toy: a\n    annotations:\n',
      'name: a\n    labels:\n      toy: a\n      team: blue\n    annotations:\n      internal.config.kubernetes.io/id: "7"\n      note: kept\n      toys.example/old: dropped\n',
    );
    expect(marked).not.toBe(first);
    const deployment = itemsIn(toyFunction(marked.replace('{text: a}', '{text: a, replicas: 2}')).out).find(
      ({ kind }) => kind === 'Deployment',
    );
    expect(at(deployment, 'spec', 'replicas')).toBe(2);
    expect(at(deployment, 'metadata', 'labels')).toEqual({ toy: 'a', team: 'blue' });
    expect(annotation(deployment, 'internal.config.kubernetes.io/id')).toBe('7');
    expect(annotation(deployment, 'note')).toBe('kept');
    expect(annotation(deployment, 'toys.example/old')).toBeUndefined();
    expect(pathOf(deployment)).toBe('deployment_a.yaml');
  });

  test('stay where a user has moved them', () => {
    const moved = first.replaceAll('deployment_a.yaml', 'elsewhere/d.yaml');
    expect(toyFunction(moved).out).toBe(moved);
  });

  test('are theirs still when a function has set a namespace on them', () => {
    const set = first.replace(
      '  kind: Deployment\n  metadata:\n    name: a\n',
      '  kind: Deployment\n  metadata:\n    name: a\n    namespace: set-later\n',
    );
    expect(set).not.toBe(first);
    const run = toyFunction(set);
    expect(run.out).toBe(first);
    expect(run.results).toEqual([]);
  });
});

describe('a name that is taken', () => {
  test.each([
    ['by an object of nobody', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}'],
    [
      'in the namespace that none means',
      'apiVersion: apps/v1beta9\nkind: Deployment\nmetadata: {name: a, namespace: default}',
    ],
    [
      'by an object of another owner',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, annotations: {toys.example/from: b}}',
    ],
  ])('%s is an error, and nothing is changed', (_, taken) => {
    const text = listOf(toy('a', 'text: a'), taken);
    const run = toyFunction(text);
    expect(run.out).toBe(text);
    expect(messages(run).filter((message) => message.startsWith('error'))).toEqual([
      expect.stringContaining('The Deployment "a" to be generated has the name of an object'),
    ]);
  });

  test('another API group is another name', () => {
    expect(
      messages(
        toyFunction(listOf(toy('a', 'text: a'), 'apiVersion: toys.example/v1\nkind: Deployment\nmetadata: {name: a}')),
      ).filter((message) => message.startsWith('error')),
    ).toEqual([]);
  });

  test('two toys of one identity are an error', () => {
    const run = toyFunction(listOf(toy('a', 'text: a', 'x.yaml'), toy('a', 'text: b', 'y.yaml', 'default')));
    expect(messages(run)).toContain(
      'error: Two objects are the Toy "a" in namespace "default" (x.yaml, y.yaml); there must be one: remove or rename the other',
    );
  });
});

test('a toy in a `List` is an error, and nothing is changed', () => {
  const text = listOf(
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: toys.example/v1\n  kind: Toy\n  metadata:\n    name: a',
  );
  const run = toyFunction(text);
  expect(run.out).toBe(text);
  expect(run.results).toMatchObject([
    {
      severity: 'error',
      resourceRef: { kind: 'Toy', name: 'a' },
      message: expect.stringContaining('`List`') as unknown,
    },
  ]);
});

describe('objects that nothing generates any more', () => {
  const before = toyFunction(listOf(secret, toy('a', 'text: a, more: [Service, PersistentVolumeClaim]'))).out;

  test('leave the package when their toy is gone, with an info', () => {
    const items = before.split(/^(?=- )/m);
    const gone = items.filter((item) => !item.includes('kind: Toy')).join('');
    const run = toyFunction(gone);
    expect(names(run.out)).toEqual(['Secret/s', 'PersistentVolumeClaim/a-persistentvolumeclaim']);
    expect(messages(run).filter((message) => message.startsWith('info: Removed'))).toHaveLength(3);
  });

  test('leave it when their toy asks for them no more, but for those that hold data', () => {
    const run = toyFunction(before.replace(', more: [Service, PersistentVolumeClaim]', ''));
    expect(names(run.out)).not.toContain('Service/a-service');
    expect(names(run.out)).toContain('PersistentVolumeClaim/a-persistentvolumeclaim');
    expect(messages(run)).toEqual([
      expect.stringMatching(/^info: Removed.*Toy "a" generates it no more/),
      expect.stringMatching(/^info: Left in the package/),
    ]);
  });

  test('the last of them leaves `items: []`, never an empty output', () => {
    const orphan = listOf('apiVersion: v1\nkind: Service\nmetadata: {name: x, annotations: {toys.example/from: gone}}');
    expect(toyFunction(orphan).out).toBe('apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n');
  });
});

describe('a name with a hash', () => {
  const first = toyFunction(listOf(toy('a', 'text: a'))).out;
  const second = toyFunction(first.replace('text: a}', 'text: b}')).out;
  const files = (text: string): Record<string, Json | undefined> =>
    Object.fromEntries(
      itemsIn(text)
        .filter(({ kind }) => kind === 'ConfigMap')
        .map((item) => [
          at(item, 'metadata', 'name') as string,
          `${pathOf(item) as string}:${annotation(item, 'internal.config.kubernetes.io/index') as string}`,
        ]),
    );

  test('the version that the package used before moves to the file of the previous one', () => {
    expect(files(second)).toEqual({
      [configA]: 'configmap_a-config-previous.yaml:0',
      [configB]: 'configmap_a-config.yaml:0',
    });
  });

  test('both stay when nothing changes', () => {
    expect(toyFunction(second).out).toBe(second);
  });

  test('there are never more than two', () => {
    const third = toyFunction(second.replace('text: b}', 'text: c}')).out;
    expect(files(third)).toEqual({
      [configB]: 'configmap_a-config-previous.yaml:0',
      'a-config-2e7d2c03': 'configmap_a-config.yaml:0',
    });
  });

  test('going back exchanges the two', () => {
    const back = toyFunction(second.replace('text: b}', 'text: a}')).out;
    expect(files(back)).toEqual({
      [configA]: 'configmap_a-config.yaml:0',
      [configB]: 'configmap_a-config-previous.yaml:0',
    });
    expect(toyFunction(back).out).toBe(back);
  });
});

describe("a user's edit of a generated object", () => {
  const first = toyFunction(listOf(toy('a', 'text: a'))).out;

  test('is named before it is lost, with the field of the owner that it belongs to', () => {
    const run = toyFunction(first.replace('replicas: 1', 'replicas: 5'));
    expect(run.out).toBe(first);
    expect(messages(run)).toEqual([
      'warning: Edited since it was generated; the edit is lost in `spec.replicas` (set `spec.replicas`): change Toy "a" instead',
    ]);
  });

  test('is no warning when the owner now says the same', () => {
    const run = toyFunction(first.replace('replicas: 1', 'replicas: 5').replace('{text: a}', '{text: a, replicas: 5}'));
    expect(messages(run)).toEqual([]);
  });

  test('is not what other functions do to labels and namespaces', () => {
    expect(
      messages(toyFunction(first.replace('labels:\n          toy: a', 'labels:\n          toy: a\n          team: x'))),
    ).toEqual([]);
  });

  test('a change of the owner alone is no edit', () => {
    expect(messages(toyFunction(first.replace('{text: a}', '{text: a, replicas: 3}')))).toEqual([]);
  });
});

describe('kustomize', () => {
  const plugin =
    'apiVersion: toys.example/v1\nkind: Toy\nmetadata:\n  name: a\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./toy}\nspec: {text: a}';
  const config = `functionConfig:\n  ${plugin.replaceAll('\n', '\n  ')}\n`;
  const resource = (text: string): string =>
    text.replace('  name: a\n', '  name: a\n  annotations:\n    kustomize.config.k8s.io/id: |\n      kind: X\n');

  test('as a generator: the copy of the config is dropped, and the objects are all that is left', () => {
    expect(
      names(
        toyFunction(listOf(plugin.replace('spec:', "    config.kubernetes.io/local-config: 'true'\nspec:")) + config)
          .out,
      ),
    ).toEqual([`ConfigMap/${configA}`, 'Deployment/a']);
  });

  test('a config that is not among the items is not added to them', () => {
    expect(names(toyFunction(listOf() + config).out)).toEqual([`ConfigMap/${configA}`, 'Deployment/a']);
  });

  test('as a transformer: nothing is pruned, adopted or given a file', () => {
    const orphan = resource('apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n').replace(
      'annotations:\n',
      'annotations:\n    toys.example/from: gone\n',
    );
    const run = toyFunction(
      listOf(resource('apiVersion: toys.example/v1\nkind: Toy\nmetadata:\n  name: a\nspec: {text: a}'), orphan),
    );
    expect(names(run.out)).toEqual(['Toy/a', `ConfigMap/${configA}`, 'Deployment/a', 'Service/a']);
    expect(pathOf(itemsIn(run.out)[1])).toBeUndefined();
    expect(annotation(itemsIn(run.out)[1], 'kustomize.config.k8s.io/id')).toBeUndefined();
    expect(annotation(itemsIn(run.out)[1], 'toys.example/hash')).toBeUndefined();
  });

  test('an object that was generated before and is a resource too is an error', () => {
    const deployment = resource('apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n').replace(
      'annotations:\n',
      'annotations:\n    toys.example/from: a\n',
    );
    const run = toyFunction(
      listOf(resource('apiVersion: toys.example/v1\nkind: Toy\nmetadata:\n  name: a\nspec: {text: a}'), deployment),
    );
    expect(messages(run)).toContainEqual(expect.stringMatching(/^error: .*must not be resources too/));
  });
});

describe('kpt', () => {
  test('a view narrowed by selectors is an error', () => {
    const text = listOf(
      toy('a', 'text: a').replace(
        '  annotations:\n',
        "  annotations:\n    internal.config.k8s.io/kpt-resource-id: '0'\n",
      ),
    );
    const run = toyFunction(text);
    expect(run.out).toBe(text);
    expect(messages(run)).toEqual([expect.stringMatching(/^error: `selectors` and `exclude`/)]);
  });

  test('an owner that is item and functionConfig at once is expanded once and stays', () => {
    const item = toy('a', 'text: a');
    const run = toyFunction(`${listOf(item)}functionConfig:\n  ${item.replaceAll('\n', '\n  ')}\n`);
    expect(names(run.out)).toEqual(['Toy/a', `ConfigMap/${configA}`, 'Deployment/a']);
  });
});

describe('laws', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const spec = fc.tuple(
    fc.constantFrom('a', 'b', '"x\\ny\\n"'),
    fc.integer({ min: 0, max: 3 }),
    fc.subarray(['Service', 'Ingress', 'PersistentVolumeClaim']),
  );
  const toys = fc.uniqueArray(
    fc.tuple(name, spec, fc.constantFrom('t.yaml', 'sub/t.yaml'), fc.constantFrom(undefined, 'ns')),
    { selector: ([toyName, , , namespace]) => `${String(namespace)}/${toyName}` },
  );
  const packages = toys.map((all) => [
    secret,
    ...all.map(([toyName, [text, replicas, more], path, namespace]) =>
      toy(toyName, `text: ${text}, replicas: ${replicas}, more: [${more.join(', ')}]`, path, namespace),
    ),
  ]);
  const inPackage = (item: string): boolean => item.includes('kind: Toy') || item.includes('kind: Secret');

  test('rendering twice changes no item, and says nothing new', () => {
    fc.assert(
      fc.property(packages, (items) => {
        const once = toyFunction(listOf(...items)).out;
        const twice = toyFunction(once);
        expect(twice.out).toBe(once);
        expect(twice.results).toEqual([]);
      }),
    );
  });

  test('what is not ours keeps its bytes, whatever the package was before', () => {
    fc.assert(
      fc.property(packages, packages, (before, after) => {
        const generated = toyFunction(listOf(...before))
          .out.split(/^(?=- )/m)
          .slice(1)
          .filter((item) => !inPackage(item));
        const text = listOf(...after) + generated.join('');
        const { out, results } = toyFunction(text);
        expect(results.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(out).toContain(listOf(secret).split('items:\n')[1]);
      }),
    );
  });

  test('an edited package ends as a new one does, but for the previous version and what holds data', () => {
    const own = (text: string): string[] =>
      itemsIn(text)
        .filter(
          (item) =>
            (pathOf(item) as string | undefined)?.includes('previous') !== true &&
            item.kind !== 'PersistentVolumeClaim',
        )
        .map((item) =>
          JSON.stringify([
            item.kind,
            at(item, 'metadata', 'name'),
            at(item, 'metadata', 'namespace'),
            item.spec,
            item.data,
          ]),
        )
        .sort();
    fc.assert(
      fc.property(packages, packages, (before, after) => {
        const generated = toyFunction(listOf(...before))
          .out.split(/^(?=- )/m)
          .slice(1)
          .filter((item) => !inPackage(item));
        expect(own(toyFunction(listOf(...after) + generated.join('')).out)).toEqual(
          own(toyFunction(listOf(...after)).out),
        );
      }),
    );
  });
});
