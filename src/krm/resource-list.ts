import { readBlockList } from './block-list.ts';
import { located, type Source } from './item.ts';
import { ResourceList } from './item-list.ts';
import type { Problem } from './syntax.ts';
import { readSyntaxList } from './syntax-list.ts';
import type { Result } from './result.ts';
import { unprintableIn } from './yaml.ts';

export { ResourceList } from './item-list.ts';

/** An input that is no ResourceList, or cannot be read as one: there are no items to give back. */
export class Unreadable {
  constructor(readonly result: Result) {}
}

/** Reads a ResourceList from YAML or JSON, block or flow. Items in plain block style are only scanned, the others parsed. */
export function readResourceList(text: string): ResourceList | Unreadable {
  const source: Source = { text: text.startsWith('\ufeff') ? text.slice(1) : text };
  const problem = unprintableIn(source.text);
  if (problem) return unreadable(source, problem);
  if (source.text.trim() === '') return refused('The input is empty; it must be a ResourceList');
  const list = readBlockList(source) ?? readSyntaxList(source);
  return list instanceof ResourceList ? list : unreadableAs(source, list);
}

function unreadableAs(source: Source, problem: Problem | string): Unreadable {
  return typeof problem === 'string' ? refused(problem) : unreadable(source, problem);
}

function unreadable(source: Source, problem: Problem): Unreadable {
  return refused(`The input is not valid YAML: ${located(source, problem)}`);
}

function refused(message: string): Unreadable {
  return new Unreadable({ message, severity: 'error' });
}
