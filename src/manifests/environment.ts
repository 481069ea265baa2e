import type { EnvVar } from 'kubernetes-types/core/v1.d.ts';
import type { ServerConfig } from '../config/server-config.ts';
import {
  cacheDirectory,
  caBundleFile,
  configFile,
  dataDirectory,
  externalProviderDirectory,
  startProgramDirectory,
  stateDirectory,
  tmpDirectory,
} from '../mounts.ts';
import { configKeys } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import { caBundleVariable, type Variable } from '../secret-env.ts';
import { configMapName } from './volumes.ts';

/**
 * The container's variables in their fixed order: ours, the config's, the user's. One of ours that only gives a default
 * goes where the user sets it; others of the same name were found to be errors before.
 */
export function buildEnvironment(resolved: Resolved, config: ServerConfig): EnvVar[] {
  const { env } = resolved.stack.workload.overrides;
  const ours = ourVariables(resolved, config);
  const users = env.flatMap((variable) => behindOurs(variable, ours));
  const set = new Set(users.map(({ name }) => name));
  return [...[...ours, ...config.variables].filter(({ name }) => !set.has(name)).map(toEnvVar), ...users];
}

function ourVariables(resolved: Resolved, config: ServerConfig): { name: string; value: string }[] {
  const { stack, release } = resolved;
  const data = dataDirectory(stack);
  const started = configKeys.startProgram in config.data;
  // The start program's folder is the first: Python runs the first `sitecustomize` that it finds.
  const packages = (resolved.config?.externalProviders ?? []).map(({ id }) => externalProviderDirectory(id));
  const values = {
    RUN_CONFIG_PATH: configMapName(resolved, config) === undefined ? undefined : configFile,
    // The server takes its port from here alone; `server.port` of config.yaml is not read.
    [release.variables.port]: String(stack.networking.port),
    // Where the data volume is mounted a second time as `~/.llama`.
    HOME: tmpDirectory,
    [release.variables.configDir]: data,
    ...stateVariables(resolved, data),
    // The operator's, so that models that were downloaded under it are found.
    HF_HOME: data,
    XDG_CACHE_HOME: cacheDirectory(data),
    PYTHONPATH: started ? [startProgramDirectory, ...packages].join(':') : undefined,
    // The start program joins the bundle with the image's own roots. Beside a user's own config there is none, and the
    // bundle stands in for them.
    [started ? caBundleVariable : 'SSL_CERT_FILE']: resolved.caBundle === undefined ? undefined : caBundleFile,
  };
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  return [...given, ...(stack.operator?.variables ?? [])];
}

/** `SQLITE_STORE_DIR` and the others by which base configs and provider defaults place state. */
function stateVariables({ release, distribution }: Resolved, data: string): Record<string, string> {
  const folder = stateDirectory(data, distribution.name);
  const places = Object.entries(release.stateVariables).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(places.map(([name, below]) => [name, below === '' ? folder : `${folder}/${below}`]));
}

/** A user's `PYTHONPATH` stays, behind the start program's folder and the external providers'; one that a Secret or ConfigMap holds, by reference. */
function behindOurs(variable: EnvVar, ours: readonly { name: string; value: string }[]): EnvVar[] {
  const first = ours.find(({ name }) => name === 'PYTHONPATH')?.value;
  if (variable.name !== 'PYTHONPATH' || first === undefined) return [variable];
  if (variable.valueFrom === undefined) {
    return [{ name: 'PYTHONPATH', value: variable.value ? `${first}:${variable.value}` : first }];
  }
  return [
    { name: 'LLSD_USER_PYTHONPATH', valueFrom: variable.valueFrom },
    { name: 'PYTHONPATH', value: `${first}:$(LLSD_USER_PYTHONPATH)` },
  ];
}

function toEnvVar(variable: Variable): EnvVar {
  const { name } = variable;
  if ('value' in variable) return { name, value: variable.expands ? variable.value : escapeReferences(variable.value) };
  return { name, valueFrom: { secretKeyRef: { name: variable.secret.name, key: variable.secret.key } } };
}

/** Kubernetes expands `$(NAME)` and halves `$$` in a value that is written out: `p$(x)` → `p$$(x)`. */
function escapeReferences(value: string): string {
  return value.replace(/\$(?=[$(])/g, '$$$$');
}
