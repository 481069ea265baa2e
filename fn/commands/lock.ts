import { mostUsefulFirst } from '../../src/krm/format-result.ts';
import type { PackageFile } from '../../src/krm/resource-list-from-files.ts';
import type { JsonObject, Result } from '../../src/krm/result.ts';
import { lockText, type LockEntry } from '../../src/lock-text.ts';
import { render as renderFiles } from '../../src/run.ts';
import { host } from '../function.ts';
import { system } from '../system.ts';
import { UsageError } from '../usage-error.ts';
import { readArguments, type Arguments } from './arguments.ts';
import { chosenForUpdate, summary } from './lock-changes.ts';
import { checkLock } from './lock-check.ts';
import { readLockedPackage, type LockedPackage } from './locked-package.ts';
import { readImages } from './read-images.ts';
import { openRegistries } from './registries.ts';
import { readRenderFlags, renderFlags, renderFlagsHelp } from './render-flags.ts';
import { resultLines } from './result-lines.ts';

const options = ['imageOverrides', 'registryMirrors'] as const;

const help = `Writes what the images of a package are into it: the digest of each, and the config that it brings.

Usage: llsd lock [OPTIONS] DIR|FILE

The images are those of all LlamaStackDistributions in the folder (or the file), external providers included. What the
registries answer goes into one DistributionLock, distribution-lock.yaml unless the package has one already; llsd render
and pipelines then read it instead of a registry. Credentials are those of the package's Secrets of type
kubernetes.io/dockerconfigjson, and of docker login. The exit code is 1 when there is an error, and then nothing is written.

Options:
  --check                                 write nothing; the exit code is 1 when a tag has moved or an image is not locked
  --update NAME                           look up this image, or distribution, and what is not locked yet; the others stay
                                          as they are (repeatable)
  --platform OS/ARCH                      lock to the images of one platform; \`all\`, the first time, is for every one
  --ca FILE                               certificates (PEM) of authorities that registries have theirs from (repeatable)
${renderFlagsHelp(options)}
Example:
  llsd lock examples/quickstart && llsd render examples/quickstart
`;

/** `llsd lock DIR|FILE`: registries read, the lock written, the summary on stderr; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const given = readArguments('lock', args, {
    check: 'flag',
    update: 'texts',
    platform: 'text',
    ca: 'texts',
    ...renderFlags(options),
  });
  if (given.flags.has('help')) {
    await system.write(1, help);
    return 0;
  }
  checkUsage(given);
  return lock(given);
}

function checkUsage({ positionals, flags, values }: Arguments): void {
  const fault = (why: string): UsageError => new UsageError(`llsd lock: ${why}`);
  if (positionals.length === 0) throw fault('name a folder or a file');
  if (positionals.length > 1) throw fault('name one folder or file, since each gets a lock of its own');
  if (positionals[0] === '-') throw fault('name a folder or a file: there is no place for a lock beside stdin');
  const platform = values.platform?.[0];
  if (platform !== undefined && platform !== 'all' && !/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9]+)?$/.test(platform))
    throw fault(`--platform must be OS/ARCH, such as linux/arm64, or all, not "${platform}"`);
  for (const option of ['update', 'platform'])
    if (flags.has('check') && values[option])
      throw fault(`--check writes nothing and looks at all of the lock; leave out --${option}`);
  if (values.update && platform !== undefined)
    throw fault('--update keeps what is locked, and with it the platform; leave out --platform');
}

async function lock(given: Arguments): Promise<number> {
  const [path = ''] = given.positionals;
  const flags = readRenderFlags(given, 'lock', options);
  const pack = await readLockedPackage(path, flags, given.flags.has('check') || given.values.update !== undefined);
  const { lockFile, locked, files } = pack;
  if (failed(pack.results)) return tell(pack.results, pack, 1);
  const platform = given.values.platform?.[0] ?? pack.platform;
  const { entries, results } = await lookUp({ ...pack, platform: platform === 'all' ? undefined : platform }, given);
  const told = [...pack.results, ...results];
  if (entries === undefined || failed(results)) return tell(told, pack, failed(results) ? 1 : 0);
  const written = lockFile.write(lockText(entries, platform === 'all' ? undefined : platform, lockFile.item));
  const isWhole = pack.images.every(
    ({ image, wantsBaseConfig }) => !wantsBaseConfig || entries.some((one) => one.image === image && one.baseConfig),
  );
  await tell(isWhole ? told : [...told, ...missingConfigs(pack, flags, written)], pack, 0);
  await system.write(2, summary(lockFile, locked, entries, files));
  return 0;
}

function failed(results: readonly Result[]): boolean {
  return results.some(({ severity }) => severity === 'error');
}

/** Asks the registries; without `entries` the lock was only checked. */
async function lookUp(
  { images, locked, list, platform, lockFile }: LockedPackage,
  { flags, values }: Arguments,
): Promise<{ entries?: readonly LockEntry[]; results: readonly Result[] }> {
  const chosen = values.update ? chosenForUpdate(values.update, images, locked) : images;
  const registries = await openRegistries(list.items, platform, values.ca);
  try {
    if (registries.results.length > 0) return { results: registries.results };
    if (flags.has('check')) return { results: await checkLock(images, locked, lockFile.item, registries) };
    const { entries, results } = await readImages(chosen, registries);
    const kept = new Set(images.filter((image) => !chosen.includes(image)).map(({ image }) => image));
    return { entries: [...locked.filter(({ image }) => kept.has(image)), ...entries], results };
  } finally {
    await registries.close();
  }
}

/** What a render with the new lock would still miss. */
function missingConfigs({ files }: LockedPackage, flags: JsonObject, written: PackageFile): readonly Result[] {
  const others = files.filter(({ path }) => path !== written.path);
  const { results } = renderFiles([...others, written], flags, host);
  return results
    .filter(({ tags }) => tags?.reason === 'MissingConfigLabels')
    .map((result) => ({ ...result, severity: 'warning' }));
}

async function tell(results: readonly Result[], { list }: LockedPackage, code: number): Promise<number> {
  await system.write(2, resultLines(mostUsefulFirst(results), list.items, await system.isTerminal(2)));
  return code;
}
