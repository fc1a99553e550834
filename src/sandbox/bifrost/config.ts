import { isObject } from '../../json.js';
import { decodePlain } from './decode.js';
import type { Call, Gateway } from './gateway.js';
import type { Personality } from './personality.js';
import { json, Refusal, type Reply } from './reply.js';

/** `/api/config`: client settings, admin credentials, and the free metadata of newer versions (B§1.3). */
export type GatewayConfig = {
  client: { readonly [member: string]: unknown };
  /** From the first PUT on, what is shown comes from the store. */
  stored: boolean;
  auth: AdminAuth;
  framework: { readonly [member: string]: unknown };
  metadata: { readonly [member: string]: unknown };
  /** Session tokens handed out by login. */
  readonly sessions: Set<string>;
};
export type AdminAuth = { readonly username: string; readonly password: string; readonly enabled: boolean };

export function newConfig(
  personality: Personality,
  auth: { readonly username: string; readonly password: string } | undefined,
): GatewayConfig {
  return {
    client: clientDefaults(personality),
    stored: false,
    auth: { username: auth?.username ?? '', password: auth?.password ?? '', enabled: auth !== undefined },
    framework: frameworkDefaults(personality),
    metadata: {},
    sessions: new Set(),
  };
}

export function getConfig(gateway: Gateway, call: Call): Reply {
  const { config, personality } = gateway;
  const client =
    config.stored || call.query.get('from_db') === 'true'
      ? { ...config.client, ...storedMembers(config.client, personality) }
      : config.client;
  const secret = (value: string): object => ({
    value,
    ...(personality.secretRefs ? {} : { env_var: '', from_env: false }),
  });
  return json({
    auth_config: {
      admin_password: secret(config.auth.password === '' ? '' : '<redacted>'),
      admin_username: secret(config.auth.username),
      ...(personality.secretRefs ? {} : { disable_auth_on_inference: true }),
      is_enabled: config.auth.enabled,
    },
    client_config: client,
    framework_config: config.framework,
    is_cache_connected: false,
    is_db_connected: true,
    ...(personality.scopedLimits ? { is_git_available: true } : {}),
    is_logs_connected: false,
    restart_required: { required: false },
    ...(Object.keys(config.metadata).length > 0 ? { metadata: config.metadata } : {}),
  });
}

export function putConfig(gateway: Gateway, call: Call): Reply {
  const body = decodePlain(call.text, {
    client_config: { map: 'any' },
    auth_config: { map: 'any' },
    framework_config: { map: 'any' },
  });
  const client = isObject(body.client_config) ? body.client_config : {};
  // A refused PUT can still have changed the enforcement in memory (B§1.3).
  const enforce = client.enforce_auth_on_inference === true;
  gateway.config.client = { ...gateway.config.client, enforce_auth_on_inference: enforce };
  if (typeof client.log_retention_days !== 'number' || client.log_retention_days < 1) {
    throw new Refusal(400, 'log_retention_days must be at least 1');
  }
  const known = new Set(Object.keys(clientDefaults(gateway.personality)));
  gateway.config.client = {
    ...gateway.config.client,
    ...Object.fromEntries(Object.entries(client).filter(([member]) => known.has(member))),
  };
  gateway.config.stored = true;
  if (isObject(body.auth_config)) gateway.config.auth = newAuth(gateway.config.auth, body.auth_config);
  return json({ message: 'configuration updated successfully', status: 'success' });
}

function newAuth(old: AdminAuth, given: { readonly [member: string]: unknown }): AdminAuth {
  const text = (value: unknown, fallback: string): string => {
    const plain = isObject(value) ? value.value : value;
    return typeof plain === 'string' && plain.toLowerCase() !== '<redacted>' ? plain : fallback;
  };
  return {
    username: text(given.admin_username, old.username),
    password: text(given.admin_password, old.password),
    enabled: given.is_enabled === true,
  };
}

/** POST /api/config/metadata merges members; null deletes one (B§1.3). */
export function postMetadata(gateway: Gateway, call: Call): Reply {
  const patch = decodePlain(call.text, {});
  if (Object.keys(patch).length === 0) throw new Refusal(400, 'patch body must contain at least one key');
  const merged = Object.entries({ ...gateway.config.metadata, ...patch }).filter(([, value]) => value !== null);
  gateway.config.metadata = Object.fromEntries(merged);
  return json({ success: true });
}

function clientDefaults(personality: Personality): GatewayConfig['client'] {
  const current = personality.scopedLimits;
  return {
    drop_excess_requests: false,
    initial_pool_size: 5000,
    prometheus_labels: [],
    enable_logging: true,
    disable_content_logging: false,
    allow_per_request_content_storage_override: false,
    allow_per_request_raw_override: false,
    ...(current ? { allow_direct_keys: false } : {}),
    disable_db_pings_in_health: false,
    // A gateway without a stored configuration shows 0 here and refuses to be sent it back (B§1.3).
    log_retention_days: 0,
    enforce_auth_on_inference: false,
    allowed_origins: ['*'],
    max_request_body_size_mb: 100,
    compat: {
      convert_text_to_chat: false,
      convert_chat_to_responses: false,
      ...(current ? {} : { convert_responses_to_chat: false }),
      should_drop_params: false,
      should_convert_params: false,
    },
    mcp_agent_depth: 10,
    mcp_tool_execution_timeout: 30,
    mcp_code_mode_binding_level: 'server',
    mcp_tool_sync_interval: 0,
    mcp_disable_auto_tool_inject: false,
    ...(current ? { mcp_enable_temp_token_auth: false } : {}),
    async_job_result_ttl: 0,
    hide_deleted_virtual_keys_in_filters: false,
    routing_chain_max_depth: 10,
    ...(current ? { dump_errors_in_console_logs: false } : {}),
  };
}

/** What the store holds where memory has zeros. */
function storedMembers(client: GatewayConfig['client'], personality: Personality): GatewayConfig['client'] {
  const url = personality.secretRefs ? { value: '' } : { value: '', env_var: '', from_env: false };
  return {
    log_retention_days: client.log_retention_days || 365,
    mcp_tool_sync_interval: client.mcp_tool_sync_interval || 10,
    async_job_result_ttl: client.async_job_result_ttl || 3600,
    mcp_external_client_url: url,
    ...(personality.secretRefs ? {} : { mcp_external_server_url: url }),
  };
}

function frameworkDefaults(personality: Personality): GatewayConfig['framework'] {
  const shared = { id: 0, pricing_url: 'http://127.0.0.1:9190/datasheet', pricing_sync_interval: 86_400 };
  if (!personality.scopedLimits) return shared;
  return {
    ...shared,
    model_parameters_url: '',
    mcp_library_url: 'https://getbifrost.ai/mcp-library',
    mcp_library_sync_interval: 86_400,
    config_hash: 'a95efd13e353ed54809e366c8ac24c476cbb36810b2800d9bac74bcbfe7a3f77',
  };
}
