/** Which gateway the sandbox pretends to be. `enterprise` is 1.5.16 plus what only the published API docs say (B§6.2). */
export const PERSONALITIES = ['1.5.2', '1.5.16', 'enterprise'] as const;
export type PersonalityName = (typeof PERSONALITIES)[number];

/** Every difference between the gateways the sandbox knows, one member each. */
export type Personality = {
  readonly name: PersonalityName;
  /** What /api/version answers; for people only (B§1.3). */
  readonly version: string;
  /** `extra_fields` of an error: `{"routing_info":{}}` or `{}` (B§2). */
  readonly routingInfo: boolean;
  /** Taken names answer 409 instead of 500 (≥ 1.5.16, B§5.10). */
  readonly conflicts: boolean;
  /** Two customers cannot share a name (≥ 1.5.12). */
  readonly uniqueCustomers: boolean;
  /** Limits live in scoped model configs, owners carry `budgets[]` and `calendar_aligned` (≥ 1.5.9, B§5.6). */
  readonly scopedLimits: boolean;
  /** Base URLs are checked when written; `allow_private_network` exists (≥ 1.5.9, B§3.6). */
  readonly checksBaseUrls: boolean;
  /** VK rotation and /api/config/metadata exist. */
  readonly rotates: boolean;
  readonly users: 'none' | 'fork' | 'enterprise';
  /** Alias values may be objects (≥ 1.5.12, B§4.6). */
  readonly objectAliases: boolean;
  /** Secrets are `{value,ref,type}`, else `{value,env_var,from_env}` (B§4.4). */
  readonly secretRefs: boolean;
  /** azure_key_config takes api_version (≤ 1.5.2). */
  readonly azureApiVersion: boolean;
  /** A VK PUT that names no owner clears the owner (≤ 1.5.5, B§5.5). */
  readonly clearsOmittedOwner: boolean;
  /** A provider PUT with keys is refused, else the keys are ignored (B§3.4). */
  readonly refusesKeysOnPut: boolean;
  /** VK provider configs know blacklisted_models (≥ 1.5.4). */
  readonly virtualKeyBlacklists: boolean;
  /** A provider without keys shows provider_status "error" until its first key (B§3.1). */
  readonly providersNeedKeys: boolean;
  readonly defaultTimeouts: { readonly request: number; readonly idle: number };
  /** Bare names: intersect the catalog with the VK, and let unlisted `["*"]` keys match anything (B§7.1.4). */
  readonly resolver: 'virtual-key' | 'alphabetical';
};

const CURRENT: Personality = {
  name: '1.5.16',
  version: 'v1.5.16',
  routingInfo: true,
  conflicts: true,
  uniqueCustomers: true,
  scopedLimits: true,
  checksBaseUrls: true,
  rotates: true,
  users: 'fork',
  objectAliases: true,
  secretRefs: true,
  azureApiVersion: false,
  clearsOmittedOwner: false,
  refusesKeysOnPut: true,
  virtualKeyBlacklists: true,
  providersNeedKeys: true,
  defaultTimeouts: { request: 300, idle: 120 },
  resolver: 'virtual-key',
};

const OLD: Personality = {
  name: '1.5.2',
  version: 'v1.5.2',
  routingInfo: false,
  conflicts: false,
  uniqueCustomers: false,
  scopedLimits: false,
  checksBaseUrls: false,
  rotates: false,
  users: 'none',
  objectAliases: false,
  secretRefs: false,
  azureApiVersion: true,
  clearsOmittedOwner: true,
  refusesKeysOnPut: false,
  virtualKeyBlacklists: false,
  providersNeedKeys: false,
  defaultTimeouts: { request: 30, idle: 60 },
  resolver: 'alphabetical',
};

const TABLE: { readonly [K in PersonalityName]: Personality } = {
  '1.5.2': OLD,
  '1.5.16': CURRENT,
  enterprise: { ...CURRENT, name: 'enterprise', users: 'enterprise' },
};

export function personalityOf(name: PersonalityName): Personality {
  return TABLE[name];
}
