import type { Json } from '../krm/result.ts';

/** `${env.NAME}`, `${env.NAME:=default}` or `${env.NAME:+value}` inside a config value, as every release substitutes it. */
const expression = /\$\{env\.([A-Z0-9_]+)(?::([=+])([^}]*))?\}/g;

/**
 * The id that an entry of a base config has when it is there: `${env.VLLM_URL:+vllm}` → `vllm`,
 * `${env.EMBEDDING_PROVIDER:=vllm}` → `vllm`, `openai` → `openai`.
 */
export function idOf(text: string): string {
  return substitute(text, (_name, _sign, value) => value ?? '');
}

/** Whether an entry of a base config is there only when a variable is set: `${env.VLLM_URL:+vllm}`. */
export function isConditional(text: string): boolean {
  return /\$\{env\.[A-Z0-9_]+(:\+|\})/.test(text);
}

/**
 * What a text is when of all variables only these are set: `${env.VLLM_URL:+vllm}` → `vllm` or empty; undefined where the
 * value of one of them would decide.
 */
export function valueUnder(text: string, set: ReadonlySet<string>): string | undefined {
  const deciding: string[] = [];
  const value = substitute(text, (name, sign, given = '') => {
    if (set.has(name) && sign !== '+') deciding.push(name);
    return sign === '+' && !set.has(name) ? '' : given;
  });
  return deciding.length === 0 ? value : undefined;
}

/** The variables without which the server does not start: `${env.X}`, at any depth of a value, each once, in order. */
export function requiredVariables(value: Json | undefined): readonly string[] {
  const found = new Set<string>();
  visit(value, (text) => {
    for (const [name, sign] of expressionsIn(text)) if (sign === undefined) found.add(name);
  });
  return [...found];
}

/** Whether a text holds an expression that the server substitutes. */
export function hasExpression(text: string): boolean {
  return expressionsIn(text).length > 0;
}

/**
 * Whether a text holds what looks like an expression and that the server leaves as it is: a variable whose name is not of
 * upper-case letters (`${env.vllm_url}`), or one within another (`${env.A:=${env.B}}`).
 */
export function hasUnreadableExpression(text: string): boolean {
  const nested = expressionsIn(text).some(([, , value]) => value?.includes('${env.'));
  return nested || substitute(text, () => '').includes('${env.');
}

/** The parts of an expression: `${env.NAME:=default}` → `NAME`, `=`, `default`. */
type Parts = [name: string, sign: '=' | '+' | undefined, value: string | undefined];

function expressionsIn(text: string): readonly Parts[] {
  const found: Parts[] = [];
  substitute(text, (...parts) => {
    found.push(parts);
    return '';
  });
  return found;
}

/** Most texts hold no expression; looking for its start is much cheaper than the pattern is. */
function substitute(text: string, by: (...parts: Parts) => string): string {
  return text.includes('${env.')
    ? text.replace(expression, (_all, ...[name, sign, value]: Parts) => by(name, sign, value))
    : text;
}

function visit(value: Json | undefined, onText: (text: string) => void): void {
  if (typeof value === 'string') onText(value);
  else if (Array.isArray(value)) for (const entry of value as readonly Json[]) visit(entry, onText);
  else if (typeof value === 'object' && value !== null) for (const entry of Object.values(value)) visit(entry, onText);
}
