import type { VirtualKey } from '../../src/sources/records.js';
import type { Body, BodyValue } from '../../src/target/objects.js';
import type { Bound } from '../oracles/litellm/oracle.js';
import { members, textOrNull, type Written } from './gateway.js';
import type { Trial } from './trial.js';

/** Limits of LiteLLM that bind a key and nothing on Bifrost does, or not as tightly, without a finding: one line each. */
export function looserThan(trial: Trial): readonly string[] {
  return trial.sample.keys.flatMap((key, at) => {
    const id = trial.virtualKeyOf(key);
    const virtualKey = trial.migration.gateway.all('virtual_key').find((one) => one.id === id);
    if (virtualKey === undefined || virtualKey.body['is_active'] === false) return [];
    return trial.litellm
      .limitsOf(key.id)
      .filter(({ model }) => model === null || callersOf(trial, key, virtualKey.id, model).length > 0)
      .filter((bound) => !isHeld(trial, bound, key, virtualKey) && !isTold(trial, key, bound))
      .map((bound) => `key ${at}: nothing holds ${shown(bound)}`);
  });
}

/** Names of the key's that lead to the model, there and here. */
function callersOf(trial: Trial, key: VirtualKey, id: string, model: string): readonly string[] {
  const leads = (name: string): boolean => trial.litellm.routedName(key.id, name) === model;
  const isLetIn = (name: string): boolean => trial.asked(key, name).allowed && trial.bifrost.ask(id, name).allowed;
  return [...new Set([...trial.litellm.names(), model])].filter((name) => leads(name) && isLetIn(name));
}

/** Some object that binds the virtual key has a limit at most as large, with the same window; for a model, by each of its names. */
function isHeld(trial: Trial, bound: Bound, key: VirtualKey, { id, body }: Written): boolean {
  const { gateway } = trial.migration;
  if (bound.model !== null) {
    const configs = gateway.all('model_config').filter((one) => one.body['scope_id'] === id);
    const binding = new Set(configs.filter((one) => binds(one.body, bound)).map((one) => one.body['model_name']));
    return callersOf(trial, key, id, bound.model).every((name) =>
      countedAs(trial, id, name).some((one) => binding.has(one)),
    );
  }
  const team = gateway.all('team').find((one) => one.id === body['team_id']);
  const customerId = textOrNull(body['customer_id']) ?? textOrNull(team?.body['customer_id']);
  const customer = gateway.all('customer').find((one) => one.id === customerId);
  return [body, team?.body, customer?.body].some((owner) => owner !== undefined && binds(owner, bound));
}

/** Behind a pattern a name is counted by what follows the provider, on a server without keys by its own id there. */
function countedAs(trial: Trial, id: string, name: string): readonly string[] {
  const answer = trial.bifrost.ask(id, name);
  const upstreams = answer.allowed ? answer.reaches.map(({ upstream }) => upstream) : [];
  return [name, trial.migration.catalog.listed(name), name.slice(name.indexOf('/') + 1), ...upstreams];
}

/** What blocks only after the first cost is a budget that the first cost fills (P§2.12). */
const TINY = 1e-9;

function binds(owner: Body, { measure, limit, window }: Bound): boolean {
  if (measure === 'budget') {
    const budgets = [...members(owner['budgets']), ...(owner['budget'] === undefined ? [] : [owner['budget'] as Body])];
    return budgets.some(
      // What never resets binds no less than what does.
      (one) =>
        atMost(one['max_limit'], Math.max(limit, TINY)) &&
        [durationOf(window), NEVER].includes(textOrNull(one['reset_duration']) ?? ''),
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

const NEVER = '10Y';
const DURATIONS: { readonly [window: string]: string } = { '30d': '30d', '1mo': '1M', '24h': '24h', daily: '1d' };

/** Bifrost's word for a window of LiteLLM; what never resets is reset after `--max-budget-period`. */
function durationOf(window: string | null): string | undefined {
  return window === null ? NEVER : DURATIONS[window];
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
  if (bound.scope !== 'organization') return false;
  const ofTeam = trial.sample.keys.find((one) => one.id === id)?.teamId ?? null;
  // A team without its customer is reported as incomplete.
  if (trial.ending(`team ${ofTeam}`)?.state.missing.some(({ what }) => what === 'owner') === true) return true;
  return codes.has('organization_not_linked') || codes.has('unlinked');
}

function shown({ scope, id, measure, limit, window, model }: Bound): string {
  return `${measure} ${limit} per ${window ?? 'ever'} of ${scope} ${id.slice(0, 8)}${model === null ? '' : ` for ${model}`}`;
}
