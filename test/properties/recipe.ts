/** A LiteLLM world and a Bifrost in few words: what fast-check makes, and what is printed when a property fails. */
export type Recipe = {
  readonly litellm: '1.81.13' | '1.106.2' | '1.109.1';
  readonly bifrost: '1.5.2' | '1.5.16';
  /** `--no-routing` */
  readonly routing?: false;
  /** `--organization-gates ignore` */
  readonly gates?: 'ignore';
  /** Which of the odd spellings are asked for. */
  readonly curiosity?: number;
  readonly deployments: readonly DeploymentRecipe[];
  /** `model_group_alias` */
  readonly aliases?: Names;
  /** `litellm_settings.model_alias_map` */
  readonly aliasMap?: Names;
  readonly fallbacks?: { readonly [name: string]: readonly string[] };
  readonly defaultFallbacks?: readonly string[];
  /** Unified access groups. */
  readonly accessGroups?: { readonly [id in 'ga' | 'gb']?: readonly string[] };
  readonly budgets?: { readonly [id in 'b']?: LimitRecipe };
  readonly organizations?: { readonly [id in 'oa' | 'ob']?: OrganizationRecipe };
  readonly teams?: { readonly [id in 'ta' | 'tb']?: TeamRecipe };
  readonly users?: { readonly [id in 'ua' | 'ub']?: UserRecipe };
  readonly projects?: { readonly [id in 'p']?: ProjectRecipe };
  readonly members?: { readonly [id in 'ta/ua' | 'tb/ua']?: MemberRecipe };
  readonly keys: readonly KeyRecipe[];
};

export type Names = { readonly [alias: string]: string };

export type DeploymentRecipe = {
  /** What callers type. */
  readonly name: string;
  /** Credential and address: a name in places.ts. */
  readonly at: string;
  readonly upstream: string;
  readonly weight?: number;
  readonly rpm?: number;
  readonly order?: number;
  /** Model access groups. */
  readonly groups?: readonly string[];
  readonly blocked?: true;
  readonly team?: string;
  /** 1.81: the team's alias map leads to it. */
  readonly aliased?: boolean;
  /** `model_info.id` of an entry of the config file. */
  readonly id?: string;
};

export type LimitRecipe = {
  readonly budget?: number;
  readonly duration?: string;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly parallel?: number;
};

export type OrganizationRecipe = { readonly models?: readonly string[]; readonly limits?: LimitRecipe };

export type TeamRecipe = {
  readonly organization?: string;
  readonly models?: readonly string[];
  readonly aliases?: Names;
  readonly accessGroups?: readonly string[];
  readonly blocked?: true;
  readonly limits?: LimitRecipe;
  readonly modelRpm?: { readonly [model: string]: number };
};

export type UserRecipe = { readonly models?: readonly string[]; readonly role?: string; readonly limits?: LimitRecipe };

export type ProjectRecipe = {
  readonly models?: readonly string[];
  readonly blocked?: true;
  readonly limits?: LimitRecipe;
};

export type MemberRecipe = { readonly models?: readonly string[]; readonly limits?: LimitRecipe };

export type KeyRecipe = {
  readonly alias?: string;
  readonly team?: string;
  readonly organization?: string;
  readonly user?: string;
  readonly project?: string;
  readonly models?: readonly string[];
  readonly aliases?: Names;
  readonly accessGroups?: readonly string[];
  readonly config?: true;
  readonly routes?: readonly string[];
  readonly blocked?: true;
  readonly expires?: string;
  readonly budgetId?: string;
  readonly limits?: LimitRecipe;
  readonly modelRpm?: { readonly [model: string]: number };
  readonly modelBudget?: { readonly [model: string]: LimitRecipe };
};
