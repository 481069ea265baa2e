/** Who judges a CR: our reader without release and base config, the JSON Schema, the API server with the CRD. */
export type Judge = 'reader' | 'schema' | 'crd';

/** What one of the judges refuses a CR for; undefined where it takes it. */
export type Verdicts = Readonly<Record<Judge, string | undefined>>;

/** CRs that not all judges refuse, and why. */
export interface Difference {
  /** What such a CR holds. */
  readonly what: string;
  readonly reason: string;
  /** Who refuses them; the others take them. */
  readonly refusedBy: readonly Judge[];
  /** What the first of those says. */
  readonly says: RegExp;
}

/** Every difference that there is between the judges. What needs release or base config is the reader's alone anyhow. */
export const differences: readonly Difference[] = [
  {
    what: 'a provider id twice, an API that is disabled and has providers, or one API in two spellings',
    reason:
      'Neither JSON Schema nor the expressions that see no field of several kinds can compare providers of two APIs.',
    refusedBy: ['reader'],
    says: /is disabled at .* and has a provider at|are one API: put|ids must be unique across all APIs|give the same environment variables/,
  },
  {
    what: 'a field of a provider in `settings` and in `secretRefs`',
    reason:
      'A field that is given twice, under `settings` and as a further key or in `secretRefs`, is found by name only.',
    refusedBy: ['reader'],
    says: /is given already at/,
  },
  {
    what: 'a model or shield twice',
    reason: 'The items of `models` and `shields` are of two kinds, so that neither can be told to differ in `name`.',
    refusedBy: ['reader'],
    says: /is registered already at/,
  },
  {
    what: 'a wrong `llamastack.io/distribution`',
    reason: 'The value of an annotation is free text to all but the reader.',
    refusedBy: ['reader'],
    says: /The annotation `llamastack\.io\/distribution`/,
  },
  {
    what: 'requests above limits, parts of a device',
    reason:
      'Comparing quantities is no part of JSON Schema, and costs more in CEL than the API server grants in maps without a bound.',
    refusedBy: ['reader'],
    says: /must be at most its limit|must stand under `limits`|must be as much as its limit|whole number of devices|must be a multiple of/,
  },
  {
    what: '`maxReplicas` below `minReplicas` or `replicas`',
    reason: 'JSON Schema compares no two numbers; CEL does.',
    refusedBy: ['reader', 'crd'],
    says: /`maxReplicas` must be at least/,
  },
  {
    what: 'a variable, volume or mount path twice',
    reason:
      'JSON Schema cannot say that items differ in one field; the API server can, as `x-kubernetes-list-map-keys`.',
    refusedBy: ['reader', 'crd'],
    says: /^`(?:name|mountPath): .* stands already at/,
  },
  {
    what: 'null',
    reason:
      'The API server leaves out a field that is null before it judges; for the reader it is a slip of the indentation.',
    refusedBy: ['reader', 'schema'],
    says: /not empty \(null\)/,
  },
  {
    what: 'an unknown field in a provider, model, shield, `expose` or secret reference',
    reason:
      'A structural schema that takes several kinds in one field, or further keys beside known ones, takes every key there.',
    refusedBy: ['reader', 'schema'],
    says: /^Unknown field/,
  },
  {
    what: "a wrong value of a provider's further key",
    reason:
      'The value of a further key of a provider is checked by the reader and by JSON Schema only, for the same cause.',
    refusedBy: ['reader', 'schema'],
    says: /^`(?:name|key|secretKeyRef)` (?:must be|is required)/,
  },
  {
    what: 'a wrong key of a map',
    reason: 'A structural schema has no pattern for keys, and CEL would cost more than the API server grants.',
    refusedBy: ['reader', 'schema'],
    says: /^The key "/,
  },
  {
    what: 'an embedding model without its dimension',
    reason: 'A definition may not have a condition on a field that is called `metadata`.',
    refusedBy: ['reader', 'schema'],
    says: /needs `metadata\.embedding_dimension`/,
  },
  {
    what: 'an API that no release has',
    reason:
      'The definition lists the APIs of all releases by name; the reader leaves it to the release to say that one is unknown.',
    refusedBy: ['crd'],
    says: /strict decoding error: unknown field \\?"spec\.(?:providers|externalProviders)\./,
  },
  {
    what: 'a fraction without quotes as a quantity',
    reason: 'A quantity is an integer or a string for Kubernetes; the reader takes a bare 1.5 as YAML users write it.',
    refusedBy: ['crd'],
    says: /in body must be of type .*"number/,
  },
];

const judgesOf = ({ refusedBy }: Difference, judges: readonly Judge[]) =>
  judges.filter((judge) => refusedBy.includes(judge));

/** Each CR on which not all judges agree and that no difference explains, and each difference that explains none. */
export function unexplained(
  verdicts: ReadonlyMap<string, Partial<Verdicts>>,
  judges: readonly Judge[],
): readonly string[] {
  const used = new Set<Difference>();
  const open: string[] = [];
  for (const [name, verdict] of verdicts) {
    const refusing = judges.filter((judge) => verdict[judge] !== undefined);
    if (refusing.length === 0 || refusing.length === judges.length) continue;
    // A CR may hold several of them, each refused by others.
    const found = differences.filter((difference) => {
      const [first, ...others] = judgesOf(difference, judges);
      return (
        first !== undefined &&
        [first, ...others].every((judge) => refusing.includes(judge)) &&
        difference.says.test(verdict[first] ?? '')
      );
    });
    const explained = new Set(found.flatMap((difference) => judgesOf(difference, judges)));
    if (refusing.every((judge) => explained.has(judge))) for (const difference of found) used.add(difference);
    else open.push(`${name}: ${refusing.map((judge) => `${judge}: ${verdict[judge] ?? ''}`).join(' | ')}`);
  }
  const telling = differences.filter((difference) => {
    const count = judgesOf(difference, judges).length;
    return count > 0 && count < judges.length;
  });
  return [
    ...open,
    ...telling.filter((difference) => !used.has(difference)).map(({ reason }) => `explains nothing: ${reason}`),
  ];
}
