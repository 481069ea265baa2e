import type { Report } from '../../krm/result.ts';
import type { BaseConfig } from '../../releases/base-config.ts';
import { idOf } from '../expression.ts';
import { replacesByApi, type MergeMode } from '../merge-table.ts';
import type { AskedProvider } from '../providers.ts';
import type { AskedExternal } from './asked-external.ts';

/** Another provider of the API of an external one. */
interface Other {
  readonly id: string;
  readonly type: string | undefined;
  /** Where it is written, for the message. */
  readonly place: string;
}

/**
 * Reports where an external provider and another one meet: by id within an API the external one wins, with a warning; an
 * id of another API is an error, as among the CR's providers. By type, the server knows one program for each.
 */
export function reportConflicts(
  asked: readonly AskedProvider[],
  externals: readonly AskedExternal[],
  base: BaseConfig,
  mode: MergeMode,
  report: Report,
): void {
  for (const [index, external] of externals.entries()) {
    reportIdElsewhere(external, asked, report);
    const others = othersOf(external, asked, base, mode);
    reportReplaced(external, others, report);
    reportTypeOfServer(external, others, externals, report);
    reportTypeTwice(external, externals.slice(0, index), report);
  }
}

/** The CR's providers of the API, and the base config's that they leave. */
function othersOf(
  { api }: AskedExternal,
  asked: readonly AskedProvider[],
  base: BaseConfig,
  mode: MergeMode,
): readonly Other[] {
  const own = asked.filter((provider) => provider.api === api);
  const left = replacesByApi(mode) && own.length > 0 ? [] : (base.providers[api] ?? []);
  return [
    ...own.map(({ id, entry, provider }) => ({ id, type: entry?.type.type, place: `\`${provider.at.toString()}\`` })),
    ...left.map(({ provider_id, provider_type }) => ({
      id: idOf(provider_id),
      type: provider_type,
      place: 'the base config',
    })),
  ];
}

function reportIdElsewhere(
  { api, id, external }: AskedExternal,
  asked: readonly AskedProvider[],
  report: Report,
): void {
  const other = asked.find((provider) => provider.id === id && provider.api !== api);
  if (other === undefined) return;
  report.error(
    external.at.field('providerId'),
    `The provider id "${id}" stands at \`${other.provider.at.toString()}\` and \`${external.at.toString()}\`: ids must be unique across all APIs`,
    { currentValue: id, proposedValue: `${id}-${external.api.replaceAll('_', '-')}` },
  );
}

function reportReplaced({ api, id, entry, external }: AskedExternal, others: readonly Other[], report: Report): void {
  for (const other of others.filter((candidate) => candidate.id === id)) {
    const types = entry === undefined ? '' : `: "${entry.type.type}" instead of "${other.type ?? ''}"`;
    report.warning(
      external.at.field('providerId'),
      `This takes the place of the provider "${id}" of \`${api}\` in ${other.place}${types}; give it another \`providerId\` to have both`,
      { currentValue: id },
    );
  }
}

/** The server looks a provider up by its type alone, so that another one of the type would be the image's too. */
function reportTypeOfServer(
  { id, api, entry, external }: AskedExternal,
  others: readonly Other[],
  externals: readonly AskedExternal[],
  report: Report,
): void {
  const isExternal = (other: Other): boolean => externals.some((one) => one.api === api && one.id === other.id);
  const same = others.filter((other) => other.id !== id && other.type === entry?.type.type && !isExternal(other));
  if (entry === undefined || same.length === 0) return;
  const names = same.map((other) => `"${other.id}" (${other.place})`).join(', ');
  report.warning(
    external.at.field('image'),
    `The image "${external.image}" brings the type "${entry.type.type}" of \`${api}\` in place of the server's own, for other providers of that type too: ${names}`,
    { currentValue: external.image },
  );
}

function reportTypeTwice(
  { api, entry, external }: AskedExternal,
  earlier: readonly AskedExternal[],
  report: Report,
): void {
  const twin = earlier.find(
    (other) =>
      other.api === api && other.entry?.type.type === entry?.type.type && other.entry?.module !== entry?.module,
  );
  if (entry === undefined || twin?.entry === undefined) return;
  report.error(
    external.at.field('image'),
    `The images "${twin.external.image}" and "${external.image}" both bring the type "${entry.type.type}" of \`${api}\`, from ` +
      `the packages "${twin.entry.module ?? ''}" and "${entry.module ?? ''}", and the server takes one for both: remove one entry`,
    { currentValue: external.image },
  );
}
