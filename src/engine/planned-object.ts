import { isObject } from '../json.js';
import type {
  Body,
  BudgetObject,
  ObjectKind,
  ProviderConfigObject,
  RateLimitObject,
  TargetObject,
} from '../target/objects.js';
import type { FindHint } from '../target/target.js';

/** How the id of an object begins that exists only in the plan of a dry run. */
export const PLANNED_ID = 'planned:';

/**
 * What a gateway would hold after a write, for a dry run: the object a body describes, with an id that says it is not
 * there yet (`planned:<kind>:<name>`). Reads bodies as contracts B§3–§6 describe them.
 */
export function plannedObject(kind: ObjectKind, body: Body, path: string, hint: FindHint): TargetObject {
  const name = nameOf(kind, body, path, hint);
  const base = { id: kind === 'provider' ? name : `${PLANNED_ID}${kind}:${name}`, name };
  const limits = { budgets: budgetsOf(body), rateLimit: rateLimitOf(body) };
  switch (kind) {
    case 'provider':
      return { ...base, kind, ...providerParts(body) };
    case 'provider_key':
      return { ...base, kind, provider: hint.provider ?? segment(path, 'providers'), ...keyParts(body) };
    case 'model_config':
      return { ...base, kind, model: text(body['model_name']), provider: nullable(body['provider']), ...limits };
    case 'customer':
      return { ...base, kind, ...limits };
    case 'team':
      return { ...base, kind, customerId: nullable(body['customer_id']), ...limits };
    case 'user':
      return { ...base, kind, email: name, displayName: text(body['name']) };
    case 'member':
      return { ...base, kind, teamId: teamOf(path, hint), userId: text(body['user_id']) };
    case 'virtual_key':
      return { ...base, kind, ...virtualKeyParts(body), ...limits };
    case 'routing_rule':
    case 'pricing_override':
      // Only its name is looked at again in a dry run, and a body may hold references to secrets.
      return { ...base, kind, body: {} };
  }
}

/** The natural names of target/objects.ts. */
function nameOf(kind: ObjectKind, body: Body, path: string, hint: FindHint): string {
  const name = text(body['name']);
  switch (kind) {
    case 'provider':
      return text(body['provider']);
    case 'model_config': {
      const plain = `${nullable(body['provider']) ?? '*'}/${text(body['model_name'])}`;
      const owner = nullable(body['scope_id']);
      return owner === null ? plain : `${text(body['scope'])}/${owner}/${plain}`;
    }
    case 'user':
      return text(body['email']).trim().toLowerCase();
    case 'member':
      return `${teamOf(path, hint)}/${text(body['user_id'])}`;
    case 'routing_rule':
      return `${nullable(body['scope']) ?? 'global'}/${text(body['scope_id'])}/${name}`;
    default:
      return name;
  }
}

function providerParts(body: Body) {
  const custom = member(body, 'custom_provider_config');
  const network = member(body, 'network_config');
  const requests = member(custom, 'allowed_requests');
  return {
    baseType: nullable(custom['base_provider_type']),
    baseUrl: nullable(network['base_url']),
    keyless: custom['is_key_less'] === true,
    listModels: requests['list_models'] !== false,
    requestPathOverrides: strings(member(custom, 'request_path_overrides')),
    allowPrivateNetwork: network['allow_private_network'] === true,
  };
}

function keyParts(body: Body) {
  const value = text(body['value']);
  return {
    reference: value.startsWith('env.') ? value : null,
    redactedValue: '',
    models: list(body['models']),
    aliases: strings(member(body, 'aliases')),
    weight: typeof body['weight'] === 'number' ? body['weight'] : 0,
    enabled: body['enabled'] !== false,
    config: {},
  };
}

function virtualKeyParts(body: Body) {
  return {
    description: text(body['description']),
    isActive: body['is_active'] !== false,
    teamId: nullable(body['team_id']),
    customerId: nullable(body['customer_id']),
    providerConfigs: objects(body['provider_configs']).map(providerConfigOf),
  };
}

function providerConfigOf(entry: Record<string, unknown>): ProviderConfigObject {
  const keys = list(entry['key_ids']);
  return {
    id: null,
    provider: text(entry['provider']),
    weight: typeof entry['weight'] === 'number' ? entry['weight'] : null,
    allowedModels: list(entry['allowed_models']),
    keyIds: keys.includes('*') ? '*' : keys,
  };
}

function budgetsOf(body: Body): readonly BudgetObject[] {
  const given = body['budgets'] === undefined ? [body['budget']] : objects(body['budgets']);
  return given.filter(isObject).map((budget) => ({
    maxLimit: Number(budget['max_limit']),
    resetDuration: text(budget['reset_duration']),
  }));
}

function rateLimitOf(body: Body): RateLimitObject | null {
  if (!isObject(body['rate_limit'])) return null;
  const limit = member(body, 'rate_limit');
  return {
    tokenMaxLimit: numberOrNull(limit['token_max_limit']),
    tokenResetDuration: nullable(limit['token_reset_duration']),
    requestMaxLimit: numberOrNull(limit['request_max_limit']),
    requestResetDuration: nullable(limit['request_reset_duration']),
  };
}

const teamOf = (path: string, hint: FindHint): string => hint.teamId ?? segment(path, 'teams');

/** The path segment after `parent`. */
function segment(path: string, parent: string): string {
  const parts = path.split('/');
  return decodeURIComponent(parts[parts.indexOf(parent) + 1] ?? '');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const nullable = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const objects = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

function member(object: { readonly [name: string]: unknown }, name: string): Record<string, unknown> {
  const value = object[name];
  return isObject(value) ? value : {};
}

function strings(object: { readonly [name: string]: unknown }): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
