import { expect, test } from 'vitest';
import { anywhere, demoLabels, demoSelector, resolved } from './resolved.fixture.ts';
import { service } from './service.ts';

test("the Service has the operator's name, port name and selector, and the port of the CR", () => {
  expect(service(resolved({ networking: { port: 9000 } }))).toStrictEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'demo-service', namespace: 'ai', labels: demoLabels },
    spec: {
      type: 'ClusterIP',
      selector: demoSelector,
      ports: [{ name: 'http', protocol: 'TCP', port: 9000, targetPort: 9000 }],
    },
  });
});

test('with TLS the port says that it speaks HTTPS, and keeps its name', () => {
  expect(service(resolved({ networking: { tls: { secretName: 'cert', at: anywhere } } })).spec?.ports).toStrictEqual([
    { name: 'http', protocol: 'TCP', appProtocol: 'https', port: 8321, targetPort: 8321 },
  ]);
});
