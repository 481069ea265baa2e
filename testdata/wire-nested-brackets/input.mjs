const nested = '['.repeat(20_000) + ']'.repeat(20_000);

process.stdout.write(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: llamastack.io/v1alpha2
  kind: LlamaStackDistribution
  metadata:
    name: my-stack
  spec:
    distribution:
      name: starter
    disabled: ${nested}
`);
