import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser, Scalar } from 'yaml';
import type { CST, Document, Node, YAMLError, YAMLMap, YAMLSeq } from 'yaml';
import type { DocumentSyntax, EntrySyntax, Problem, Syntax } from './syntax.ts';

/** How deep mappings and lists may lie in one another; no Kubernetes object comes near it. */
const maxDepth = 200;

/** What Go's YAML reader refuses too: control characters, half surrogate pairs, a byte-order mark inside the text. */
// eslint-disable-next-line no-control-regex -- these are the characters that a text must not hold
const unprintable = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** The first character of a text that no YAML may hold, as a problem. */
export function unprintableIn(text: string): Problem | undefined {
  const at = text.search(unprintable);
  if (at === -1) return undefined;
  const code = text.codePointAt(at) ?? 0;
  return {
    message: `the text must not hold the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
    at,
  };
}

/** Reads the syntax of every document of a YAML text (JSON is YAML); never throws for what the text holds. */
export function parseYaml(text: string): readonly DocumentSyntax[] {
  const unreadable = unprintableIn(text);
  if (unreadable) return [{ root: undefined, problems: [unreadable] }];
  const parser = new Parser();
  const composer = new Composer({
    schema: 'failsafe',
    version: '1.2',
    uniqueKeys: false,
    keepSourceTokens: true,
    // `!!binary` would be decoded by what Node or a browser adds to the language.
    resolveKnownTags: false,
  });
  const documents: DocumentSyntax[] = [];
  const take = (composed: Iterable<Document.Parsed>): void => {
    for (const document of composed) documents.push(documentSyntax(document, text));
  };
  for (const lexeme of new Lexer().lex(text)) {
    const at = parser.offset;
    for (const token of parser.next(lexeme)) take(composer.next(token));
    // Before anything recursive sees the tokens: each open collection is one entry of the parser's stack.
    if (parser.stack.length > maxDepth + 2) {
      return [
        ...documents,
        {
          root: undefined,
          problems: [{ message: `mappings and lists must not be nested more than ${maxDepth} levels deep`, at }],
        },
      ];
    }
  }
  for (const token of parser.end()) take(composer.next(token));
  take(composer.end(documents.length === 0, text.length));
  return documents;
}

function documentSyntax(document: Document.Parsed, text: string): DocumentSyntax {
  const problems = document.errors.map((error) => problemOf(error, text));
  const contents = document.contents as Node | null;
  return { nodes: document, root: contents === null || problems.length > 0 ? undefined : syntaxOf(contents), problems };
}

function syntaxOf(node: Node): Syntax {
  const [start = 0, end = 0] = node.range ?? [];
  if (isAlias(node)) return { form: 'alias', start, end, name: node.source };
  const properties = {
    start,
    ...(node.anchor !== undefined && { anchor: node.anchor }),
    ...(node.tag !== undefined && { tag: node.tag }),
  };
  if (isScalar(node))
    return { form: 'scalar', ...properties, end, text: String(node.value), plain: node.type === Scalar.PLAIN };
  if (isMap(node)) return mappingSyntax(node, properties, end);
  if (isSeq(node)) return listSyntax(node, properties, end);
  throw new Error('The YAML library made a node of an unknown kind');
}

function mappingSyntax(node: YAMLMap, properties: { start: number }, end: number): Syntax {
  const entries = node.items.map(({ key, value }): EntrySyntax => ({
    key: syntaxOf(key as Node),
    value: value === null ? undefined : syntaxOf(value as Node),
  }));
  const flow = node.flow === true;
  const last = entries.at(-1);
  return { form: 'mapping', ...properties, end: flow ? end : ((last?.value ?? last?.key)?.end ?? end), flow, entries };
}

function listSyntax(node: YAMLSeq, properties: { start: number }, end: number): Syntax {
  const items = node.items.map((item) => syntaxOf(item as Node));
  const flow = node.flow === true;
  const token = node.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
  const dashes =
    token?.type === 'block-seq'
      ? token.items.flatMap(({ start }) =>
          start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
        )
      : [];
  return { form: 'list', ...properties, end: flow ? end : (items.at(-1)?.end ?? end), flow, items, dashes };
}

/** What the library's error codes mean, in our words: its own texts differ from release to release. */
const meanings: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias (`*name`) must not have an anchor or a tag of its own',
  BAD_ALIAS: 'an anchor or alias must have a name',
  BAD_COLLECTION_TYPE: 'a tag does not fit the mapping or list that it stands before',
  BAD_DIRECTIVE: 'a `%` line before the document must be `%YAML` or `%TAG`',
  BAD_DQ_ESCAPE: 'a text in double quotes has an unknown `\\` sequence; write `\\\\` for a backslash',
  BAD_INDENT: 'a bracket or brace is not closed, or the lines of one mapping or list do not start in the same column',
  BAD_PROP_ORDER: 'anchors and tags must stand after the `?`, `:` or `-` that they belong to',
  BAD_SCALAR_START: 'a value must not start with this character; put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second `key: value` on one line; put the value in quotes, or the inner mapping on its own line',
  BLOCK_IN_FLOW: 'inside brackets or braces, mappings and lists must be in brackets or braces too',
  KEY_OVER_1024_CHARS: 'a key must be at most 1024 characters long',
  MISSING_CHAR: 'a `:`, comma, quote, bracket or brace is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line and be followed by `:`',
  MULTIPLE_ANCHORS: 'a value must not have two anchors',
  MULTIPLE_TAGS: 'a value must not have two tags',
  RESOURCE_EXHAUSTION: 'the text is nested too deep to be read',
  TAB_AS_INDENT: 'indentation must be spaces, not tabs',
  TAG_RESOLVE_FAILED: 'a tag (`!name`) is not known',
  UNEXPECTED_TOKEN: 'unexpected text; a quote, bracket or `-` may be missing or misplaced',
};

function problemOf(error: YAMLError, text: string): Problem {
  const at = Math.min(error.pos[0], text.length);
  return { message: meanings[error.code] ?? 'not valid YAML', at };
}
