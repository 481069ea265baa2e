import { emitYaml } from '../../src/krm/emitter.ts';
import { crdWarning, customResourceDefinition } from '../../src/schema/crd.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { readArguments } from './arguments.ts';

const help = `Prints the CustomResourceDefinition of LlamaStackDistribution v1alpha2, so that an API server checks CRs as llsd does.

Usage: llsd crd

${crdWarning}.
It is too large for the annotation of a client-side apply.

Example:
  llsd crd | kubectl apply --server-side -f -
`;

/** `llsd crd`: the definition on stdout, the warning on stderr; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { flags, positionals } = readArguments('crd', args, {});
  if (flags.has('help')) {
    await system.write(1, help);
    return 0;
  }
  if (positionals.length > 0) throw new UsageError('llsd crd takes no arguments');
  await system.write(2, `llsd crd: warning: ${crdWarning}\n`);
  await system.write(1, `# WARNING: ${crdWarning}.\n${emitYaml(customResourceDefinition())}`);
  return 0;
}
