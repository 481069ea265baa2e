import { convertFile, type Conversion, type ConvertedFile } from '../../src/convert/convert.ts';
import { mostUsefulFirst } from '../../src/krm/format-result.ts';
import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { readArguments, type Arguments } from './arguments.ts';
import { readPackage } from './package-files.ts';
import { resultLines } from './result-lines.ts';
import { writeBack, type Change } from './write-back.ts';

const versions = ['v1alpha2', 'v1alpha1'] as const;

const help = `Changes LlamaStackDistributions from one version to the other, where they stand: comments, order and all that is no CR stay.

Usage: llsd convert --to v1alpha2|v1alpha1 [OPTIONS] DIR|FILE...|-

What the other version has no field for is kept in annotations, and comes back with the way back. With - the text is read
from stdin and written to stdout. The summary on stderr says what moved where. The exit code is 1 when there is an error, and
then no file is written.

Options:
  --to v1alpha2|v1alpha1                  the version that the CRs are to have
  --check                                 write nothing; the exit code is 1 when a CR would change
  --providers-from-env                    make providers of the starter's variables: VLLM_URL, OLLAMA_URL, OPENAI_API_KEY ...

Example:
  llsd convert --to v1alpha2 stack.yaml
`;

/** `llsd convert --to VERSION PATH…`: files in place, stdin to stdout, the summary on stderr; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const given = readArguments('convert', args, { to: 'text', check: 'flag', 'providers-from-env': 'flag' });
  if (given.flags.has('help')) {
    await system.write(1, help);
    return 0;
  }
  const to = versions.find((version) => version === given.values.to?.[0]);
  if (to === undefined) throw new UsageError(`llsd convert: --to must be ${versions.join(' or ')}`);
  const { positionals } = given;
  if (positionals.length === 0) throw new UsageError('llsd convert: name a folder or a file, or - for stdin');
  if (positionals.includes('-') && positionals.length > 1)
    throw new UsageError('llsd convert: - must be alone, since what is on stdin goes to stdout');
  if (positionals.includes('-') && (await system.isTerminal(0)))
    throw new UsageError('llsd convert: stdin is a terminal; name a folder or a file');
  return convert(given, to);
}

async function convert({ positionals, flags }: Arguments, to: (typeof versions)[number]): Promise<number> {
  const { files, results: unreadable } = await readPackage(positionals);
  const options = { to, providersFromEnv: flags.has('providers-from-env') };
  const converted = files.map((file) => ({ file, ...convertFile(file, options) }));
  const results = mostUsefulFirst([...unreadable, ...converted.flatMap((file) => file.results)]);
  const failed = results.some(({ severity }) => severity === 'error');
  const check = flags.has('check');
  const conversions = converted.flatMap((file) => file.conversions);
  const items = converted.flatMap(({ crs }) => crs);
  await system.write(2, resultLines(results, items, await system.isTerminal(2)));
  if (failed) return 1;
  const inPlace = !check && !positionals.includes('-');
  const refused = inPlace ? writeBack(changesOf(converted)) : [];
  if (refused.length > 0) {
    await system.write(2, resultLines(refused, items, await system.isTerminal(2)));
    return 1;
  }
  const nothing = `Nothing to convert: no LlamaStackDistribution of another version than ${to} was found\n`;
  await system.write(2, converted.map((one) => summary(one, to, check)).join('') || nothing);
  if (check) return conversions.length > 0 ? 1 : 0;
  if (!inPlace) await system.write(1, converted.map(({ text }) => text).join(''));
  return 0;
}

/** The files whose text is another now. */
function changesOf(converted: readonly (ConvertedFile & { readonly file: PackageFile })[]): readonly Change[] {
  return converted
    .map(({ file: { path, text: before }, text: after }) => ({ path, before, after }))
    .filter(({ before, after }) => before !== after);
}

/** `stack.yaml: LlamaStackDistribution/my-stack is now v1alpha2`, and a line for each field below it. */
function summary(
  { file, conversions }: ConvertedFile & { readonly file: PackageFile },
  to: string,
  check: boolean,
): string {
  return conversions
    .map(({ item, moves, kept, restored }: Conversion) =>
      [
        `${file.path}: ${item.kind}/${item.name} ${check ? 'would be' : 'is now'} ${to}`,
        ...moves.map(([from, there]) => `  ${from} -> ${there}`),
        ...kept.map((field) => `  ${field} -> kept in an annotation`),
        ...restored.map((field) => `  ${field} <- restored from an annotation`),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('');
}
