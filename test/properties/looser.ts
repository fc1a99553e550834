import type { VirtualKey } from '../../src/sources/records.js';
import type { Body, BodyValue } from '../../src/target/objects.js';
import type { Bound } from '../oracles/litellm/oracle.js';
import { members, textOrNull } from './gateway.js';
import type { Trial } from './trial.js';

/** Limits of LiteLLM that bind a key and nothing on Bifrost does, or not as tightly, without a finding: one line each. */
export function looserThan(trial: Trial): readonly string[] {
  return trial.sample.keys.flatMap((key, at) => {
    const id = trial.virtualKeyOf(key);
    const virtualKey = trial.migration.gateway.all('virtual_key').find((one) => one.id === id);
    if (virtualKey === undefined || virtualKey.body['is_active'] === false) return [];
    return trial.litellm
      .limitsOf(key.id)
      .filter((bound) => !isHeld(trial, bound, virtualKey.id, virtualKey.body) && !isTold(trial, key, bound))
      .map((bound) => `key ${at}: nothing holds ${shown(bound)}`);
  });
}

/** Some object that binds the virtual key has a limit at most as large, with the same window. */
function isHeld(trial: Trial, bound: Bound, id: string, body: Body): boolean {
  const { gateway, catalog } = trial.migration;
  if (bound.model !== null) {
    const counted = catalog.listed(bound.model);
    const configs = gateway.all('model_config').filter((one) => one.body['scope_id'] === id);
    return configs.some((one) => one.body['model_name'] === counted && binds(one.body, bound));
  }
  const team = gateway.all('team').find((one) => one.id === body['team_id']);
  const customerId = textOrNull(body['customer_id']) ?? textOrNull(team?.body['customer_id']);
  const customer = gateway.all('customer').find((one) => one.id === customerId);
  return [body, team?.body, customer?.body].some((owner) => owner !== undefined && binds(owner, bound));
}

/** What blocks only after the first cost is a budget that the first cost fills (P§2.12). */
const TINY = 1e-9;

function binds(owner: Body, { measure, limit, window }: Bound): boolean {
  if (measure === 'budget') {
    const budgets = [...members(owner['budgets']), ...(owner['budget'] === undefined ? [] : [owner['budget'] as Body])];
    return budgets.some(
      (one) => atMost(one['max_limit'], Math.max(limit, TINY)) && one['reset_duration'] === durationOf(window),
    );
  }
  const rates = owner['rate_limit'] as Body | undefined;
  if (rates === undefined || measure === 'parallel') return false;
  const kind = measure === 'requests' ? 'request' : 'token';
  // Half a request a minute is one: the first passes, the second does not.
  return atMost(rates[`${kind}_max_limit`], Math.max(limit, 1)) && rates[`${kind}_reset_duration`] === '1m';
}

function atMost(value: BodyValue | undefined, limit: number): boolean {
  return typeof value === 'number' && value > 0 && value <= limit;
}

const DURATIONS: { readonly [window: string]: string } = { '30d': '30d', '1mo': '1M', '24h': '24h', daily: '1d' };

/** Bifrost's word for a window of LiteLLM; what never resets is reset after `--max-budget-period`. */
function durationOf(window: string | null): string | undefined {
  return window === null ? '10Y' : DURATIONS[window];
}

const OF_MODELS = ['model_limit_not_carried', 'model_limit_per_name', 'limit_unreadable', 'zero_limit_blocks'];

/** A finding says that this limit is not held. */
function isTold(trial: Trial, { id }: VirtualKey, bound: Bound): boolean {
  const codes = new Set(trial.findings(`virtual_key ${id}`).map(({ code }) => code));
  if (bound.measure === 'parallel') return codes.has('parallel_limit_not_carried');
  if (bound.model !== null) {
    const ofTeam = trial.findings(`team ${bound.id}`).map(({ code }) => code);
    return OF_MODELS.some((code) => codes.has(code)) || ofTeam.includes('model_rpm_limit_not_carried');
  }
  if (bound.scope === 'team') return codes.has('unlinked');
  return bound.scope === 'organization' && ['organization_not_linked', 'unlinked'].some((code) => codes.has(code));
}

function shown({ scope, id, measure, limit, window, model }: Bound): string {
  return `${measure} ${limit} per ${window ?? 'ever'} of ${scope} ${id.slice(0, 8)}${model === null ? '' : ` for ${model}`}`;
}
