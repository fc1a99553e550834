import type { JsonObject } from '../json.js';
import type { SecretRef } from '../secret.js';

/** What Bifrost holds, in one shape whatever version it came from (contracts B§3–§6). Never a secret. */

export const OBJECT_KINDS = [
  'provider',
  'provider_key',
  'model_config',
  'customer',
  'team',
  'user',
  'member',
  'virtual_key',
  'routing_rule',
  'pricing_override',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export type BudgetObject = { readonly maxLimit: number; readonly resetDuration: string };
export type RateLimitObject = {
  readonly tokenMaxLimit: number | null;
  readonly tokenResetDuration: string | null;
  readonly requestMaxLimit: number | null;
  readonly requestResetDuration: string | null;
};

/** `name` of every object is its natural name: unique within its kind, and what a write is looked up by. */
type ObjectBase = { readonly id: string; readonly name: string };

export type ProviderObject = ObjectBase & {
  readonly kind: 'provider';
  /** id = name for providers. null base type = a standard provider. */
  readonly baseType: string | null;
  readonly baseUrl: string | null;
  readonly keyless: boolean;
  /** false only when allowed_requests says so. */
  readonly listModels: boolean;
  readonly requestPathOverrides: { readonly [requestType: string]: string };
  readonly allowPrivateNetwork: boolean;
  /** Every member of `allowed_requests` as listed; absent = everything is allowed (B§3.5). */
  readonly allowedRequests?: { readonly [requestType: string]: boolean };
  /** `network_config.extra_headers`, values redacted as Bifrost redacts key values (B§4.4). */
  readonly extraHeaders?: { readonly [header: string]: string };
};

export type ProviderKeyObject = ObjectBase & {
  readonly kind: 'provider_key';
  readonly provider: string;
  /** `env.NAME` when the value is a reference, else null. */
  readonly reference: string | null;
  /** As Bifrost shows it: `sk-l************************1234`; empty when there is no value. */
  readonly redactedValue: string;
  readonly models: readonly string[];
  /** alias → model id, or the object form with `model_id` (≥ 1.5.12). */
  readonly aliases: { readonly [alias: string]: string | JsonObject };
  readonly weight: number;
  readonly enabled: boolean;
  /** The `*_key_config` members as returned (redacted). */
  readonly config: JsonObject;
  /** Models the key refuses although `models` lists them; absent = none. */
  readonly blacklistedModels?: readonly string[];
};

/**
 * Natural name: `<provider>/<model>`, provider `*` when the config has none. Only scope `global` is listed by a snapshot;
 * one that belongs to a virtual key is found under `virtual_key/<virtual key id>/<provider>/<model>`.
 */
export type ModelConfigObject = ObjectBase & {
  readonly kind: 'model_config';
  readonly model: string;
  readonly provider: string | null;
  /** Absent = global: that is also all a gateway without scopes can say (B§5.6). */
  readonly scope?: string;
  readonly scopeId?: string;
  readonly budgets: readonly BudgetObject[];
  readonly rateLimit: RateLimitObject | null;
};

export type CustomerObject = ObjectBase & {
  readonly kind: 'customer';
  readonly budgets: readonly BudgetObject[];
  readonly rateLimit: RateLimitObject | null;
};

export type TeamObject = ObjectBase & {
  readonly kind: 'team';
  readonly customerId: string | null;
  readonly budgets: readonly BudgetObject[];
  readonly rateLimit: RateLimitObject | null;
};

/** Natural name: the e-mail address, trimmed and lower-cased. */
export type UserObject = ObjectBase & { readonly kind: 'user'; readonly email: string; readonly displayName: string };

/** Natural name: `<team id>/<user id>` (Bifrost ids). */
export type MemberObject = ObjectBase & { readonly kind: 'member'; readonly teamId: string; readonly userId: string };

export type ProviderConfigObject = {
  /** Row id, needed by PUT. */
  readonly id: number | null;
  readonly provider: string;
  readonly weight: number | null;
  readonly allowedModels: readonly string[];
  /** `*` = all keys of the provider (allow_all_keys). */
  readonly keyIds: readonly string[] | '*';
  /** Absent = none. */
  readonly blacklistedModels?: readonly string[];
  /** Absent = none. */
  readonly budgets?: readonly BudgetObject[];
  /** Absent = none. */
  readonly rateLimit?: RateLimitObject;
};

export type VirtualKeyObject = ObjectBase & {
  readonly kind: 'virtual_key';
  readonly description: string;
  readonly isActive: boolean;
  readonly teamId: string | null;
  readonly customerId: string | null;
  readonly providerConfigs: readonly ProviderConfigObject[];
  readonly budgets: readonly BudgetObject[];
  readonly rateLimit: RateLimitObject | null;
};

/** Natural name: `<scope>/<scope id or empty>/<rule name>`. */
export type RoutingRuleObject = ObjectBase & { readonly kind: 'routing_rule'; readonly body: JsonObject };
/** Natural name: the override's name. */
export type PricingOverrideObject = ObjectBase & { readonly kind: 'pricing_override'; readonly body: JsonObject };

export type TargetObject =
  | ProviderObject
  | ProviderKeyObject
  | ModelConfigObject
  | CustomerObject
  | TeamObject
  | UserObject
  | MemberObject
  | VirtualKeyObject
  | RoutingRuleObject
  | PricingOverrideObject;

export type ObjectOf<K extends ObjectKind> = Extract<TargetObject, { kind: K }>;

/** A request body as planned: SecretRefs stand where secrets go. */
export type Body = { readonly [member: string]: BodyValue };
export type BodyValue = string | number | boolean | null | SecretRef | readonly BodyValue[] | Body;

/** One member in which an object on Bifrost is not what we meant to send. */
export type Difference = {
  /** e.g. `budgets`, `rate_limit.token_max_limit`, `provider_configs[openai].allowed_models`, `aliases[gpt4]` */
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
};
