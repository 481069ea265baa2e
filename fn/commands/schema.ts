import { editorSchema } from '../../src/schema/editor-schema.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { readArguments } from './arguments.ts';

const help = `Prints the JSON Schema of a LlamaStackDistribution, v1alpha2 and v1alpha1, for editors and validators.

Usage: llsd schema

With the YAML language server a first line in the CR's file, with the path from there, turns it on:
  # yaml-language-server: $schema=llamastackdistribution.schema.json

Example:
  llsd schema > llamastackdistribution.schema.json
`;

/** `llsd schema`: the JSON Schema on stdout; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { flags, positionals } = readArguments('schema', args, {});
  if (flags.has('help')) await system.write(1, help);
  else if (positionals.length > 0) throw new UsageError('llsd schema takes no arguments');
  else await system.write(1, `${JSON.stringify(editorSchema(), null, 2)}\n`);
  return 0;
}
