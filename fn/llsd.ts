import { codeOf } from './system-error.ts';
import { system } from './system.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** The modes of the program; the code of each is evaluated only when it is the one that runs. */
const commands = {
  render: () => import('./commands/render.ts'),
  convert: () => import('./commands/convert.ts'),
  lock: () => import('./commands/lock.ts'),
  schema: () => import('./commands/schema.ts'),
  crd: () => import('./commands/crd.ts'),
} as const;

const help = `llsd expands LlamaStackDistributions into config.yaml and the Kubernetes objects that run them.

Usage:
  llsd < resource-list.yaml      as a KRM function of kustomize and kpt: ResourceList in, ResourceList out
  llsd render DIR|FILE...|-      print the objects for the CRs in a folder, in files or on stdin
  llsd convert --to VERSION DIR|FILE...|-   change CRs from v1alpha1 to v1alpha2 or back, where they stand
  llsd lock DIR|FILE             write what the images of a package are into it: digests, and the configs that they bring
  llsd schema                    print the JSON Schema of a CR, for editors
  llsd crd                       print the CustomResourceDefinition of v1alpha2
  llsd COMMAND --help            the options of a command
  llsd --version
`;

async function main(name: string | undefined, args: string[]): Promise<number> {
  if (name === undefined) return (await import('./function.ts')).runFunction();
  if (name === '--help' || name === '-h' || name === 'help') return print(help);
  if (name === '--version') return print(`${version}\n`);
  if (Object.hasOwn(commands, name)) return (await commands[name as keyof typeof commands]()).run(args);
  const { nearest } = await import('../src/nearest.ts');
  const near = nearest(name, [...Object.keys(commands), '--help', '--version']);
  const hint = near === undefined ? 'llsd --help lists all' : `did you mean "llsd ${near}"?`;
  throw new UsageError(`llsd: unknown command "${name}"; ${hint}`);
}

async function print(text: string): Promise<number> {
  await system.write(1, text);
  return 0;
}

/** What a mistake of use, a fault of the system (a full disk) or of our own looks like: one line, no stack trace. */
async function giveUp(error: unknown): Promise<number> {
  if (error instanceof UsageError) {
    await system.write(2, `${error.message}\n`);
    return 2;
  }
  const code = codeOf(error);
  const line =
    code !== undefined && error instanceof Error && 'syscall' in error
      ? `llsd: the system refused to ${String(error.syscall)}: ${code}`
      : `llsd ${version}: this is a fault of llsd itself, not of the input. Please report it with the input; LLSD_DEBUG=1 shows where it happened.`;
  await system.write(2, `${line}\n`);
  if (system.environment('LLSD_DEBUG') === '1' && error instanceof Error) await system.write(2, `${traceOf(error)}\n`);
  return 2;
}

/** What was thrown and where; not every engine begins the trace with what. */
function traceOf(error: Error): string {
  const { stack = '' } = error;
  return stack.startsWith(String(error)) ? stack : `${String(error)}\n${stack}`;
}

const [name, ...args] = system.args;
void main(name, args)
  .catch(giveUp)
  .then((code) => {
    system.setExitCode(code);
  });
