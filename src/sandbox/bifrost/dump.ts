import type { Gateway } from './gateway.js';
import { limitsConfig } from './virtual-key-limits.js';

/** `GET /__sandbox/dump`: everything stored, secrets included, with every relation resolved. For tests to ask the target. */
export function dump(gateway: Gateway): object {
  const { state, personality } = gateway;
  const limits = ({
    budgets,
    rateLimit,
  }: {
    readonly budgets: readonly unknown[];
    readonly rateLimit: unknown;
  }): object => ({ budgets, rateLimit });
  const none = { budgets: [], rateLimit: null };
  return {
    personality: personality.name,
    providers: [...state.providers.values()],
    providerKeys: [...state.keys.values()].map((key) => ({ ...key, secret: key.value.value })),
    customers: [...state.customers.values()],
    teams: [...state.teams.values()],
    virtualKeys: [...state.virtualKeys.values()].map((virtualKey) => ({
      ...virtualKey,
      ...limits(personality.scopedLimits ? (limitsConfig(gateway, virtualKey.id, null) ?? none) : virtualKey),
    })),
    modelConfigs: [...state.modelConfigs.values()],
    routingRules: [...state.routingRules.values()],
    pricingOverrides: [...state.pricingOverrides.values()],
    users: [...state.users.values()],
    members: [...state.members].flatMap(([teamId, members]) =>
      [...members.values()].map((member) => ({ teamId, ...member })),
    ),
    config: { client: gateway.config.client, metadata: gateway.config.metadata },
  };
}
