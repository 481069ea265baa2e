import type { Item } from '../../src/krm/item.ts';
import { isMapping, Path, type Json, type Result } from '../../src/krm/result.ts';
import type { CredentialSource, credentialsIn } from '../registry/index.ts';

const key = '.dockerconfigjson';

/** The credentials in a package's Secrets of type `kubernetes.io/dockerconfigjson`; results never show what is in them. */
export function pullSecrets(
  items: readonly Item[],
  credentialsOf: typeof credentialsIn,
): { sources: readonly CredentialSource[]; results: readonly Result[] } {
  const sources: CredentialSource[] = [];
  const results: Result[] = [];
  for (const item of items.filter(({ kind, apiVersion }) => kind === 'Secret' && apiVersion === 'v1')) {
    const secret = item.value();
    if (!isMapping(secret) || secret.type !== 'kubernetes.io/dockerconfigjson') continue;
    const auths = authsOf(secret.data, secret.stringData);
    const report = item.report();
    if (auths === undefined)
      report.error(
        Path.root.field('data').field(key),
        `\`data["${key}"]\` must be the base64 of a docker config.json, \`{"auths": {…}}\`: make the Secret with \`kubectl create secret docker-registry --dry-run=client -o yaml\``,
      );
    else
      sources.push({
        name: `Secret "${item.name}"`,
        of: (repository) => Promise.resolve(credentialsOf(auths, repository)),
      });
    results.push(...report.results);
  }
  return { sources, results };
}

function authsOf(data: Json | undefined, stringData: Json | undefined): Json | undefined {
  const plain = isMapping(stringData) ? stringData[key] : undefined;
  const encoded = isMapping(data) ? data[key] : undefined;
  const text = typeof plain === 'string' ? plain : typeof encoded === 'string' ? fromBase64(encoded) : '';
  try {
    const config = JSON.parse(text) as Json;
    return isMapping(config) && isMapping(config.auths) ? config.auths : undefined;
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
