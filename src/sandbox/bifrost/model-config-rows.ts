import type { Gateway } from './gateway.js';
import {
  budgetFault,
  type BudgetInput,
  rateLimitFault,
  type RateLimitInput,
  rateLimitStoreFault,
} from './limit-checks.js';
import { type Budget, dropLimits, type RateLimit } from './limits.js';

/** Limits for a model; they never grant or deny access (B§5.6). On ≥ 1.5.9 they also hold the limits of virtual keys. */
export type ModelConfig = {
  readonly id: string;
  modelName: string;
  provider: string | null;
  readonly scope: 'global' | 'virtual_key';
  readonly scopeId: string | null;
  calendarAligned: boolean;
  budgets: readonly Budget[];
  rateLimit: RateLimit | null;
  readonly createdAt: string;
  updatedAt: string;
};
export type ModelConfigIdentity = Pick<ModelConfig, 'modelName' | 'provider' | 'scope' | 'scopeId'>;

export function newModelConfig(gateway: Gateway, identity: ModelConfigIdentity, calendarAligned: boolean): ModelConfig {
  const stamp = gateway.stamp(gateway.now());
  const config: ModelConfig = {
    id: gateway.newId(),
    ...identity,
    calendarAligned,
    budgets: [],
    rateLimit: null,
    createdAt: stamp,
    updatedAt: stamp,
  };
  gateway.state.modelConfigs.set(config.id, config);
  gateway.state.modelConfigsByIdentity.set(keyOf(config), config);
  gateway.state.modelConfigsByScope.add(config.scopeId, config);
  return config;
}

export function deleteModelConfigRow(gateway: Gateway, config: ModelConfig): void {
  dropLimits(gateway, config.budgets, config.rateLimit);
  gateway.state.modelConfigs.delete(config.id);
  gateway.state.modelConfigsByIdentity.delete(keyOf(config));
  gateway.state.modelConfigsByScope.remove(config.scopeId, config);
}

export function findModelConfig(gateway: Gateway, identity: ModelConfigIdentity): ModelConfig | undefined {
  return gateway.state.modelConfigsByIdentity.get(keyOf(identity));
}

export function budgetOwner(gateway: Gateway, config: ModelConfig): Budget['owner'] {
  return gateway.personality.scopedLimits ? { member: 'model_config_id', id: config.id } : null;
}

export function limitsFault(budgets: readonly BudgetInput[], rateLimit: RateLimitInput | null): string | null {
  const fault = rateLimit ? (rateLimitFault(rateLimit) ?? rateLimitStoreFault(rateLimit)) : null;
  return fault ?? budgets.map(budgetFault).find((text) => text !== null) ?? null;
}

export function keyOf({ scope, scopeId, modelName, provider }: ModelConfigIdentity): string {
  return JSON.stringify([scope, scopeId, modelName, provider]);
}
