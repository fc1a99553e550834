import type { ApiKey } from './api-keys.js';
import type { Customer } from './customers.js';
import type { Budget, RateLimit } from './limits.js';
import type { Member } from './members.js';
import type { ModelConfig } from './model-config-rows.js';
import type { PricingOverride } from './pricing-overrides.js';
import type { ProviderKey } from './provider-keys.js';
import type { Provider } from './providers.js';
import type { RoutingRule } from './routing-rules.js';
import type { Team } from './teams.js';
import type { User } from './users.js';
import type { VirtualKey } from './virtual-keys.js';

/** One-to-many index: values by a key that several share. Insertion order is kept. */
export class Grouping<K, V> {
  readonly #groups: Map<K, Set<V>>;

  constructor(groups = new Map<K, Set<V>>()) {
    this.#groups = groups;
  }

  get groups(): ReadonlyMap<K, ReadonlySet<V>> {
    return this.#groups;
  }

  of(key: K): ReadonlySet<V> {
    return this.#groups.get(key) ?? NOTHING;
  }

  add(key: K | null, value: V): void {
    if (key === null) return;
    const group = this.#groups.get(key);
    if (group) group.add(value);
    else this.#groups.set(key, new Set([value]));
  }

  remove(key: K | null, value: V): void {
    if (key === null) return;
    const group = this.#groups.get(key);
    group?.delete(value);
    if (group?.size === 0) this.#groups.delete(key);
  }
}
const NOTHING: ReadonlySet<never> = new Set();

/** Everything the gateway has stored. All look-ups a write needs are O(1), so that 20,000 virtual keys are no matter. */
export class State {
  readonly providers = new Map<string, Provider>();
  readonly keys = new Map<string, ProviderKey>();
  readonly keysByName = new Map<string, ProviderKey>();
  readonly keysByProvider = new Grouping<string, ProviderKey>();
  readonly customers = new Map<string, Customer>();
  readonly customersByName = new Grouping<string, Customer>();
  readonly teams = new Map<string, Team>();
  readonly teamsByName = new Map<string, Team>();
  readonly teamsByCustomer = new Grouping<string, Team>();
  readonly virtualKeys = new Map<string, VirtualKey>();
  readonly virtualKeysByName = new Map<string, VirtualKey>();
  readonly virtualKeysByValue = new Map<string, VirtualKey>();
  readonly virtualKeysByTeam = new Grouping<string, VirtualKey>();
  readonly virtualKeysByCustomer = new Grouping<string, VirtualKey>();
  readonly modelConfigs = new Map<string, ModelConfig>();
  readonly modelConfigsByIdentity = new Map<string, ModelConfig>();
  readonly modelConfigsByScope = new Grouping<string, ModelConfig>();
  readonly routingRules = new Map<string, RoutingRule>();
  readonly pricingOverrides = new Map<string, PricingOverride>();
  readonly users = new Map<string, User>();
  readonly usersByEmail = new Map<string, User>();
  readonly members = new Map<string, Map<string, Member>>();
  readonly apiKeys = new Map<string, ApiKey>();
  readonly budgets = new Map<string, Budget>();
  readonly rateLimits = new Map<string, RateLimit>();
  lastKeyRow = 0;
  lastProviderConfig = 0;
  lastTeam = 0;
  lastVirtualKey = 0;
}

/** All of it anew; what is one object in several indexes stays one. */
export function copyOf(state: State): State {
  const plain = Object.entries(state).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Grouping ? value.groups : value,
  ]);
  const copied = structuredClone(Object.fromEntries(plain) as object) as { readonly [name: string]: unknown };
  const copy = new State();
  for (const [name, value] of Object.entries(copy) as [string, unknown][])
    Object.assign(copy, { [name]: value instanceof Grouping ? new Grouping(copied[name] as never) : copied[name] });
  return copy;
}
