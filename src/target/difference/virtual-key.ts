import type { Body, ProviderConfigObject, VirtualKeyObject } from '../objects.js';
import { asks, bodiesOf, compareSet, compareValue, differ, stringsOf, textOf, type Comparison } from './comparison.js';
import { compareBudgets, compareRateLimit } from './limits.js';

/** Not compared: `expires_at` and MCP grants (no version that was run shows them), calendar alignment. */
export function compareVirtualKey(comparison: Comparison, body: Body, found: VirtualKeyObject): void {
  if ('name' in body) compareValue(comparison, 'name', body['name'], found.name);
  if ('description' in body) compareValue(comparison, 'description', textOf(body['description']), found.description);
  if (asks(comparison, body, 'is_active'))
    compareValue(comparison, 'is_active', body['is_active'] ?? true, found.isActive);
  if (asks(comparison, body, 'team_id')) compareValue(comparison, 'team_id', body['team_id'], found.teamId);
  if (asks(comparison, body, 'customer_id'))
    compareValue(comparison, 'customer_id', body['customer_id'], found.customerId);
  compareBudgets(comparison, '', body, found.budgets);
  compareRateLimit(comparison, '', body, found.rateLimit);
  if (asks(comparison, body, 'provider_configs'))
    compareConfigs(comparison, bodiesOf(body['provider_configs']), found.providerConfigs);
}

/** Entries are told apart by provider; of several with one provider the first counts (B§5.5), so their order matters. */
function compareConfigs(comparison: Comparison, wanted: readonly Body[], found: readonly ProviderConfigObject[]): void {
  const asked = byProvider(wanted, (config) => textOf(config['provider']));
  const shown = byProvider(found, (config) => config.provider);
  for (const key of new Set([...asked.keys(), ...shown.keys()])) {
    const [want, have] = [asked.get(key), shown.get(key)];
    const field = `provider_configs[${key}]`;
    if (want === undefined) differ(comparison, field, 'none', 'an entry');
    else if (have === undefined) differ(comparison, field, 'an entry', 'none');
    else compareConfig(comparison, field, want, have);
  }
}

function byProvider<T>(configs: readonly T[], provider: (config: T) => string): Map<string, T> {
  const result = new Map<string, T>();
  for (const config of configs) {
    const name = provider(config);
    let key = name;
    for (let nth = 2; result.has(key); nth += 1) key = `${name}#${nth}`;
    result.set(key, config);
  }
  return result;
}

/** Inside an entry nothing is ever kept by leaving it out (B§5.5): what is left out means its default in a PUT too. */
function compareConfig(comparison: Comparison, field: string, wanted: Body, found: ProviderConfigObject): void {
  const whole: Comparison = { options: { ...comparison.options, partial: false }, found: comparison.found };
  compareValue(whole, `${field}.weight`, wanted['weight'], found.weight);
  compareSet(whole, `${field}.allowed_models`, stringsOf(wanted['allowed_models']), found.allowedModels);
  compareSet(
    whole,
    `${field}.blacklisted_models`,
    stringsOf(wanted['blacklisted_models']),
    found.blacklistedModels ?? [],
  );
  compareSet(whole, `${field}.key_ids`, stringsOf(wanted['key_ids']), found.keyIds === '*' ? ['*'] : found.keyIds);
  compareBudgets(whole, `${field}.`, wanted, found.budgets ?? []);
  compareRateLimit(whole, `${field}.`, wanted, found.rateLimit ?? null);
}
