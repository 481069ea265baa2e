import fc from 'fast-check';

/** Lines of a YAML text that stand under one another, without their common indentation. */
type Lines = readonly string[];

const word = fc.constantFrom('a', 'name', 'b-c', 'x/y.z', 'items', 'kind', 'metadata', 'd_e', '"q k"', "'s'", '$ref');
const scalar = fc.constantFrom(
  'x',
  '1',
  'true',
  '~',
  '0755',
  '"a: b"',
  '"- a"',
  "'it''s'",
  '"\\n"',
  'a b',
  'http://a.b/c',
  '- x'.slice(2),
  '{}',
  '[]',
  '["a", b]',
  'x # comment',
  '"x" # comment',
  'a#b',
  '-1',
  '--flag',
  "'# x'",
  'a, b',
  '$(A)',
  '*.txt'.slice(1),
  '"*a"',
  '&amp'.slice(1),
);
const odd = fc.constantFrom(
  '{a: 1, b: [2]}',
  '!!str 1',
  '"a\n  b"',
  'a\n  b',
  '&x 1',
  '|2\n   a',
  '"\\u0041"',
  '@'.replace('@', '"@"'),
  '? a\n: b'.slice(0, 0),
);
const blockLine = fc.constantFrom(
  '- a',
  'items:',
  '# no comment',
  'x: y',
  '',
  '  deeper',
  'kind: Fake',
  "it's",
  '"',
  '---x',
  '\ttab',
);
const noise = fc.constantFrom('', '# comment', '   # indented comment', '#- a');

const indented = (lines: Lines, by: number): Lines => lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));

const blockText = fc
  .tuple(
    fc.constantFrom('|', '|', '|', '|-', '|-', '>', '>-', '|+'),
    fc.array(blockLine, { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([header, lines, by]): readonly [string, Lines] => [header, indented(['first', ...lines], by)]);

/** A value as it follows a key: what stands on the key's line, and the lines below, indented relative to the key. */
const { value } = fc.letrec<{ value: readonly [string, Lines]; mapping: Lines; list: Lines }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 30, arbitrary: scalar.map((text): readonly [string, Lines] => [text, []]) },
    {
      weight: 1,
      arbitrary: odd.map((text): readonly [string, Lines] => [text.split('\n')[0] ?? '', text.split('\n').slice(1)]),
    },
    { weight: 6, arbitrary: blockText },
    {
      weight: 6,
      arbitrary: fc
        .tuple(tie('mapping'), fc.integer({ min: 1, max: 4 }))
        .map(([lines, by]): readonly [string, Lines] => ['', indented(lines, by)]),
    },
    {
      weight: 6,
      arbitrary: fc
        .tuple(tie('list'), fc.integer({ min: 0, max: 3 }))
        .map(([lines, by]): readonly [string, Lines] => ['', indented(lines, by)]),
    },
  ),
  mapping: fc
    .uniqueArray(fc.tuple(word, tie('value'), fc.option(noise, { freq: 4 })), {
      selector: ([key]) => key.replace(/["']/g, ''),
      minLength: 1,
      maxLength: 3,
    })
    .map((entries) =>
      entries.flatMap(([key, [head, lines], before]) => [
        ...(before === null ? [] : [before]),
        head === '' ? `${key}:` : `${key}: ${head}`,
        ...lines,
      ]),
    ),
  list: fc
    .array(
      fc.oneof(
        tie('value').map(([head, lines]): Lines => [head === '' ? '-' : `- ${head}`, ...indented(lines, 2)]),
        tie('mapping')
          .filter(([first]) => !/^\s*(#|$)/.test(first ?? ''))
          .map(([first = '', ...rest]): Lines => [`- ${first}`, ...indented(rest, 2)]),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((items) => items.flat()),
}));

const entry = (key: string): fc.Arbitrary<Lines> =>
  value.map(([head, lines]) => [head === '' ? `${key}:` : `${key}: ${head}`, ...lines]);
const constant = (...lines: string[]): fc.Arbitrary<Lines> => fc.constant(lines);

const annotations = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('a.b/c', 'config.kubernetes.io/path', '"k"', 'n', '1'),
      fc.oneof(
        scalar.map((text): readonly [string, Lines] => [text, []]),
        blockText,
      ),
    ),
    { selector: ([key]) => key, minLength: 1, maxLength: 3 },
  )
  .map((entries): Lines => [
    'annotations:',
    ...indented(
      entries.flatMap(([key, [head, lines]]) => [`${key}: ${head}`, ...lines]),
      2,
    ),
  ]);

const metadata = fc
  .tuple(
    scalar,
    fc.option(annotations),
    fc.option(entry('labels')),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ max: 7, min: 0 }),
  )
  .map(([name, notes, labels, by, flow]): Lines =>
    flow === 0
      ? ['metadata: {name: "x", annotations: {a: b}}']
      : ['metadata:', ...indented([`name: ${name}`, ...(notes ?? []), ...(labels ?? [])], by)],
  );

/** The lines of one object as kustomize, kpt, or a person may write it. */
const object = fc
  .tuple(
    constant('apiVersion: v1'),
    fc.constantFrom(['kind: ConfigMap'], ['kind: "Secret" # why'], ["kind: 'X'"]),
    metadata,
    entry('spec'),
    fc.option(entry('data')),
    fc.array(noise, { maxLength: 2 }),
  )
  .map(([version, kind, meta, spec, data, after]): Lines => [
    ...version,
    ...kind,
    ...meta,
    ...spec,
    ...(data ?? []),
    ...after,
  ]);

const item = fc
  .tuple(object, fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(([[first = '', ...rest], by, commented]): Lines =>
    commented
      ? ['- # about it', ...indented([first, ...rest], by + 1)]
      : [`-${' '.repeat(by)}${first}`, ...indented(rest, by + 1)],
  );

/** Texts of ResourceLists in block style, from the ordinary to the odd. */
export const resourceListText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(item, { maxLength: 5 }),
    fc.constantFrom(0, 2, 4),
    fc.array(noise, { maxLength: 2 }),
    fc.option(object),
    fc.boolean(),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom([], ['results:', '- message: x', '  severity: info'], ['results: []']),
    fc.boolean(),
  )
  .map(([items, column, notes, config, first, lineBreak, results, end]) => {
    const functionConfig = config ? ['functionConfig:', ...indented(config, 2)] : [];
    const list = [`items:${items.length === 0 ? ' []' : ''}`, ...notes, ...indented(items.flat(), column)];
    const lines = [
      'apiVersion: config.kubernetes.io/v1',
      'kind: ResourceList',
      ...(first ? functionConfig : []),
      ...list,
      ...(first ? [] : functionConfig),
      ...results,
    ];
    return lines.join(lineBreak) + (end ? lineBreak : '');
  });
