import { expect, test } from 'vitest';
import { host } from '../../fn/function.ts';
import { emitYaml } from '../krm/emitter.ts';
import type { Json, JsonObject } from '../krm/result.ts';
import { render } from '../run.ts';
import { convertFile } from './convert.ts';

/** A v1alpha1 CR with these variables, as v1alpha2 with providers made of them. */
function converted(env: readonly Json[], release = '0.7.1') {
  const image = `docker.io/${release.startsWith('0.8') ? 'ogx' : 'llamastack'}/distribution-starter:${release}`;
  const text = emitYaml({
    apiVersion: 'llamastack.io/v1alpha1',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'a' },
    spec: { server: { distribution: { image }, containerSpec: { env } } },
  });
  const file = convertFile({ path: 'a.yaml', text }, { to: 'v1alpha2', providersFromEnv: true });
  const warnings = file.results.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
  return { text: file.text, warnings };
}

const secret = (name: string): JsonObject => ({ name, valueFrom: { secretKeyRef: { name: 'keys', key: name } } });
const keys = ['OPENAI', 'ANTHROPIC', 'GEMINI', 'GROQ', 'TOGETHER', 'FIREWORKS', 'CEREBRAS', 'SAMBANOVA', 'NVIDIA'];
const all = [
  { name: 'VLLM_URL', value: 'http://vllm:8000/v1' },
  secret('VLLM_API_TOKEN'),
  { name: 'VLLM_MAX_TOKENS', value: '8192' },
  { name: 'OLLAMA_URL', value: 'http://ollama:11434' },
  ...keys.map((key) => secret(`${key}_API_KEY`)),
];

test.each(['0.3.5', '0.4.5', '0.5.2', '0.6.1', '0.7.1', '0.8.0'])(
  'the providers that are made of all variables are taken by the release %s',
  (release) => {
    const { text, warnings } = converted(all, release);
    expect(warnings).toEqual([]);
    const { manifests, results } = render([{ path: 'a.yaml', text }], {}, host);
    expect(results.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const provider of ['vllm', 'ollama', ...keys.map((key) => key.toLowerCase())])
      expect(manifests).toContain(`provider_id: ${provider}\n`);
  },
);

test('a variable that turns no provider on in the starter makes none', () => {
  const { text } = converted([secret('VLLM_API_TOKEN'), { name: 'OLLAMA_URL', value: '' }]);
  expect(text).not.toContain('providers:');
  expect(text).toContain('name: VLLM_API_TOKEN');
});

test('a value that cannot move stays a variable, which the provider reads', () => {
  const { text, warnings } = converted([
    { name: 'VLLM_URL', value: 'http://$(VLLM_HOST):8000/v1' },
    { name: 'VLLM_HOST', value: 'vllm' },
    { name: 'OPENAI_API_KEY', value: 'written-out' },
  ]);
  expect(text).toContain('- name: VLLM_URL\n');
  expect(text).toContain('endpoint: "${env.VLLM_URL}"\n');
  expect(text).toContain('- name: OPENAI_API_KEY\n');
  expect(text).toContain('api_key: "${env.OPENAI_API_KEY}"\n');
  expect(warnings).toEqual([
    'OPENAI_API_KEY stays a variable, which the provider reads: only a reference to a Secret becomes `apiKey`',
  ]);
});

test('a variable that does nothing beside the providers that were made is told', () => {
  const { warnings } = converted([{ name: 'VLLM_URL', value: 'http://vllm:8000/v1' }, secret('AZURE_API_KEY')]);
  expect(warnings).toMatchObject(
    [/^AZURE_API_KEY does nothing beside `spec\.providers\.inference`.*providerMerge: Overlay/].map((words): unknown =>
      expect.stringMatching(words),
    ),
  );
});
