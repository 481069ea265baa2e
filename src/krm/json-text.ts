import { quoted } from './emitter.ts';
import type { Json } from './result.ts';

/** Writes a value as JSON that YAML readers read alike; with a `margin`, over several lines indented by it and two columns more per level. */
export function jsonText(value: Json, margin?: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = margin === undefined ? undefined : `${margin}  `;
  if (Array.isArray(value))
    return enclosed(
      '[',
      (value as readonly Json[]).map((item) => jsonText(item, inner)),
      ']',
      margin,
    );
  const mapping = value as Readonly<Record<string, Json>>;
  const entries = Object.keys(mapping).map((key) => `${quoted(key)}: ${jsonText(mapping[key] ?? null, inner)}`);
  return enclosed('{', entries, '}', margin);
}

function enclosed(open: string, entries: readonly string[], close: string, margin: string | undefined): string {
  if (entries.length === 0) return open + close;
  if (margin === undefined) return open + entries.join(', ') + close;
  return `${open}\n${margin}  ${entries.join(`,\n${margin}  `)}\n${margin}${close}`;
}
