import { member, textMember } from './answer.js';

type Body = { readonly [member: string]: unknown };

/** Objects for an empty gateway, in the words of its bodies as far as they decide who may call what. */
export type World = {
  readonly providers: readonly WorldProvider[];
  /** Provider, name and body. Values are made up from the name. */
  readonly keys: readonly (readonly [provider: string, name: string, body: Body])[];
  readonly customers: readonly string[];
  readonly teams: readonly (readonly [name: string, customer: string | null])[];
  readonly virtualKeys: readonly (readonly [name: string, entries: readonly WorldEntry[], owner?: WorldOwner])[];
  /** `of` = the name of what a scoped rule is for. `key_id` of a target is a key's name behind `#`. */
  readonly rules: readonly WorldRule[];
  /** Names to ask besides those that keys list. */
  readonly names: readonly string[];
};

export type WorldProvider = readonly [
  name: string,
  shape: 'custom' | 'standard',
  more?: {
    readonly keyless?: boolean;
    /** Discovery is switched off, or fails. */
    readonly list?: 'off' | 'dead';
    /** The one request type that is allowed, where discovery is off. */
    readonly only?: string;
  },
];
export type WorldEntry = readonly [
  provider: string,
  weight: number | null,
  models: readonly string[],
  keys: readonly string[],
];
export type WorldOwner = { readonly team?: string; readonly customer?: string; readonly active?: boolean };
export type WorldRule = readonly [
  name: string,
  cel: string,
  targets: readonly Body[],
  more?: Body & { readonly scope?: string; readonly of?: string },
];

/** Fills an empty gateway. Throws at the first write that is refused. */
export async function fillGateway(url: string, upstream: string, world: World): Promise<void> {
  const post = poster(url);
  for (const provider of world.providers) await post('/api/providers', providerBody(provider, upstream));
  const keys = new Map<string, string>();
  for (const [at, key] of world.keys.entries()) {
    const answer = await post(`/api/providers/${key[0]}/keys`, keyBody(key, at, upstream));
    keys.set(key[1], textMember(answer, 'id') ?? '');
  }
  const ids = await fillPeople(post, world);
  for (const virtualKey of world.virtualKeys) {
    const answer = await post('/api/governance/virtual-keys', virtualKeyBody(virtualKey, keys, ids));
    ids.set(`virtual_key ${virtualKey[0]}`, idIn(answer, 'virtual_key'));
  }
  for (const [at, rule] of world.rules.entries())
    await post('/api/governance/routing-rules', ruleBody(rule, at, keys, ids));
}

type Post = (path: string, body: Body) => Promise<unknown>;
type Ids = Map<string, string>;

async function fillPeople(post: Post, { customers, teams }: World): Promise<Ids> {
  const ids: Ids = new Map();
  for (const name of customers)
    ids.set(`customer ${name}`, idIn(await post('/api/governance/customers', { name }), 'customer'));
  for (const [name, customer] of teams) {
    const owner = customer === null ? {} : { customer_id: ids.get(`customer ${customer}`) };
    ids.set(`team ${name}`, idIn(await post('/api/governance/teams', { name, ...owner }), 'team'));
  }
  return ids;
}

function providerBody([provider, shape, more = {}]: WorldProvider, upstream: string): Body {
  const network_config = { base_url: upstream, allow_private_network: true };
  if (shape === 'standard')
    return {
      provider,
      network_config: ['vllm', 'azure'].includes(provider) ? { allow_private_network: true } : network_config,
    };
  const only = more.only ?? 'chat_completion';
  return {
    provider,
    network_config,
    custom_provider_config: {
      base_provider_type: 'openai',
      is_key_less: more.keyless === true,
      ...(more.list === 'off' ? { allowed_requests: { [only]: true, [`${only}_stream`]: true } } : {}),
      // A port where nobody listens: discovery fails at once.
      ...(more.list === 'dead' ? { request_path_overrides: { list_models: 'http://127.0.0.1:9/v1/models' } } : {}),
    },
  };
}

function keyBody([provider, name, { model_name, ...body }]: World['keys'][number], at: number, upstream: string): Body {
  return {
    name,
    // The last four are all that the gateway shows.
    value: `sk-oracle-check-${name}-${String(at).padStart(4, '0')}`,
    weight: 1,
    ...body,
    ...(provider === 'vllm'
      ? { vllm_key_config: { url: upstream, ...(model_name === undefined ? {} : { model_name }) } }
      : {}),
    ...(provider === 'azure' ? { azure_key_config: { endpoint: upstream } } : {}),
  };
}

function virtualKeyBody([name, entries, owner = {}]: World['virtualKeys'][number], keys: Ids, ids: Ids): Body {
  return {
    name,
    is_active: owner.active ?? true,
    ...(owner.team === undefined ? {} : { team_id: ids.get(`team ${owner.team}`) }),
    ...(owner.customer === undefined ? {} : { customer_id: ids.get(`customer ${owner.customer}`) }),
    provider_configs: entries.map(([provider, weight, allowed_models, names]) => ({
      provider,
      ...(weight === null ? {} : { weight }),
      allowed_models,
      key_ids: names.map((key) => keys.get(key) ?? key),
    })),
  };
}

function ruleBody([name, cel_expression, targets, more = {}]: WorldRule, at: number, keys: Ids, ids: Ids): Body {
  const { of, ...rest } = more;
  const scope = more.scope ?? 'global';
  return {
    name,
    enabled: true,
    chain_rule: false,
    cel_expression,
    targets: targets.map((target) => pinned(target, keys)),
    priority: at + 1,
    ...rest,
    scope,
    ...(scope === 'global' ? {} : { scope_id: ids.get(`${scope} ${of ?? ''}`) }),
  };
}

function pinned(target: Body, keys: Ids): Body {
  const key = target['key_id'];
  return typeof key === 'string' ? { ...target, key_id: keys.get(key.slice(1)) } : target;
}

function poster(url: string): Post {
  return async (path, body) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} refused ${JSON.stringify(body)}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  };
}

function idIn(answer: unknown, resource: string): string {
  return textMember(member(answer, resource), 'id') ?? '';
}
