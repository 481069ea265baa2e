import type { JsonObject } from '../../src/krm/result.ts';
import type { RenderOptions } from '../../src/spec/render-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Arguments, Options } from './arguments.ts';

/** How a field of `RenderOptions` is written on the command line, and what `--help` says of it. */
interface RenderFlag {
  readonly form: 'text' | 'list' | 'map';
  readonly value: string;
  readonly help: string;
}

const fields: Readonly<Record<keyof RenderOptions, RenderFlag>> = {
  platform: { form: 'text', value: 'kubernetes|openshift', help: 'the platform that runs the objects' },
  imageOverrides: { form: 'map', value: 'NAME=IMAGE', help: 'the image of a distribution' },
  registryMirrors: { form: 'map', value: 'HOST=HOST', help: 'a registry that is used instead of another' },
  ingressDomain: { form: 'text', value: 'DOMAIN', help: 'hosts are <name>-<namespace>.DOMAIN' },
  ingressClassName: { form: 'text', value: 'NAME', help: 'the class of the Ingress' },
  ingressAnnotations: { form: 'map', value: 'KEY=VALUE', help: 'an annotation of the Ingress' },
  ingressNamespaces: { form: 'list', value: 'NAMESPACE', help: 'a namespace of the ingress controller' },
  providerMerge: { form: 'text', value: 'Replace|Overlay', help: 'how providers meet those of the base config' },
  missingReferences: { form: 'text', value: 'Info|Warn|Error', help: 'what a Secret outside the package is' },
  podSecurity: { form: 'text', value: 'restricted|baseline', help: 'the Pod Security profile' },
  networkPolicy: { form: 'text', value: 'On|Off', help: 'whether there is a NetworkPolicy' },
};

/** `imageOverrides` → `image-overrides` */
const flagName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Some of the options; without names, all. */
type Names = readonly (keyof RenderOptions)[];

const all = Object.keys(fields) as Names;

/** One option for each field of `RenderOptions`: `--provider-merge Overlay`; lists and maps are given once per entry. */
export function renderFlags(names = all): Options {
  return Object.fromEntries(
    names.map((field) => [flagName(field), fields[field].form === 'text' ? 'text' : 'texts'] as const),
  );
}

/** The lines of `--help` on these options. */
export function renderFlagsHelp(names = all): string {
  return names
    .map((field) => {
      const { form, value, help } = fields[field];
      return `  ${`--${flagName(field)} ${value}`.padEnd(40)}${help}${form === 'text' ? '' : ' (repeatable)'}\n`;
    })
    .join('');
}

/** The options as `spec` of a `RenderOptions` holds them: `{imageOverrides: {starter: …}}`; their values are checked with all others. */
export function readRenderFlags({ values }: Arguments, command = 'render', names = all): JsonObject {
  const options: Record<string, JsonObject[string]> = {};
  for (const field of names) {
    const { form, value } = fields[field];
    const given = values[flagName(field)];
    if (given === undefined) continue;
    const split = (entry: string): [string, string] => {
      const equals = entry.indexOf('=');
      if (equals > 0) return [entry.slice(0, equals), entry.slice(equals + 1)];
      throw new UsageError(`llsd ${command}: --${flagName(field)} must be ${value}, not "${entry}"`);
    };
    if (form === 'map') options[field] = Object.fromEntries(given.map(split));
    else options[field] = form === 'list' ? given : (given[0] ?? '');
  }
  return options;
}
