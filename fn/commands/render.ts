import { mostUsefulFirst } from '../../src/krm/format-result.ts';
import type { JsonObject } from '../../src/krm/result.ts';
import { render as renderFiles } from '../../src/run.ts';
import { host } from '../function.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { readArguments } from './arguments.ts';
import { readPackage } from './package-files.ts';
import { readRenderFlags, renderFlags, renderFlagsHelp } from './render-flags.ts';
import { resultLines } from './result-lines.ts';
import { withoutPatches } from './without-patches.ts';

const help = `Prints the objects for the LlamaStackDistributions in folders, files or on stdin, as plain YAML.

Usage: llsd render [OPTIONS] DIR|FILE...|-

Below a folder every *.yaml and *.yml is read that no .krmignore names. Results go to stderr: errors and warnings
always, infos on a terminal. The exit code is 1 when there is an error, and then nothing is printed.

Options (stronger than those in the package):
${renderFlagsHelp()}`;

/** `llsd render DIR|FILE...|-`: the objects on stdout, the results as readable lines on stderr; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const given = readArguments('render', args, renderFlags());
  if (given.flags.has('help')) {
    await system.write(1, help);
    return 0;
  }
  if (given.positionals.length === 0) throw new UsageError('llsd render: name a folder or a file, or - for stdin');
  if (given.positionals.includes('-') && (await system.isTerminal(0)))
    throw new UsageError('llsd render: stdin is a terminal; name a folder or a file');
  return render(given.positionals, readRenderFlags(given));
}

async function render(paths: readonly string[], flags: JsonObject): Promise<number> {
  const read = await readPackage(paths);
  const { files, results: patches } = withoutPatches(read.files);
  const { manifests, results: found, list } = renderFiles(files, flags, host);
  const results = mostUsefulFirst([...read.results, ...patches, ...found]);
  const failed = results.some(({ severity }) => severity === 'error');
  await system.write(2, resultLines(results, list.items, await system.isTerminal(2)));
  if (!failed) await system.write(1, manifests);
  return failed ? 1 : 0;
}
