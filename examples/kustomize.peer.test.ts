import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peer } from '../tools/peers/env.ts';
import {
  modes,
  namesOf,
  objectsIn,
  only,
  outputOf,
  valuesOf,
  workbench,
  type KubernetesObject,
  type Said,
} from './pipeline.fixture.ts';

const five = ['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount'];
const kinds = (objects: readonly KubernetesObject[]): string[] => objects.map(({ kind }) => kind).sort();
const instances = (object: KubernetesObject): Set<unknown> =>
  new Set(valuesOf(object.spec, 'app.kubernetes.io/instance'));

/** The names that an object of a kind has in a field that names objects of that kind. */
const namedBy: Readonly<Record<string, (objects: readonly KubernetesObject[]) => readonly unknown[]>> = {
  ConfigMap: (objects) => valuesOf(valuesOf(objects, 'configMap'), 'name'),
  Secret: (objects) => [...valuesOf(valuesOf(objects, 'secretKeyRef'), 'name'), ...valuesOf(objects, 'secretName')],
  ServiceAccount: (objects) => valuesOf(objects, 'serviceAccountName'),
  PersistentVolumeClaim: (objects) => valuesOf(objects, 'claimName'),
  Service: (objects) => valuesOf(valuesOf(objects, 'backend'), 'name'),
  Deployment: (objects) => valuesOf(valuesOf(objects, 'scaleTargetRef'), 'name'),
};

const runs = ['5.8.1', '5.4.3'].flatMap((version) => modes.map((mode) => ({ version, mode })));

describe.each(runs)('kustomize $version, $mode.name', ({ version, mode }) => {
  const kustomize = peer(`kustomize-${version}`);
  const it = test.runIf(kustomize);
  const asRoot = test.runIf(kustomize && (process.getuid?.() === 0 || process.env.CI));
  const bench = workbench(mode);
  const start = (example: string): Said =>
    bench.current.run(kustomize?.path ?? '', ['build', '--enable-alpha-plugins', '--enable-exec', example], {
      cwd: 'examples',
    });
  const build = (example: string): readonly KubernetesObject[] => objectsIn(outputOf(start(example)));
  /** Changes a file of the copy for the time of a function. */
  const withFile = <T>(file: string, change: (text: string) => string, use: () => T): T => {
    const path = bench.current.path('examples', file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(path, after);
    try {
      return use();
    } finally {
      writeFileSync(path, before);
    }
  };

  it('kustomize-generator: a CR as generator gives its objects, in the namespace of the kustomization', () => {
    const objects = build('kustomize-generator');
    expect(kinds(objects)).toEqual(five);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['llama']));
  });

  it('kustomize-transformer: CRs among the resources give their objects, and are not applied themselves', () => {
    expect(kinds(build('kustomize-transformer/base'))).toEqual(five);
  });

  it('kustomize-transformer: a prefix and a namespace reach everything', () => {
    const objects = build('kustomize-transformer/overlay');
    expect(kinds(objects)).toEqual(five);
    expect(objects.filter(({ metadata }) => !metadata.name.startsWith('team-a-my-stack'))).toEqual([]);
  });

  it('kustomize-transformer: a second build gives the same bytes', () => {
    expect(outputOf(start('kustomize-transformer/overlay'))).toBe(outputOf(start('kustomize-transformer/overlay')));
  });

  describe.each([
    ['a', '-v1', 1],
    ['b', '-v2', 0],
  ] as const)('team %s', (team, suffix, replicas) => {
    it('kustomize-overlays: every name that an object has for another is that of an object', () => {
      const objects = build(`kustomize-overlays/team-${team}`);
      for (const [kind, namedIn] of Object.entries(namedBy)) {
        const there = objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
        // The certificate of the server is the one Secret that the package leaves to the cluster.
        const named = namedIn(objects).filter((name) => name !== 'chat-tls');
        expect(named.length, kind).toBeGreaterThan(0);
        expect(named.filter((name) => !there.includes(String(name)))).toEqual([]);
      }
    });

    it('kustomize-overlays: prefix, suffix, namespace, labels and replicas are those of the team', () => {
      const objects = build(`kustomize-overlays/team-${team}`);
      expect(objects).toHaveLength(16);
      for (const { kind, metadata } of objects) {
        expect(metadata.name).toMatch(
          new RegExp(`^team-${team}-.*${suffix}${kind === 'Secret' ? '-[a-z0-9]{10}' : ''}$`),
        );
        expect(metadata.namespace).toBe(`team-${team}`);
        expect(metadata.labels?.team).toBe(team);
      }
      expect(only(objects, 'Deployment', `files${suffix}`).spec).toMatchObject({ replicas });
      expect(only(objects, 'Service', `files-service${suffix}`).spec).toMatchObject({ selector: { team } });
    });
  });

  it('kustomize-environments: patches, a component and a replacement of the CR reach what is made of it', () => {
    const dev = build('kustomize-environments/dev');
    const config = (objects: readonly KubernetesObject[]): string =>
      (only(objects, 'ConfigMap').data as Record<string, string>)['config.yaml'] ?? '';
    expect(config(dev)).toContain('qwen3-4b');
    expect(valuesOf(only(dev, 'Deployment'), 'memory')).toContain('8Gi');
    const prod = build('kustomize-environments/prod');
    expect(config(prod)).not.toContain('qwen3-4b');
    expect(valuesOf(only(prod, 'Ingress'), 'host')).toEqual(['llama.example.com']);
  });

  it("kustomize-environments: the Secret's name reaches the Deployment with its hash", () => {
    const objects = build('kustomize-environments/dev');
    const { name } = only(objects, 'Secret').metadata;
    expect(name).toMatch(/^dev-vllm-creds-[a-z0-9]{10}$/);
    expect(valuesOf(valuesOf(only(objects, 'Deployment'), 'secretKeyRef'), 'name')).toEqual([name]);
  });

  it('kustomize-environments: a transformer behind llsd sets labels on what it made', () => {
    for (const { kind, metadata } of build('kustomize-environments/dev'))
      expect([kind, metadata.labels?.environment]).toEqual([kind, 'dev']);
  });

  it('kustomize-environments: two overlays in one namespace keep their pods and Secrets apart', () => {
    const objects = build('kustomize-environments/both');
    for (const environment of ['dev', 'prod']) {
      const mine = objects.filter(({ metadata }) => metadata.name.startsWith(`${environment}-`));
      expect(mine.length).toBeGreaterThan(5);
      for (const kind of ['Deployment', 'Service', 'NetworkPolicy'])
        expect(instances(only(mine, kind)), kind).toEqual(new Set([`${environment}-my-stack`]));
      expect(valuesOf(valuesOf(only(mine, 'Deployment'), 'secretKeyRef'), 'name')).toEqual([
        only(mine, 'Secret').metadata.name,
      ]);
    }
  });

  it('kustomize-environments: imageOverrides changes the config with the image, images does not', () => {
    const release = (objects: readonly KubernetesObject[]): unknown[] => [
      valuesOf(only(objects, 'Deployment'), 'image')[0],
      only(objects, 'Deployment').metadata.annotations?.['llamastack.io/distribution'],
    ];
    const image = 'docker.io/llamastack/distribution-starter';
    expect(release(build('kustomize-environments/prod'))).toEqual([`${image}:0.6.1`, 'starter@0.6.1']);
    const images = (text: string): string => `${text}images:\n  - name: ${image}\n    newTag: 0.6.1\n`;
    expect(
      withFile('kustomize-transformer/overlay/kustomization.yaml', images, () =>
        release(build('kustomize-transformer/overlay')),
      ),
    ).toEqual([`${image}:0.6.1`, 'starter@0.7.1']);
  });

  it('kustomize-overlays: with llsd in the base, the instance label has no prefix', () => {
    const objects = build('kustomize-overlays/team-a');
    expect(instances(only(objects, 'Service', 'files-service-v1'))).toEqual(new Set(['files']));
  });

  it("kustomize-openshift: the Route follows the Service's name, and does not without the configuration", () => {
    const target = (): unknown =>
      (only(build('kustomize-openshift/overlay'), 'Route').spec as { to: { name: string } }).to.name;
    expect(target()).toBe('team-a-my-stack-service');
    const without = (text: string): string => text.replace(/configurations:[^]*/, '');
    expect(withFile('kustomize-openshift/overlay/kustomization.yaml', without, target)).toBe('my-stack-service');
  });

  it('kustomize-generator-overlays: the patched CR counts, and what kustomize sets is set on what it gives', () => {
    const objects = build('kustomize-generator-overlays/prod');
    expect(namesOf(objects).map((name) => name.replace(/-[a-z0-9]{8,10}$/, ''))).toEqual([
      'ConfigMap/prod-my-stack-config',
      'Deployment/prod-my-stack',
      'Secret/prod-vllm-creds',
      'Service/prod-my-stack-service',
      'ServiceAccount/prod-my-stack-sa',
    ]);
    const deployment = only(objects, 'Deployment');
    expect(deployment.metadata).toMatchObject({ namespace: 'llama', labels: { environment: 'prod' } });
    expect(valuesOf(deployment, 'memory')).toContain('4Gi');
    expect(valuesOf(valuesOf(deployment, 'secretKeyRef'), 'name')).toEqual([only(objects, 'Secret').metadata.name]);
  });

  it('kustomize-generator-overlays: a Secret in the folder of the generators fails', () => {
    const secret = (text: string): string => `${text}secretGenerator:\n  - name: x\n    literals: [a=b]\n`;
    const said = withFile('kustomize-generator-overlays/prod/stack/kustomization.yaml', secret, () =>
      start('kustomize-generator-overlays/prod'),
    );
    expect(said.code).not.toBe(0);
    expect(said.err).toContain('unable to find plugin root');
  });

  it('kustomize-generator: a CR that is a resource too gives its objects once, and is applied as it is', () => {
    const both = (text: string): string => `${text}resources:\n  - stack.yaml\n`;
    const objects = withFile('kustomize-generator/kustomization.yaml', both, () => build('kustomize-generator'));
    // A generator sees no resources, so that it cannot mark this one as local.
    expect(kinds(objects)).toEqual([...five, 'LlamaStackDistribution'].sort());
  });

  it('kustomize-generator: the first line of a failed build names the CR, the field and the fix', () => {
    const wrong = (text: string): string => text.replace('provider: vllm', 'provider: vlm');
    const { code, out, err } = withFile('kustomize-generator/stack.yaml', wrong, () => start('kustomize-generator'));
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')[0]).toMatch(
      /^stack\.yaml:14: error: LlamaStackDistribution\/my-stack: spec\.providers\.inference\.provider: .*vllm/,
    );
  });

  const vlm = ['provider: vllm', 'provider: vlm'] as const;
  const port = ['      spec:\n', '      spec:\n        networking: {port: 80}\n'] as const;
  const replicas = ['      spec:\n', '      spec:\n        workload: {replicas: -1}\n'] as const;
  /** The line of the first of what differs. */
  const changedLine = (before: string, after: string): number => {
    const lines = before.split('\n');
    return after.split('\n').findIndex((line, index) => line !== lines[index]) + 1;
  };

  it.each([
    ['kustomize-transformer/base', 'stack.yaml', vlm, 'my-stack'],
    ['kustomize-environments/dev', '../base/stack.yaml', vlm, 'dev-my-stack'],
    ['kustomize-environments/dev', '../bigger/kustomization.yaml', port, 'dev-my-stack'],
    ['kustomize-environments/prod', 'kustomization.yaml', replicas, 'prod-my-stack'],
    ['kustomize-generator-overlays/prod', '../stack/stack.yaml', vlm, 'my-stack'],
    ['kustomize-generator-overlays/prod', 'stack/kustomization.yaml', port, 'my-stack'],
  ])('%s: a mistake in %s is told with the line of that file', (example, file, [right, wrong], name) => {
    let line = 0;
    const mistake = (text: string): string => {
      const after = text.replace(right, wrong);
      line = changedLine(text, after);
      return after;
    };
    const { code, out, err } = withFile(`${example}/${file}`, mistake, () => start(example));
    expect([code, out]).toEqual([1, '']);
    expect(err.slice(0, err.indexOf(': spec.'))).toBe(`${file}:${String(line)}: error: LlamaStackDistribution/${name}`);
  });

  it('kustomize-transformer: in a base, the file is told from there, with originAnnotations from the overlay', () => {
    const overlay = (): string | undefined => start('kustomize-transformer/overlay').err.split(':')[0];
    const told = (text: string): string => `${text}buildMetadata: [originAnnotations]\n`;
    const wrong = (text: string): string => text.replace(...vlm);
    withFile('kustomize-transformer/base/stack.yaml', wrong, () => {
      expect(overlay()).toBe('stack.yaml');
      expect(withFile('kustomize-transformer/overlay/kustomization.yaml', told, overlay)).toBe('../base/stack.yaml');
    });
  });

  it('kustomize-environments: what a JSON patch brings is told without a line', () => {
    const patch = (text: string): string => text.replace('value: qwen3-4b', 'value: 5');
    const { err } = withFile('kustomize-environments/dev/kustomization.yaml', patch, () =>
      start('kustomize-environments/dev'),
    );
    expect(err).toMatch(/^error: LlamaStackDistribution\/dev-my-stack: spec\.resources\.models\[1\]: /);
  });

  it('kustomize-options: a mistake in the options is told with the line of their file', () => {
    const wrong = (text: string): string => text.replace('ingressClassName', 'ingressClass');
    const { err } = withFile('kustomize-options/shared.yaml', wrong, () => start('kustomize-options'));
    expect(err).toMatch(/^shared\.yaml:6: error: RenderOptions\/llama\/shared: spec\.ingressClass: /);
  });

  it.each(['kustomize-generator', 'kustomize-transformer/base'])(
    '%s: with originAnnotations the first line of a failed build names file and line all the same',
    (example) => {
      const wrong = (text: string): string => text.replace('provider: vllm', 'provider: vlm');
      const told = (text: string): string => `${text}buildMetadata: [originAnnotations]\n`;
      const { err } = withFile(`${example}/kustomization.yaml`, told, () =>
        withFile(`${example}/stack.yaml`, wrong, () => start(example)),
      );
      expect(err.split('\n')[0]).toMatch(/^stack\.yaml:\d+: error: LlamaStackDistribution\/my-stack: spec\./);
    },
  );

  asRoot('kustomize-generator: a folder that cannot be written to is rendered as any other', () => {
    bench.current.run('cp', [kustomize?.path ?? '', bench.current.path('bin/kustomize')]);
    const options = ['build', '--enable-alpha-plugins', '--enable-exec', 'kustomize-generator'];
    const said = bench.current.runAsNobody(bench.current.path('bin/kustomize'), options, { cwd: 'examples' });
    expect(outputOf(said)).toBe(outputOf(start('kustomize-generator')));
  });

  it('kustomize-options: the options of each CR are those of all ways, the strongest first', () => {
    const objects = build('kustomize-options');
    expect(kinds(objects)).toEqual([...five, ...five, 'Ingress', 'Ingress'].sort());
    for (const [name, host] of [
      ['public', 'public-llama.example.com'],
      ['intern', 'intern-llama.intern.example.com'],
    ]) {
      const ingress = only(objects, 'Ingress', `${name ?? ''}-ingress`);
      expect(ingress.spec).toMatchObject({ ingressClassName: 'nginx', rules: [{ host }] });
      expect(
        valuesOf(only(objects, 'NetworkPolicy', `${name ?? ''}-network-policy`), 'kubernetes.io/metadata.name'),
      ).toEqual(['ingress-nginx']);
    }
  });
});
