/** Names that `spec.distribution.name` had and that no release here is published under → what to write today, a sentence. */
export const retiredDistributions: Readonly<Record<string, string>> = {
  dell: 'It was last in 0.6; write `distribution: {name: starter}` and name the server that you run under `providers.inference`.',
  'meta-reference-gpu':
    'It was last in 0.4; serve the model with vLLM and write `distribution: {name: starter}` with ' +
    '`providers.inference: {provider: vllm, endpoint: "http://…/v1"}`.',
  'remote-vllm':
    'It was last in 0.2.14; write `distribution: {name: starter}` with `providers.inference: {provider: vllm, endpoint: "http://…/v1"}`.',
  'starter-gpu': 'It was last in 0.6; write `distribution: {name: starter}`.',
};
