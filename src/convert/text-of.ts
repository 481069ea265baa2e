import type { Document } from 'yaml';
import { readDocument } from '../krm/yaml-value.ts';
import { parseYaml } from '../krm/yaml.ts';
import { commentsBehindKeys, tighten } from './layout.ts';

/** A document as text, in the ways of the text that it comes from: JSON or YAML, how lists are indented, blanks in braces, line ends. */
export function textOf(document: Document, source: string): string {
  const indent = /^( +)\S/m.exec(source)?.[1]?.length ?? 2;
  tighten(document);
  const yaml = commentsBehindKeys(
    document.toString({
      lineWidth: 0,
      indent: Math.max(indent, 1),
      indentSeq: !/^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?(?:\r?\n *(?:#[^\n]*)?)*\r?\n\1- /m.test(source),
      flowCollectionPadding: !/\{[^\s}]/.test(source),
    }),
  );
  const text = isJson(source) ? toJson(yaml, source.trim().includes('\n') ? indent : 0) : yaml;
  return source.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;
}

function isJson(source: string): boolean {
  if (!source.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}

function toJson(yaml: string, indent: number): string {
  const [syntax = { root: undefined, problems: [] }] = parseYaml(yaml);
  return `${JSON.stringify(readDocument(syntax).value, null, indent)}\n`;
}
