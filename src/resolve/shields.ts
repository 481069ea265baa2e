import type { JsonObject, Path, Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import type { Shield } from '../spec/resources.ts';
import { idOf } from './expression.ts';
import type { AskedModel } from './models.ts';
import { reportNoSuchProvider } from './provider-of-resource.ts';
import type { AskedProvider } from './providers.ts';

/** A shield of the CR with its provider and what it judges with. */
export interface AskedShield {
  readonly shield: Shield;
  readonly providerId: string;
  /** The registered model's identifier for llama-guard, a fixed id for others; undefined where neither is known. */
  readonly providerShieldId?: string;
}

interface Candidate {
  readonly id: string;
  readonly type: ProviderType | undefined;
}

/**
 * Gives every shield of `resources.shields` its safety provider (the one it names, the one of its own name, else the first)
 * and its `provider_shield_id`: a model's identifier as this release registers it, or the one id that the type takes.
 */
export function resolveShields(
  shields: readonly Shield[],
  at: Path,
  asked: readonly AskedProvider[],
  base: BaseConfig,
  models: readonly AskedModel[],
  release: Release,
  report: Report,
): readonly AskedShield[] {
  if (shields.length === 0) return [];
  const own = asked
    .filter((provider) => provider.api === 'safety')
    .map((provider) => ({ id: provider.id, type: provider.entry?.type }));
  const theirs = (base.providers.safety ?? []).map((entry) => ({
    id: idOf(entry.provider_id),
    type: release.providers.safety?.[entry.provider_type],
  }));
  const candidates: readonly Candidate[] = [...own, ...theirs];
  const first = candidates[0];
  if (first === undefined) {
    report.error(at, 'resources.shields requires at least one safety provider to be configured', {
      reason: 'MissingProviderForResource',
    });
    return [];
  }
  return shields.flatMap((shield) => {
    const named = candidates.find((candidate) => candidate.id === (shield.provider ?? shield.name));
    if (shield.provider !== undefined && named === undefined) {
      const ids = candidates.map(({ id }) => id);
      reportNoSuchProvider(shield.at.field('provider'), shield.provider, 'safety', ids, asked, base, report);
      return [];
    }
    const { id, type } = named ?? first;
    const providerShieldId = providerShieldIdOf(shield, type, models, report);
    return [{ shield, providerId: id, ...(providerShieldId !== undefined && { providerShieldId }) }];
  });
}

/** An entry of `registered_resources.shields`. */
export function shieldEntry({ shield, providerId, providerShieldId }: AskedShield): JsonObject {
  return {
    shield_id: shield.name,
    provider_id: providerId,
    ...(providerShieldId !== undefined && { provider_shield_id: providerShieldId }),
  };
}

function providerShieldIdOf(
  shield: Shield,
  type: ProviderType | undefined,
  models: readonly AskedModel[],
  report: Report,
): string | undefined {
  const at = shield.at.field('model');
  const fixed = type?.shieldIds;
  if (fixed !== undefined) {
    const id = shield.model ?? fixed[0];
    if (id !== undefined && fixed.includes(id)) return id;
    report.error(at, `A shield of the provider type "${type?.type ?? ''}" takes only: ${fixed.join(', ')}`, {
      currentValue: shield.model,
      proposedValue: fixed[0],
    });
    return undefined;
  }
  if (shield.model !== undefined) return identifierOf(shield.model, shield, models, report);
  if (type?.judgesWithModel !== true) return undefined;
  const guards = models.filter(({ model }) => /guard/i.test(model.name));
  const [guard] = guards;
  if (guard !== undefined && guards.length === 1) return guard.identifier;
  report.warning(
    shield.at,
    `The shield "${shield.name}" has no model to judge with, so that every request through it fails; name one: ` +
      `\`{name: ${shield.name}, model: <name of a model in resources.models>}\``,
    { currentValue: shield.name },
  );
  return undefined;
}

function identifierOf(name: string, shield: Shield, models: readonly AskedModel[], report: Report): string {
  const found = models.find((asked) => asked.model.name === name || asked.identifier === name);
  if (found !== undefined) return found.identifier;
  const known = models.map((asked) => asked.model.name);
  const message = `No model of \`spec.resources.models\` is called "${name}"; it is passed on as the server's identifier`;
  report.warning(
    shield.at.field('model'),
    known.length === 0 ? message : `${message}; known names: ${known.join(', ')}`,
    { currentValue: name },
  );
  return name;
}
