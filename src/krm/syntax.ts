import type { Document } from 'yaml';

/** A place in a text, in UTF-16 units: from `start` up to `end`, which is not part of it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Properties extends Range {
  /** The name after `&`. */
  readonly anchor?: string;
  /** The tag as it resolves: `tag:yaml.org,2002:str`, `!mine`. */
  readonly tag?: string;
}

/** A scalar as it is written: its text after unquoting, before it means anything. */
export interface ScalarSyntax extends Properties {
  readonly form: 'scalar';
  readonly text: string;
  /** Not quoted and no block text: the only scalars that can be anything but a string. */
  readonly plain: boolean;
}

/** One entry of a mapping as it is written; `value` lacks in a flow mapping such as `{a}`. */
export interface EntrySyntax {
  readonly key: Syntax;
  readonly value: Syntax | undefined;
}

/** A mapping as it is written, repeated keys included. */
export interface MappingSyntax extends Properties {
  readonly form: 'mapping';
  /** Written with braces. */
  readonly flow: boolean;
  readonly entries: readonly EntrySyntax[];
}

/** A list as it is written. */
export interface ListSyntax extends Properties {
  readonly form: 'list';
  /** Written with brackets. */
  readonly flow: boolean;
  readonly items: readonly Syntax[];
  /** Where the `-` of each item stands; empty for a flow list. */
  readonly dashes: readonly number[];
}

/** `*name`. */
export interface AliasSyntax extends Range {
  readonly form: 'alias';
  readonly name: string;
}

/** A node of a YAML document with its place in the text; of block collections, `end` is where the last value ends. */
export type Syntax = ScalarSyntax | MappingSyntax | ListSyntax | AliasSyntax;

/** What is wrong with a text, and where: `at` counts UTF-16 units from the start of the text. */
export interface Problem {
  readonly message: string;
  readonly at: number;
}

/** One document of a YAML text; without `root` it is empty. */
export interface DocumentSyntax {
  /** As the YAML library holds it, comments included, for who changes it; undefined where the text could not be read. */
  readonly nodes?: Document;
  readonly root: Syntax | undefined;
  readonly problems: readonly Problem[];
}

/** The entry of a mapping under this key, if `node` is a mapping and has it; of repeated keys the first. */
export function entryOf(node: Syntax | undefined, key: string): EntrySyntax | undefined {
  if (node?.form !== 'mapping') return undefined;
  return node.entries.find((entry) => entry.key.form === 'scalar' && entry.key.text === key);
}

/** The line of a place in a text, counted from 1. */
export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line++;
  return line;
}

/** The column of a place in a text, counted from 1. */
export function columnAt(text: string, at: number): number {
  return at - (at === 0 ? -1 : text.lastIndexOf('\n', at - 1));
}

/** Where the line of the last character before `end` ends, its line break included; or `text`'s end. */
export function lineEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const newline = text.indexOf('\n', end);
  return newline === -1 ? text.length : newline + 1;
}

/** Where the comments end that follow `end` and stand to the right of `column`, as a commented-out last field does. */
export function commentsEnd(text: string, end: number, column: number): number {
  let commented = end;
  for (let start = end; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(start, next);
    const first = line.search(/\S/);
    if (first !== -1) {
      if (line[first] !== '#' || first <= column) break;
      commented = next;
    }
    start = next;
  }
  return commented;
}
