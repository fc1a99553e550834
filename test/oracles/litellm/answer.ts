/** One deployment a request may reach. */
export type Reach = {
  /** Deployment.id */
  readonly deployment: string;
  /**
   * Part of the requests it gets by `simple-shuffle`, 0..1; 0 = only when the others are out of service (P§2.2). Other
   * strategies decide by load: there every one has the same share.
   */
  readonly share: number;
  /** Model id the upstream sees, wildcards filled in, provider prefix gone. */
  readonly upstream: string;
};

export type Fallback = { readonly name: string; readonly reaches: readonly Reach[] };

export type Refusal =
  | 'unknown key'
  | 'key blocked'
  | 'key expired'
  | 'route'
  | 'key models'
  | 'team missing'
  | 'team blocked'
  | 'team models'
  | 'member models'
  | 'user models'
  | 'user without default models'
  | 'project blocked'
  | 'project models'
  | 'budget'
  | 'rate limit'
  | 'model paused'
  | 'unknown model';

export type LitellmAnswer =
  | { readonly allowed: false; readonly why: Refusal }
  | {
      readonly allowed: true;
      /** Empty when only a fallback answers: no deployment has the name, or a per-model limit of the key is used up. */
      readonly reaches: readonly Reach[];
      /** Names tried after a failure, in the order tried, each with what it reaches; none the caller is not let through to. */
      readonly fallbacks: readonly Fallback[];
    };

export type Scope = 'key' | 'team' | 'member' | 'organization' | 'user' | 'project' | 'proxy';

/** One limit that binds a key. All of them apply together (L§4.14, L§4.15). */
export type Bound = {
  readonly scope: Scope;
  /** Whose counter: key, team, organization, user or project id; `team id user id` for members; `proxy`. */
  readonly id: string;
  /** `budget` in USD, the others in pieces. */
  readonly measure: 'budget' | 'requests' | 'tokens' | 'parallel';
  readonly limit: number;
  /** Reset of a budget as LiteLLM stores it, null = never; `60s` for requests and tokens; null for parallel requests. */
  readonly window: string | null;
  /** Counts requests for this model only; null = all. */
  readonly model: string | null;
  /** How the counter compares to the limit when the request is refused. */
  readonly refuses: '>=' | '>';
};

/** What has been used before the request: the same unit as the bound's limit. */
export type Usage = (bound: Bound) => number;

/** Nothing was used yet. */
export const UNUSED: Usage = () => 0;
