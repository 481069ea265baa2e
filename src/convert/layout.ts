import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  visit,
  type CST,
  type Document,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** Marks a comment that stands behind the key of a mapping or list; no YAML text may hold this character. */
const MARK = '\u0001';

/**
 * Makes a document ready for entries to move, each with the comments and the blank line that stand above it: the library holds
 * those of the first entry, and what is behind a key, for the mapping, and those below a list for the list.
 */
export function loosen(document: Document): void {
  visit(document, {
    Map: (_, map) => {
      for (const [index, { key }] of map.items.entries()) {
        const list = map.items[index - 1]?.value;
        if (!isScalar(key) || !isSeq(list) || list.comment == null || !standsWithKeys(list, map)) continue;
        key.commentBefore = joined(list.comment, key.commentBefore);
        list.comment = null;
      }
    },
    Pair: (_, pair) => {
      const { value, srcToken } = pair as Pair & { srcToken?: CST.CollectionItem };
      if (!isCollection(value) || value.flow === true) return;
      const [first = '', ...further] = (value.commentBefore ?? '').split('\n');
      const behind = isBehindKey(srcToken) ? `${MARK}${first}` : undefined;
      const key = isMap(value) ? value.items[0]?.key : undefined;
      if (!isScalar(key)) {
        if (behind !== undefined) value.commentBefore = [behind, ...further].join('\n');
        return;
      }
      const above = behind === undefined ? value.commentBefore : further.join('\n');
      if (above != null && above !== '') key.commentBefore = joined(above, key.commentBefore);
      value.commentBefore = behind ?? null;
      // A blank line below a comment is an empty line of that comment.
      if (value.spaceBefore === true || (behind !== undefined && further[0] === '' && above === '')) {
        [value.spaceBefore, key.spaceBefore] = [false, true];
      }
    },
  });
}

const joined = (first: string, second: string | null | undefined): string =>
  second == null ? first : `${first}\n${second}`;

/** Whether the dashes of a list stand in the column of the keys around it, as kubectl writes them. */
function standsWithKeys(list: YAMLSeq, map: YAMLMap): boolean {
  const [own, around] = [list.srcToken, map.srcToken] as (CST.BlockSequence | CST.BlockMap | CST.FlowCollection)[];
  return own?.type === 'block-seq' && around?.type === 'block-map' && own.indent === around.indent;
}

function isBehindKey(token: CST.CollectionItem | undefined): boolean {
  const types = (token?.sep ?? []).map(({ type }) => type);
  return types.includes('comment') && !types.slice(0, types.indexOf('comment')).includes('newline');
}

/** The blank line above a first entry is the mapping's again: the library would write it with blanks in it. */
export function tighten(document: Document): void {
  visit(document, {
    Pair: (_, { value }) => {
      const key = isMap(value) && value.flow !== true ? value.items[0]?.key : undefined;
      if (!isMap(value) || !isScalar(key) || key.spaceBefore !== true) return;
      [value.spaceBefore, key.spaceBefore] = [true, false];
    },
  });
}

/** The text of a document with each marked comment behind its key. */
export function commentsBehindKeys(text: string): string {
  return text.replaceAll(new RegExp(`:(\\n?)\\n *#${MARK}(.*)`, 'g'), ': #$2$1');
}

/** A comment that is no more behind a key. */
export function unmarked(comment: string): string {
  return comment.replaceAll(MARK, '');
}
