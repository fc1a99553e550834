import type { Json, JsonObject } from '../../json.js';
import { isAtLeast, isNewer, type SandboxVersion } from './version.js';
import type { SandboxWorld } from './world.js';

type Field = readonly [name: string, type: string, fallback: Json];

/** Settings in the order of `/router/settings` with the values a router starts with. */
const FIELDS: readonly Field[] = [
  ['routing_strategy', 'String', 'simple-shuffle'],
  ['routing_strategy_args', 'Dictionary', {}],
  ['routing_groups', 'List', []],
  ['num_retries', 'Integer', 0],
  ['timeout', 'Float', 6000],
  ['stream_timeout', 'Float', null],
  ['max_fallbacks', 'Integer', 5],
  ['fallbacks', 'List', []],
  ['context_window_fallbacks', 'List', []],
  ['content_policy_fallbacks', 'List', null],
  ['allowed_fails', 'Integer', 3],
  ['cooldown_time', 'Float', 5],
  ['retry_after', 'Integer', 0],
  ['retry_policy', 'Dictionary', null],
  ['model_group_alias', 'Dictionary', {}],
  ['enable_pre_call_checks', 'Boolean', false],
  ['default_litellm_params', 'Dictionary', { timeout: null, max_retries: 0, metadata: { caching_groups: null } }],
  ['set_verbose', 'Boolean', false],
  ['default_max_parallel_requests', 'Integer', null],
  ['enable_tag_filtering', 'Boolean', false],
  ['tag_filtering_match_any', 'Boolean', true],
  ['disable_cooldowns', 'Boolean', null],
];

const STRATEGIES = [
  'simple-shuffle',
  'least-busy',
  'usage-based-routing',
  'latency-based-routing',
  'cost-based-routing',
  'usage-based-routing-v2',
];

/** File and database row together, the row on top (contracts L§2.5). */
export function effectiveSettings(world: SandboxWorld): JsonObject {
  return { ...world.routerSettings, ...world.configRows.router_settings };
}

export function routerSettings(world: SandboxWorld, version: SandboxVersion): JsonObject {
  const newer = isNewer(version);
  const set = effectiveSettings(world);
  const fields = FIELDS.filter(([name]) => newer || name !== 'routing_groups');
  const values: JsonObject = Object.fromEntries(fields.map(([name, , fallback]) => [name, set[name] ?? fallback]));
  const strategies = newer ? [...STRATEGIES, 'priority'] : STRATEGIES;
  return {
    fields: fields.map(([name, type, fallback]) => ({
      field_name: name,
      field_type: type,
      field_value: values[name] ?? null,
      field_description: `Router setting ${name}`,
      field_default: fallback,
      options: name === 'routing_strategy' ? STRATEGIES : null,
      ui_field_name: name,
      link: name === 'enable_tag_filtering' ? 'https://docs.example/tag_routing' : null,
    })),
    current_values: values,
    routing_strategy_descriptions: Object.fromEntries(strategies.map((name) => [name, `Strategy ${name}`])),
    ...(newer && {
      routing_group_strategies: strategies,
      source: Object.fromEntries(fields.map(([name]) => [name, sourceOf(world, name, values[name] ?? null)])),
    }),
  };
}

function sourceOf(world: SandboxWorld, name: string, value: Json): string {
  if (name in (world.configRows.router_settings ?? {})) return 'db';
  if (name in world.routerSettings) return 'config';
  return value === null ? 'unset' : 'default';
}

const CALLBACKS = [
  'langfuse',
  'otel',
  's3',
  'openmeter',
  'custom_callback_api',
  'generic_api',
  'datadog',
  'braintrust',
  'langsmith',
  'lago',
  'traceloop',
];
const NEWER_CALLBACKS = ['azure_sentinel', 'galileo', 'newrelic', 'pointfive', 'signoz', 'zerobus'];

/** Carries decrypted third-party secrets beside the router settings: a trap, as in the real thing (contracts L§1.14). */
export function callbackSettings(world: SandboxWorld, version: SandboxVersion): JsonObject {
  const newer = isNewer(version);
  return {
    status: 'success',
    callbacks: [{ name: 'langfuse', variables: world.configRows.environment_variables ?? {}, type: 'success' }],
    alerts: alerts(newer),
    ...(newer && { active_alerting_destinations: [] }),
    router_settings: liveSettings(effectiveSettings(world), version),
    available_callbacks: Object.fromEntries(
      (newer ? [...CALLBACKS, ...NEWER_CALLBACKS] : CALLBACKS).map((name) => [
        name,
        {
          litellm_callback_name: name,
          litellm_callback_params: [`${name.toUpperCase()}_API_KEY`],
          ui_callback_name: name,
        },
      ]),
    ),
  };
}

function alerts(newer: boolean): JsonObject[] {
  const variables = {
    SMTP_HOST: null,
    SMTP_PORT: newer ? '587' : null,
    ...(newer && { SMTP_TLS: 'True' }),
    SMTP_USERNAME: null,
    SMTP_PASSWORD: null,
    SMTP_SENDER_EMAIL: null,
    TEST_EMAIL_ADDRESS: null,
    EMAIL_LOGO_URL: null,
    EMAIL_SUPPORT_CONTACT: null,
  };
  const email = { name: 'email', variables };
  return newer ? [email, { name: 'ms_teams', variables: { MS_TEAMS_WEBHOOK_URL: null } }] : [email];
}

function liveSettings(set: JsonObject, version: SandboxVersion): JsonObject {
  return {
    routing_strategy_args: {},
    routing_strategy: set.routing_strategy ?? 'simple-shuffle',
    allowed_fails: set.allowed_fails ?? 3,
    cooldown_time: set.cooldown_time ?? 5,
    num_retries: set.num_retries ?? 0,
    timeout: set.timeout ?? 6000,
    retry_after: set.retry_after ?? 0,
    fallbacks: set.fallbacks ?? [],
    context_window_fallbacks: set.context_window_fallbacks ?? [],
    model_group_retry_policy: {},
    retry_policy: null,
    model_group_alias: set.model_group_alias ?? {},
    ...(isNewer(version) && {
      enable_weighted_failover: false,
      enable_tag_filtering: false,
      tag_routing_prefix: '',
      routing_groups: [],
    }),
    ...(isAtLeast(version, '1.109.1') && {
      enable_mid_stream_fallback_continuation: false,
      fallback_on_unsupported_params: true,
    }),
  };
}
