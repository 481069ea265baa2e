import fc from 'fast-check';

/** A comment of its own line above a line, or one behind it; a blank line. */
type Kind = 'above' | 'behind' | 'blank';

/** A comment or blank line that was put into a text: its words, and the line that it stands above or behind. */
export interface Comment {
  readonly words: string;
  readonly kind: Kind;
  /** The line without indent and comment: `replicas: 3`. */
  readonly line: string;
  /** The field that the line is, or is an item of: `spec.server.containerSpec.env`. */
  readonly field: string;
}

/** Where comments are put: the line by its number, counted round. */
export const places = fc.array(
  fc.record({ kind: fc.constantFrom<Kind[]>('above', 'behind', 'blank'), at: fc.nat(99) }),
  { maxLength: 4 },
);

/** A text of block YAML with comments and blank lines put into it, at most one at a line. */
export function withComments(text: string, at: readonly { readonly kind: Kind; readonly at: number }[]) {
  const lines = linesOf(text);
  const comments: Comment[] = [];
  const kinds = new Map<number, Kind>();
  const open = [...lines.keys()].filter((index) => lines[index]?.literal === false);
  for (const { kind, at: place } of at) kinds.set(open[place % open.length] ?? 0, kind);
  const written = lines.map(({ whole, field }, index) => {
    const kind = kinds.get(index);
    // A text has no blank line at its start.
    if (kind === undefined || (kind === 'blank' && index === 0)) return whole;
    const words = kind === 'blank' ? '' : `comment ${String(index)}`;
    comments.push({ words, kind, line: whole.trim(), field });
    if (kind === 'blank') return `\n${whole}`;
    const indent = /^ */.exec(whole)?.[0] ?? '';
    return kind === 'above' ? `${indent}# ${words}\n${whole}` : `${whole} # ${words}`;
  });
  return { text: written.join('\n'), comments };
}

interface Line {
  readonly whole: string;
  readonly field: string;
  /** Part of a text of several lines, or the line that such a text begins in. */
  readonly literal: boolean;
}

function linesOf(text: string): Line[] {
  const holders: { readonly indent: number; readonly key: string }[] = [];
  let literal = -1;
  return text.split('\n').map((whole) => {
    const indent = whole.search(/\S/);
    if (literal !== -1 && (indent === -1 || indent > literal)) return { whole, field: '', literal: true };
    literal = /[|>][-+0-9]*$/.test(whole) ? indent : -1;
    const isItem = whole.startsWith('-', indent);
    while (holders.length > 0 && (holders.at(-1)?.indent ?? 0) > indent - (isItem ? 0 : 1)) {
      if (isItem && holders.at(-1)?.indent === indent) break;
      holders.pop();
    }
    const [, key] = /^ *("[^"]*"|[^\s:"-][^:]*):/.exec(whole) ?? [];
    if (key !== undefined) holders.push({ indent, key });
    return { whole, field: holders.map((holder) => holder.key).join('.'), literal: literal !== -1 || indent === -1 };
  });
}

/** Whether a comment, or a blank line, stands at its line in a text. */
export function isInPlace(text: string, { words, kind, line }: Comment): boolean {
  const lines = text.split(/\r?\n/).map((one) => one.trim());
  const note = `# ${words}`;
  if (kind === 'behind') return lines.includes(`${line} ${note}`);
  // Between a comment and its line may be nothing but other comments.
  return lines.some((one, index) => one === (kind === 'blank' ? '' : note) && isNext(lines.slice(index + 1), line));
}

function isNext(lines: readonly string[], line: string): boolean {
  const next = lines.find((one) => !one.startsWith('#'));
  return next === line || next?.startsWith(`${line} # comment`) === true;
}
