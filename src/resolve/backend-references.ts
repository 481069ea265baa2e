import { isMapping, type Json, type Path, type Report } from '../krm/result.ts';
import type { Schema } from '../releases/release.ts';
import { hasExpression } from './expression.ts';
import type { AskedProvider } from './providers.ts';
import type { ResolvedStorage } from './resolved.ts';

/** A `backend` in the settings of a provider, and the kind that its field takes. */
interface Reference {
  readonly at: Path;
  readonly backend: string;
  readonly kind: 'kv' | 'sql';
}

/**
 * Reports settings that keep a provider's state in a backend that is not there or of the other kind
 * (`persistence: {backend: kv_default, namespace: …}`): the server does not start on either.
 */
export function checkBackendReferences(
  asked: readonly AskedProvider[],
  { backends }: Pick<ResolvedStorage, 'backends'>,
  report: Report,
): void {
  for (const { provider, entry } of asked) {
    for (const [name, value] of Object.entries(entry?.settings ?? {})) {
      const schema = entry?.type.fields[name]?.schema;
      const at = provider.at.field('settings').field(name);
      if (schema === undefined || report.hasErrorAt(at)) continue;
      for (const reference of referencesIn(schema, value, at)) checkReference(reference, backends, report);
    }
  }
}

function checkReference({ at, backend, kind }: Reference, backends: ResolvedStorage['backends'], report: Report): void {
  const fitting = Object.keys(backends).filter((name) => isOfKind(backends[name]?.type, kind));
  if (fitting.includes(backend)) return;
  const what = Object.hasOwn(backends, backend) ? `is no backend of the kind ${kind}` : 'is no backend of `storage`';
  report.error(at, `"${backend}" ${what}; must be one of: ${fitting.join(', ')}`, {
    currentValue: backend,
    proposedValue: fitting[0],
  });
}

function isOfKind(type: Json | undefined, kind: 'kv' | 'sql'): boolean {
  return typeof type === 'string' && type.startsWith(`${kind}_`);
}

/** What the server's own model calls a reference: a mapping with `backend` and `namespace` (kv) or `table_name` (sql). */
function referencesIn(schema: Schema, value: Json, at: Path): readonly Reference[] {
  if (schema.anyOf) return schema.anyOf.flatMap((option) => referencesIn(option, value, at));
  const { properties } = schema;
  if (!isMapping(value) || properties === undefined) return [];
  const { backend } = value;
  if ('backend' in properties && ('namespace' in properties || 'table_name' in properties)) {
    if (typeof backend !== 'string' || hasExpression(backend)) return [];
    return [{ at: at.field('backend'), backend, kind: 'namespace' in properties ? 'kv' : 'sql' }];
  }
  return Object.entries(value).flatMap(([name, entry]) => {
    const inner = properties[name];
    return inner === undefined ? [] : referencesIn(inner, entry, at.field(name));
  });
}
