import { parseArgs } from 'node:util';
import { nearest } from '../../src/nearest.ts';
import { UsageError } from '../usage-error.ts';

/** Options of a command, by name: `text` takes a value, `texts` takes one each time that it is given, `flag` none. */
export type Options = Readonly<Record<string, 'text' | 'texts' | 'flag'>>;

/** What stood on the command line after the command. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** Option name → its values in order. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Reads the command line of `command`; `--help` is an option of every command. */
export function readArguments(command: string, args: readonly string[], options: Options): Arguments {
  const known: Options = { ...options, help: 'flag' };
  const { tokens, positionals } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(known).map(([name, form]) => [name, { type: form === 'flag' ? 'boolean' : 'string' } as const]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  });
  const flags = new Set<string>();
  const values: Record<string, string[]> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const form = Object.hasOwn(known, name) ? known[name] : undefined;
    if (form === undefined) throw unknownOption(command, rawName, Object.keys(known));
    if (form === 'flag') {
      if (value !== undefined) throw new UsageError(`llsd ${command}: ${rawName} takes no value`);
      flags.add(name);
      continue;
    }
    if (value === undefined) throw new UsageError(`llsd ${command}: ${rawName} must be followed by a value`);
    if (form === 'text' && values[name]) throw new UsageError(`llsd ${command}: ${rawName} must be given once only`);
    (values[name] ??= []).push(value);
  }
  return { positionals, flags, values };
}

function unknownOption(command: string, rawName: string, known: readonly string[]): UsageError {
  const near = nearest(rawName.replace(/^-+/, ''), known);
  const hint = near === undefined ? `llsd ${command} --help lists all` : `did you mean --${near}?`;
  return new UsageError(`llsd ${command}: unknown option "${rawName}"; ${hint}`);
}
