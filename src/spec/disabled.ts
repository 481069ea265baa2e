import type { Json, Path, Report } from '../krm/result.ts';
import { API_NAME, toServerApi } from './api-name.ts';
import { readShape } from './read-shape.ts';
import { list, text } from './shape.ts';

/** An entry of `spec.disabled`: an API, in the server's spelling (`vectorIo` → `vector_io`). */
export interface DisabledApi {
  readonly api: string;
  /** As the CR spells it. */
  readonly written: string;
  readonly at: Path;
}

/** `spec.disabled` as written. */
export const disabledSchema = list(
  text(
    {
      must: 'must be the name of an API, in camelCase or snake_case',
      propose: (value) => (typeof value === 'string' ? value.toLowerCase().replace(/[-\s]+/g, '_') : undefined),
    },
    API_NAME,
  ),
  { must: 'must be a list of APIs, such as `[safety, vectorIo]`', examples: [['safety', 'vectorIo']] },
);

/** Reads `spec.disabled`; an API that is named twice is kept once. */
export function readDisabled(value: Json | undefined, at: Path, report: Report): DisabledApi[] {
  const first = new Map<string, DisabledApi>();
  for (const [index, written] of (readShape(disabledSchema, value, at, report) ?? []).entries()) {
    if (written === undefined) continue;
    const entry = { api: toServerApi(written), written, at: at.item(index) };
    const earlier = first.get(entry.api);
    if (earlier === undefined) first.set(entry.api, entry);
    else
      report.warning(entry.at, `"${written}" is disabled already by \`${earlier.at.toString()}\`: remove one`, {
        currentValue: written,
      });
  }
  return [...first.values()];
}
