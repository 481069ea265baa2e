import { expect, test } from 'vitest';
import { objectLabels } from './labels.ts';
import { resolved } from './resolved.fixture.ts';

function versionLabel(release: string) {
  const distribution = { name: 'rh', release, image: 'quay.io/example/rh' };
  return objectLabels(resolved({ resolved: { distribution } }))['app.kubernetes.io/version'];
}

test.each([
  ['0.7.1', '0.7.1'],
  ['0.4.2.1+rhai0', '0.4.2.1-rhai0'],
  ['0.7.1-', '0.7.1'],
  [`0.7.1+${'x'.repeat(100)}`, `0.7.1-${'x'.repeat(57)}`],
])('the release %s is the label %s', (release, label) => {
  expect(versionLabel(release)).toBe(label);
});
