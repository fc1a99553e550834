import type { JsonObject } from '../../json.js';
import type { Route } from './context.js';
import { routerSettings, callbackSettings } from './router-shapes.js';
import { isNewer, type SandboxVersion } from './version.js';

const OLDER_CALLBACKS = [
  'sync_deployment_callback_on_success',
  'SkillsInjectionHook',
  '_PROXY_VirtualKeyModelMaxBudgetLimiter',
  '_ProxyDBLogger',
  '_PROXY_MaxBudgetLimiter',
  '_PROXY_MaxParallelRequestsHandler_v3',
  '_PROXY_CacheControlCheck',
  'ResponsesIDSecurity',
  'ServiceLogging',
];

/** Health, version and settings (contracts L§1.4, §1.14). */
export const SERVICE_ROUTES: readonly Route[] = [
  { path: '/health/readiness', access: 'open', answer: ({ version, now }) => readiness(version, now()) },
  {
    path: '/health/readiness/details',
    access: 'any',
    since: '1.106.2',
    answer: ({ version }) => readinessDetails(version),
  },
  { path: /^\/health\/live(?:liness|ness)$/, access: 'open', answer: () => "I'm alive!" },
  { path: '/health/license', access: 'any', answer: () => LICENSE },
  { path: '/openapi.json', access: 'open', answer: ({ version }) => openapi(version) },
  { path: '/router/settings', access: 'admin', answer: ({ world, version }) => routerSettings(world, version) },
  { path: '/get/config/callbacks', access: 'admin', answer: ({ world, version }) => callbackSettings(world, version) },
];

const LICENSE: JsonObject = {
  has_license: false,
  license_type: 'community',
  expiration_date: null,
  allowed_features: [],
  limits: { max_users: null, max_teams: null },
};

/** Only 1.81.13 says its version to anybody. */
function readiness(version: SandboxVersion, now: number): JsonObject {
  if (isNewer(version)) return { status: 'healthy', db: 'connected' };
  return {
    status: 'connected',
    db: 'connected',
    cache: null,
    litellm_version: version,
    success_callbacks: OLDER_CALLBACKS,
    use_aiohttp_transport: true,
    last_updated: `${new Date(now).toISOString().slice(0, -1)}000`,
  };
}

function readinessDetails(version: SandboxVersion): JsonObject {
  return {
    status: 'healthy',
    db: 'connected',
    cache: null,
    litellm_version: version,
    success_callbacks: ['sync_deployment_callback_on_success', '_ProxyDBLogger', 'ServiceLogging'],
    use_aiohttp_transport: true,
    log_level: 'WARNING',
    is_detailed_debug: false,
    show_no_redis_warning: false,
    show_env_credential_login_warning: true,
  };
}

/** The real one is 1–2 MB; its information is all anybody reads. */
function openapi(version: SandboxVersion): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: 'LiteLLM API', description: 'Sandbox of a LiteLLM proxy', version },
    paths: {},
  };
}
