import { isObject, type JsonObject } from '../json.js';
import { finding, type Finding } from '../findings.js';
import type { RouterSettings } from './records.js';
import { NOT_SHOWN, objectWithoutSecrets } from './scrub.js';
import type { MergedSettings } from './settings.js';

/** GET /router/settings: what the router works with right now, from file and database together (L§1.14). */
export type LiveRouter = { readonly values: Record<string, unknown>; readonly source: Record<string, unknown> };

export function readLiveRouter(body: unknown): LiveRouter | null {
  if (!isObject(body) || !isObject(body.current_values)) return null;
  return { values: body.current_values, source: isObject(body.source) ? body.source : {} };
}

const READ = new Set(['model_group_alias', 'fallbacks', 'default_fallbacks']);
const OTHER_FALLBACKS = ['context_window_fallbacks', 'content_policy_fallbacks'];

/** The live view wins for aliases and fallbacks; `default_fallbacks` only the settings tell (L§1.15). */
export function readRouter(settings: MergedSettings, live: LiveRouter | null): RouterSettings {
  const aliases = live?.values.model_group_alias ?? settings.router.model_group_alias;
  const fallbacks = live?.values.fallbacks ?? settings.router.fallbacks ?? settings.litellm.fallbacks;
  const defaults = settings.router.default_fallbacks ?? settings.litellm.default_fallbacks;
  const rest: Record<string, unknown> = { ...settings.router };
  for (const [name, value] of Object.entries(live?.values ?? {})) {
    const set = OTHER_FALLBACKS.includes(name) || live?.source[name] === 'config' || live?.source[name] === 'db';
    if (set && value !== null) rest[name] ??= value;
  }
  for (const name of READ) delete rest[name];
  return {
    modelGroupAlias: readAliases(aliases),
    fallbacks: readFallbacks(fallbacks),
    defaultFallbacks: targets(defaults),
    rest: objectWithoutSecrets(rest),
  };
}

/** Both forms: `{alias: group}` and `{alias: {model: group, hidden}}` (L§3.7). */
export function readAliases(value: unknown): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {}).map(([alias, target]): [string, unknown] => [
    alias,
    isObject(target) ? target.model : target,
  ]);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** A list of objects of which only the first key counts (L§3.7); the first entry of a group wins. */
function readFallbacks(value: unknown): Record<string, string[]> {
  const fallbacks = new Map<string, string[]>();
  for (const entry of Array.isArray(value) ? (value as unknown[]) : []) {
    const [first] = Object.entries(isObject(entry) ? entry : {});
    if (first !== undefined && !fallbacks.has(first[0])) fallbacks.set(first[0], targets(first[1]));
  }
  return Object.fromEntries(fallbacks);
}

/** Names, or objects with parameters of their own whose `model` is the name. */
function targets(value: unknown): string[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  return items.flatMap((item) => {
    const name = isObject(item) ? item.model : item;
    return typeof name === 'string' ? [name] : [];
  });
}

/** Settings by which LiteLLM runs itself: nothing a gateway behind it would take over. */
const OWN_AFFAIRS = new Set(
  (
    'master_key database_url salt_key store_model_in_db proxy_batch_write_at telemetry set_verbose json_logs database_connection_pool_limit ' +
    'database_connection_timeout encryption_algorithm litellm_license proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time ' +
    'model_alias_map fallbacks default_fallbacks num_workers ui_access_mode allow_requests_on_db_unavailable disable_spend_logs'
  ).split(' '),
);

/** Settings without which callers may be let through, blocked or routed differently. */
const GRAVE = new Set(
  (
    'max_budget budget_duration completion_model custom_auth enable_jwt_auth litellm_jwtauth pass_through_endpoints key_management_system ' +
    'key_management_settings max_parallel_requests global_max_parallel_requests enforce_user_param allowed_routes admin_only_routes public_routes ' +
    'apply_user_budget_to_team_keys guardrails callbacks success_callback failure_callback max_end_user_budget max_end_user_budget_id ' +
    'default_team_settings allowed_ips context_window_fallbacks content_policy_fallbacks provider_budget_config enable_tag_filtering'
  ).split(' '),
);

/** Whole sections that no rule reads: without some of them requests are no longer checked. */
export function sectionsNotCarried(where: string, names: readonly string[]): Finding[] {
  return names.map((name) =>
    finding(
      /^(guardrails|polic|mcp|pass_through|prompts|search_tools|vector_store)/.test(name) ? 'loss' : 'notice',
      'section_not_carried',
      `${where}: ${name}`,
      `The section ${name} of ${where} is not carried over.`,
    ),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** World settings as JSON without secrets, and one finding per setting that nothing on the other side takes (law 2). */
export function describeSettings(
  merged: MergedSettings,
  router: RouterSettings,
): { readonly settings: JsonObject; readonly findings: readonly Finding[] } {
  const settings = {
    litellm_settings: objectWithoutSecrets(merged.litellm),
    general_settings: objectWithoutSecrets(merged.general),
    environment_variables: Object.fromEntries(Object.keys(merged.environment).map((name) => [name, NOT_SHOWN])),
  };
  const findings = Object.entries({ ...settings, router_settings: router.rest }).flatMap(([section, members]) =>
    Object.entries(members)
      // false is said, too: some are true unless somebody turns them off (`tag_filtering_match_any`).
      .filter(([name, value]) => !OWN_AFFAIRS.has(name) && value !== null && !isEmpty(value))
      .map(([name]) =>
        finding(
          GRAVE.has(name) ? 'loss' : 'notice',
          'setting_not_carried',
          `${section}.${name}`,
          `The setting ${section}.${name} is not carried over.`,
        ),
      ),
  );
  return { settings, findings };
}
