import { afterAll, beforeAll } from 'vitest';
import { render } from './cases.ts';
import { Cluster } from './cluster.ts';
import { Databases } from './databases.ts';
import type { Pod } from './pod.ts';
import { Upstream } from './upstream.ts';

/** A cluster for the tests of one file, with what its pods reach: started before them, and stopped after them. */
export function clusterOfTests(): { readonly cluster: Cluster; readonly upstream: Upstream } {
  const databases = new Databases();
  const upstream = new Upstream();
  beforeAll(async () => {
    await upstream.start();
  });
  afterAll(async () => {
    upstream.stop();
    await databases.stop();
  });
  return { cluster: new Cluster(upstream, databases), upstream };
}

/** The pod of the one CR of a ResourceList, which must be a valid one. */
export function podOfInput(name: string, input: Buffer): Pod {
  const rendered = render({ name, input, valid: true });
  const pod = 'pods' in rendered ? rendered.pods[0] : undefined;
  if (pod === undefined) throw new Error(JSON.stringify(rendered));
  return pod;
}
