#!/usr/bin/env node
// Two functions as the catalog has them: `set namespace NAME` and `set label KEY VALUE`, which sets selectors and pods' labels too.
import { readFileSync } from 'node:fs';
import { parseDocument, visit } from 'yaml';

const [what, key, value] = process.argv.slice(2);
const list = parseDocument(readFileSync(0, 'utf8'));

const labelled = {
  Deployment: ['spec.selector.matchLabels', 'spec.template.metadata.labels'],
  Service: ['spec.selector'],
  NetworkPolicy: ['spec.podSelector.matchLabels'],
};

for (const item of list.get('items').items) {
  const kind = item.get('kind');
  if (kind === 'Kptfile') continue;
  if (what === 'namespace') item.setIn(['metadata', 'namespace'], key);
  else for (const path of ['metadata.labels', ...(labelled[kind] ?? [])]) item.setIn([...path.split('.'), key], value);
}

// kpt brings comments back itself, by the annotation that numbers an item, and would have them twice.
visit(list, {
  Node(_, node) {
    node.comment = node.commentBefore = undefined;
  },
});
process.stdout.write(list.toString({ lineWidth: 0 }));
