import { createApiKey, deleteApiKey, listApiKeys, listRoles } from './api-keys.js';
import { searchModels } from './catalog.js';
import { getConfig, postMetadata, putConfig } from './config.js';
import { createCustomer, deleteCustomer, getCustomer, listCustomers, updateCustomer } from './customers.js';
import type { Call, Gateway } from './gateway.js';
import { listBudgets, listRateLimits } from './governance-lists.js';
import { chat } from './inference.js';
import { addMember, listMembers, removeMember } from './members.js';
import {
  createModelConfig,
  deleteModelConfig,
  getModelConfig,
  listModelConfigs,
  updateModelConfig,
} from './model-configs.js';
import type { Personality } from './personality.js';
import {
  createPricingOverride,
  deletePricingOverride,
  listPricingOverrides,
  updatePricingOverride,
} from './pricing-overrides.js';
import { deleteProviderGovernance, listProviderGovernance, updateProviderGovernance } from './provider-governance.js';
import { createKey, deleteKey, getKey, listAllKeys, listKeys, updateKey } from './provider-keys.js';
import { createProvider, deleteProvider, getProvider, listProviders, updateProvider } from './providers.js';
import type { Reply } from './reply.js';
import {
  createRoutingRule,
  deleteRoutingRule,
  getRoutingRule,
  listRoutingRules,
  updateRoutingRule,
} from './routing-rules.js';
import { metrics } from './metrics.js';
import { health, isAuthEnabled, login, logout, version } from './session.js';
import { createTeam, deleteTeam, getTeam, listTeams, updateTeam } from './teams.js';
import { createUser, deleteUser, getUser, listUsers, updateUser } from './users.js';
import { listVirtualKeys } from './virtual-key-lists.js';
import { createVirtualKey, deleteVirtualKey, getVirtualKey, updateVirtualKey } from './virtual-keys.js';
import { rotateVirtualKey, rotateVirtualKeys } from './virtual-key-rotation.js';

/** Every route of the management API, and the few others a client meets. */

export type Handler = (gateway: Gateway, call: Call) => Reply;
export type Route = {
  readonly method: string;
  readonly pattern: string;
  readonly handler: Handler;
  readonly open: boolean;
};

/** Everything a gateway of this personality answers itself; all else is the dashboard's (B§1.4). */
export function routesOf(personality: Personality): readonly Route[] {
  return [
    ...OPEN.map((entry) => route(entry, true)),
    ...SHARED.map((entry) => route(entry, false)),
    ...(personality.rotates ? ROTATION : []).map((entry) => route(entry, false)),
    ...(personality.users === 'none' ? [] : USERS).map((entry) => route(entry, false)),
    ...(personality.users === 'enterprise' ? MEMBERS : []).map((entry) => route(entry, false)),
    ...(personality.users === 'fork' ? FORK : []).map((entry) => route(entry, false)),
  ];
}

type Entry = readonly [route: string, handler: Handler];

function route([text, handler]: Entry, open: boolean): Route {
  const [method = '', pattern = ''] = text.split(' ');
  return { method, pattern, handler, open };
}

/** Answered without admin credentials. */
const OPEN: readonly Entry[] = [
  ['GET /health', health],
  ['GET /metrics', metrics],
  ['GET /api/version', version],
  ['GET /api/session/is-auth-enabled', isAuthEnabled],
  ['POST /api/session/login', login],
  ['POST /v1/chat/completions', chat],
  ['POST /litellm/v1/chat/completions', chat],
  ['POST /litellm/chat/completions', chat],
  ['POST /openai/v1/chat/completions', chat],
  ['POST /openai/chat/completions', chat],
];

const SHARED: readonly Entry[] = [
  ['POST /api/session/logout', logout],
  ['GET /api/config', getConfig],
  ['PUT /api/config', putConfig],
  ['GET /api/models', searchModels],
  ['GET /api/providers', listProviders],
  ['POST /api/providers', createProvider],
  ['GET /api/providers/{provider}', getProvider],
  ['PUT /api/providers/{provider}', updateProvider],
  ['DELETE /api/providers/{provider}', deleteProvider],
  ['GET /api/providers/{provider}/keys', listKeys],
  ['POST /api/providers/{provider}/keys', createKey],
  ['GET /api/providers/{provider}/keys/{id}', getKey],
  ['PUT /api/providers/{provider}/keys/{id}', updateKey],
  ['DELETE /api/providers/{provider}/keys/{id}', deleteKey],
  ['GET /api/keys', listAllKeys],
  ['GET /api/governance/customers', listCustomers],
  ['POST /api/governance/customers', createCustomer],
  ['GET /api/governance/customers/{id}', getCustomer],
  ['PUT /api/governance/customers/{id}', updateCustomer],
  ['DELETE /api/governance/customers/{id}', deleteCustomer],
  ['GET /api/governance/teams', listTeams],
  ['POST /api/governance/teams', createTeam],
  ['GET /api/governance/teams/{id}', getTeam],
  ['PUT /api/governance/teams/{id}', updateTeam],
  ['DELETE /api/governance/teams/{id}', deleteTeam],
  ['GET /api/governance/virtual-keys', listVirtualKeys],
  ['POST /api/governance/virtual-keys', createVirtualKey],
  ['GET /api/governance/virtual-keys/{id}', getVirtualKey],
  ['PUT /api/governance/virtual-keys/{id}', updateVirtualKey],
  ['DELETE /api/governance/virtual-keys/{id}', deleteVirtualKey],
  ['GET /api/governance/model-configs', listModelConfigs],
  ['POST /api/governance/model-configs', createModelConfig],
  ['GET /api/governance/model-configs/{id}', getModelConfig],
  ['PUT /api/governance/model-configs/{id}', updateModelConfig],
  ['DELETE /api/governance/model-configs/{id}', deleteModelConfig],
  ['GET /api/governance/providers', listProviderGovernance],
  ['PUT /api/governance/providers/{provider}', updateProviderGovernance],
  ['DELETE /api/governance/providers/{provider}', deleteProviderGovernance],
  ['GET /api/governance/routing-rules', listRoutingRules],
  ['POST /api/governance/routing-rules', createRoutingRule],
  ['GET /api/governance/routing-rules/{id}', getRoutingRule],
  ['PUT /api/governance/routing-rules/{id}', updateRoutingRule],
  ['DELETE /api/governance/routing-rules/{id}', deleteRoutingRule],
  ['GET /api/governance/pricing-overrides', listPricingOverrides],
  ['POST /api/governance/pricing-overrides', createPricingOverride],
  ['PUT /api/governance/pricing-overrides/{id}', updatePricingOverride],
  ['DELETE /api/governance/pricing-overrides/{id}', deletePricingOverride],
  ['GET /api/governance/budgets', listBudgets],
  ['GET /api/governance/rate-limits', listRateLimits],
];

const ROTATION: readonly Entry[] = [
  ['POST /api/config/metadata', postMetadata],
  ['POST /api/governance/virtual-keys/rotate', rotateVirtualKeys],
  ['POST /api/governance/virtual-keys/{id}/rotate', rotateVirtualKey],
];

const USERS: readonly Entry[] = [
  ['GET /api/governance/users', listUsers],
  ['POST /api/governance/users', createUser],
  ['GET /api/governance/users/{id}', getUser],
  ['PUT /api/governance/users/{id}', updateUser],
  ['DELETE /api/governance/users/{id}', deleteUser],
];

const MEMBERS: readonly Entry[] = [
  ['GET /api/governance/teams/{id}/members', listMembers],
  ['POST /api/governance/teams/{id}/members', addMember],
  ['DELETE /api/governance/teams/{id}/members/{user}', removeMember],
];

const FORK: readonly Entry[] = [
  ['GET /api/governance/api-keys', listApiKeys],
  ['POST /api/governance/api-keys', createApiKey],
  ['DELETE /api/governance/api-keys/{id}', deleteApiKey],
  ['GET /api/governance/roles', listRoles],
];
