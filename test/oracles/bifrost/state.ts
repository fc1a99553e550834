/** What a Bifrost holds, as far as it decides who may call what: the bodies a writer sends, nothing the gateway derives. */
export type BifrostState = {
  readonly version: BifrostVersion;
  readonly providers: readonly ProviderState[];
  readonly keys: readonly KeyState[];
  /** Order of `providerConfigs` counts: the first entry of a provider names its keys. */
  readonly virtualKeys: readonly VirtualKeyState[];
  readonly teams?: readonly TeamState[];
  readonly rules?: readonly RuleState[];
};

export type BifrostVersion = '1.5.2' | '1.5.16';

export type ProviderState = {
  readonly name: string;
  /** `custom_provider_config.base_provider_type`; null = a standard provider. */
  readonly baseType: string | null;
  readonly keyless: boolean;
  /** false only when `allowed_requests` says so (B§3.5). */
  readonly listModels: boolean;
  /** `allowed_requests`; absent = everything is allowed. */
  readonly allowedRequests?: { readonly [requestType: string]: boolean };
};

export type KeyState = {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly models: readonly string[];
  readonly blacklisted?: readonly string[];
  readonly aliases: { readonly [alias: string]: string | { readonly model_id: string } };
  readonly weight: number;
  readonly enabled?: boolean;
  /** `vllm_key_config.model_name` (B§4.5). */
  readonly vllmModelName?: string;
};

export type ProviderConfigState = {
  readonly provider: string;
  /** null = takes no part in load balancing. */
  readonly weight: number | null;
  readonly allowedModels: readonly string[];
  readonly blacklisted?: readonly string[];
  /** `["*"]` = all keys of the provider. */
  readonly keyIds: readonly string[];
};

export type VirtualKeyState = {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly teamId?: string | null;
  readonly customerId?: string | null;
  readonly providerConfigs: readonly ProviderConfigState[];
};

export type TeamState = { readonly id: string; readonly name?: string; readonly customerId?: string | null };

/** A routing rule under the names of its body (B§5.7). */
export type RuleState = {
  readonly name: string;
  readonly cel_expression: string;
  readonly targets: readonly RuleTarget[];
  readonly fallbacks?: readonly string[] | null;
  readonly scope?: string;
  readonly scope_id?: string | null;
  readonly priority?: number;
  readonly enabled?: boolean;
  readonly chain_rule?: boolean;
};

export type RuleTarget = {
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly key_id?: string | null;
  readonly weight: number;
};
