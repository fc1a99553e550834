import { isObject } from '../json.js';
import type { ObjectKind, TargetObject } from '../target/objects.js';

type Need = readonly [kind: ObjectKind, id: string];

/**
 * What an object loses, or loses an owner's limits with, when that is deleted: deletions cascade or unlink (B§5.9: a provider
 * takes keys, entries of virtual keys and limits along; a customer and a team unlink what they own). Rules and prices only
 * name providers, and stay as they are.
 */
export function needsOf(object: TargetObject): readonly Need[] {
  switch (object.kind) {
    case 'provider_key':
      return [['provider', object.provider]];
    case 'model_config':
      return [
        ...(object.provider === null ? [] : [['provider', object.provider] as const]),
        ...(object.scope === 'virtual_key' ? [['virtual_key', object.scopeId ?? ''] as const] : []),
      ];
    case 'team':
      return object.customerId === null ? [] : [['customer', object.customerId]];
    case 'member':
      return [
        ['team', object.teamId],
        ['user', object.userId],
      ];
    case 'virtual_key':
      return [
        ...(object.teamId === null ? [] : [['team', object.teamId] as const]),
        ...(object.customerId === null ? [] : [['customer', object.customerId] as const]),
        ...object.providerConfigs.flatMap(({ provider, keyIds }): Need[] => [
          ['provider', provider],
          ...(keyIds === '*' ? [] : keyIds.map((id): Need => ['provider_key', id])),
        ]),
      ];
    default:
      return [];
  }
}

/** Who needs what, of all that stays. */
export class Needs {
  readonly #needed = new Map<string, string>();
  readonly #providersOfOurKeys = new Set<string>();

  /** This object stays: so does what it needs. */
  stays(object: TargetObject, ours: boolean): void {
    for (const [kind, id] of needsOf(object)) {
      const key = `${kind} ${id}`;
      if (!this.#needed.has(key)) this.#needed.set(key, shown(object));
      if (ours && object.kind === 'virtual_key' && kind === 'provider') this.#providersOfOurKeys.add(id);
    }
  }

  /**
   * Why this object has to stay; null = nobody needs it. A virtual key of ours that stays must not become wider: rules, limits
   * and prices of its providers stay with it.
   */
  reason(object: TargetObject): string | null {
    const by = this.#needed.get(`${object.kind} ${object.id}`);
    if (by !== undefined) return `${by} needs it`;
    const ours = this.#providersOfOurKeys;
    const everywhere = object.kind === 'model_config' && object.provider === null && object.scope === undefined;
    const bound = (everywhere ? [...ours] : providersBound(object)).find((provider) => ours.has(provider));
    if (bound !== undefined) return `a virtual key that stays uses ${bound}, which it restricts`;
    return null;
  }
}

/** Providers whose calls a rule, a limit or a price decides about. */
function providersBound(object: TargetObject): readonly string[] {
  if (object.kind === 'model_config') return object.provider === null ? [] : [object.provider];
  if (object.kind === 'pricing_override') return strings([object.body['provider_id']]);
  if (object.kind !== 'routing_rule') return [];
  const { targets, fallbacks } = object.body;
  return [
    ...strings(list(targets).map((target) => (isObject(target) ? target['provider'] : null))),
    ...strings(list(fallbacks)).map((place) => place.slice(0, Math.max(0, place.indexOf('/')))),
  ];
}

const NAMES: { readonly [K in ObjectKind]: string } = {
  provider: 'the provider',
  provider_key: 'the provider key',
  model_config: 'the model config',
  customer: 'the customer',
  team: 'the team',
  user: 'the user',
  member: 'the membership',
  virtual_key: 'the virtual key',
  routing_rule: 'the routing rule',
  pricing_override: 'the pricing override',
};

function shown(object: TargetObject): string {
  return `${NAMES[object.kind]} "${object.name}"`;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(values: readonly unknown[]): readonly string[] {
  return values.filter((value): value is string => typeof value === 'string');
}
