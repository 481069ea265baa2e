import type { Release } from '../../src/releases/index.ts';
import type { JsonObject } from '../../src/krm/result.ts';
import type { BootQuestion } from './boot.ts';

/** API → a path that the server has only while it serves the API; a GET of it is anything but 404 then. */
export const pathsOf: Readonly<Record<string, string>> = {
  inference: '/v1/chat/completions',
  safety: '/v1/safety/run-shield',
  vector_io: '/v1/vector_stores',
  tool_runtime: '/v1/tools',
  responses: '/v1/responses',
  agents: '/v1/responses',
  files: '/v1/files',
  file_processors: '/v1alpha/file-processors/process',
  batches: '/v1/batches',
  datasetio: '/v1beta/datasets',
  scoring: '/v1/scoring/score',
  eval: '/v1alpha/eval/benchmarks',
  post_training: '/v1alpha/post-training/preference-optimize',
  messages: '/v1/messages',
  interactions: '/v1alpha/interactions',
};

/** Where the server lists connectors. */
export function connectorsPath(release: Release): string | undefined {
  if (!release.connectors) return undefined;
  return release.toolGroups === 'automatic' ? '/v1beta/connectors' : '/v1alpha/connectors';
}

/** What every server is asked, whatever its CR: the GETs that show the truth, and the first use of both kinds of store. */
export function questionsFor(release: Release): Pick<BootQuestion, 'get' | 'post'> {
  const apis = release.apis.flatMap((api) => pathsOf[api] ?? []);
  const connectors = connectorsPath(release);
  const get = ['/v1/providers', '/v1/models', '/v1/shields', '/v1/tools', ...apis];
  if (release.toolGroups === 'registered') get.push('/v1/toolgroups');
  if (connectors !== undefined) get.push(connectors);
  return { get: [...new Set(get)], post: firstUses };
}

/** Writes to the SQL and to the key-value store. */
export const firstUses: readonly (readonly [path: string, body: JsonObject])[] = [
  ['/v1/conversations', {}],
  ['/v1/prompts', { prompt: 'What is {{ it }}?', variables: ['it'] }],
];

/** A request to a registered model. */
export function chatWith(model: string): readonly [path: string, body: JsonObject] {
  return ['/v1/chat/completions', { model, messages: [{ role: 'user', content: 'ping' }] }];
}
