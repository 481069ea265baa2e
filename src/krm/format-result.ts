import type { Result, Severity } from './result.ts';

const weights: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Sorts results for readers that show only the first: errors, then warnings, then infos, each in the order of finding. */
export function mostUsefulFirst(results: readonly Result[]): readonly Result[] {
  return [...results].sort((a, b) => weights[a.severity] - weights[b.severity]);
}

/**
 * One line that makes sense alone: "error: LlamaStackDistribution/my-stack: spec.networking.port: must be … (stack.yaml)".
 * A namespace stands before the name: `LlamaStackDistribution/team-a/my-stack`.
 */
export function formatResult({ severity, resourceRef, field, message, file }: Result): string {
  const parts = [
    severity,
    ...(resourceRef
      ? [
          [resourceRef.kind, resourceRef.namespace, resourceRef.name]
            .filter((part) => part !== undefined && part !== '')
            .join('/'),
        ]
      : []),
    ...(field && field.path !== '' ? [field.path] : []),
    message,
  ];
  return oneLine(`${parts.filter((part) => part !== '').join(': ')}${file ? ` (${file.path})` : ''}`);
}

/** A text as terminals may show it: line breaks become spaces, and other control characters, which a terminal would obey, their code. */
export function oneLine(text: string): string {
  return (
    text
      .replace(/\s*[\r\n\u0085\u2028\u2029]\s*/g, ' ')
      // eslint-disable-next-line no-control-regex -- control characters are what must not reach a terminal
      .replace(/[\0-\x1f\x7f-\x9f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  );
}
