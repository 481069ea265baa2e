import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Report, type JsonObject } from '../krm/result.ts';
import { readStack } from './stack.ts';

const quickstart = `
apiVersion: llamastack.ai/v1alpha2
kind: LlamaStackDistribution
metadata:
  name: my-stack
spec:
  distribution:
    name: starter
  providers:
    inference:
      provider: vllm
      endpoint: "http://vllm:8000"
      apiKey:
        secretKeyRef: {name: vllm-creds, key: token}
  resources:
    models: ["llama3.2-8b"]
  storage:
    sql:
      type: postgres
      connectionString:
        secretKeyRef: {name: pg-creds, key: url}
`;

test('the short CR of the README is read without a result', () => {
  const report = new Report();
  const stack = readStack(parse(quickstart) as JsonObject, report);
  expect(report.results).toEqual([]);
  expect(stack).toMatchObject({ name: 'my-stack', distribution: { name: 'starter' }, networking: { port: 8321 } });
});
