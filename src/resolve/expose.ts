import type { Report } from '../krm/result.ts';
import { exposedHost } from '../names.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';

/**
 * Checks that `networking.expose` has the host that it needs: with `ingressDomain` the host is made of name and namespace,
 * each part of which must fit into a label of DNS.
 */
export function checkExpose(stack: Stack, options: RenderOptions, report: Report): void {
  const { expose } = stack.networking;
  if (expose === undefined || expose.hostname !== undefined || options.ingressDomain === undefined) return;
  const at = expose.at.field('hostname');
  if (stack.namespace === undefined) {
    report.error(
      at,
      `The host would be made of the CR's name and namespace, and the CR has no namespace; add \`hostname\`, or \`metadata.namespace\``,
      {
        proposedValue: `${stack.name}.${options.ingressDomain}`,
      },
    );
    return;
  }
  const host = exposedHost(stack, options) ?? '';
  if (host.split('.').some((label) => label.length > 63)) {
    report.error(
      at,
      `The host "${host}" has a part of more than 63 characters, which DNS does not take; add \`hostname\``,
      {
        proposedValue: `${stack.name}.${options.ingressDomain}`,
      },
    );
  }
}
