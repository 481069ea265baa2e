import type { Edit } from './edits.ts';
import type { Item } from './item.ts';
import type { Result } from './result.ts';

/** Keeps an object in its package and out of the cluster: any value but "false" does. */
export const localConfig = 'config.kubernetes.io/local-config';

/** Whether these annotations keep an object out of the cluster. */
export function isLocal(annotations: ReadonlyMap<string, string>): boolean {
  const value = annotations.get(localConfig);
  return value !== undefined && value !== 'false';
}

/** The edits that make these items local to the package, where they do not say otherwise themselves. */
export function makeLocal(items: readonly Item[]): readonly Edit[] {
  return items
    .filter(({ annotations }) => !annotations.has(localConfig))
    .map((item) => ({ change: 'annotate', item, annotations: new Map([[localConfig, 'true']]) }));
}

/** What a user must know of owners that are applied no more (said once, of the first), and of those that still are. */
export function localConfigResults(owners: readonly Item[], note: string): readonly Result[] {
  const [first, ...others] = owners.filter(({ annotations }) => !annotations.has(localConfig));
  const report = first?.report();
  const which = others.length === 0 ? 'this object' : `this object and ${String(others.length)} more`;
  report?.info(
    undefined,
    `Added \`${localConfig}: "true"\` to ${which}: from now on only what is generated is applied to the cluster${note}`,
  );
  const applied = owners.filter(({ annotations }) => annotations.get(localConfig) === 'false');
  return [
    ...(report?.results ?? []),
    ...applied.flatMap((item) => {
      const warning = item.report();
      warning.warning(
        undefined,
        `\`${localConfig}\` is "false": this object is applied to the cluster together with what is generated from it${note}`,
      );
      return warning.results;
    }),
  ];
}
