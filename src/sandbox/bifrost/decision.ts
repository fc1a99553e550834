import { isAllowed } from './catalog.js';
import type { Gateway } from './gateway.js';
import { chooseKeys, noProvider } from './key-choice.js';
import { lists } from './model-lists.js';
import { denied, type Outcome, served, unresolved } from './outcomes.js';
import { activeKey, type Question, type Route, routesFor } from './route-choice.js';
import { exhaustedLimit } from './usage.js';
import type { VirtualKey } from './virtual-keys.js';

/** Every way the request can go; probabilities sum to 1 unless all are standbys. */
export function decide(gateway: Gateway, question: Question): readonly Outcome[] {
  return routesFor(gateway, question).flatMap((route) => outcomesOf(gateway, question, route));
}

/** Checks one route, and its fallbacks in turn when it is refused: the first error is what the caller gets (B§7.1.8). */
function outcomesOf(gateway: Gateway, question: Question, route: Route): readonly Outcome[] {
  if (route.provider === '') return [unresolved(gateway, route)];
  const first = attempt(gateway, question, route);
  const rest = route.fallbacks.flatMap((fallback) => {
    const tried = attempt(gateway, question, { ...route, ...fallback, keyId: null, fallbacks: [] });
    return tried.some(({ allowed }) => allowed) ? [tried] : [];
  });
  const served = first.filter(({ allowed }) => allowed);
  const next = rest.flat();
  if (served.length > 0) return served.map((outcome) => ({ ...outcome, fallbacks: next }));
  const [rescue, ...further] = rest;
  if (!rescue) return first;
  return rescue.map((outcome) => ({ ...outcome, viaFallback: true, fallbacks: further.flat() }));
}

function attempt(gateway: Gateway, question: Question, route: Route): readonly Outcome[] {
  if (!gateway.state.providers.has(route.provider))
    return [denied(route, 400, null, noProvider(gateway, route.provider))];
  const denial = governanceDenial(gateway, question, route);
  if (denial) return [denied(route, denial.status, denial.type, denial.message)];
  const chosen = chooseKeys(gateway, { route, virtualKey: activeKey(question) });
  if (typeof chosen === 'string') return [denied(route, 400, null, chosen)];
  return chosen.map((key) => served(route, key));
}

type Denial = { readonly status: number; readonly type: string; readonly message: string };

/** Order of the gateway: VK known, VK required, provider and model limits, VK, customer, team (B§7.3). */
function governanceDenial(gateway: Gateway, question: Question, route: Route): Denial | null {
  const { virtualKey } = question;
  const deny = (status: number, type: string, message: string): Denial => ({ status, type, message });
  if (virtualKey === 'missing') {
    return deny(
      401,
      'virtual_key_not_found',
      'virtual key not found. The provided virtual key does not exist or has been revoked.',
    );
  }
  if (!virtualKey && gateway.config.client.enforce_auth_on_inference === true) {
    return deny(401, 'virtual_key_required', 'virtual key is required. Provide a virtual key via the x-bf-vk header.');
  }
  const { provider, model } = route;
  const global = exhaustedLimit(gateway, { virtualKey: null, provider, model }, 'all');
  if (global) return global;
  if (!virtualKey) return null;
  if (!virtualKey.isActive) return deny(403, 'virtual_key_blocked', 'Virtual key is inactive');
  const configs = virtualKey.providerConfigs.filter((config) => config.provider === provider);
  if (configs.length === 0)
    return deny(403, 'provider_blocked', `Provider '${provider}' is not allowed for this virtual key`);
  if (!admits(gateway, provider, model, configs))
    return deny(403, 'model_blocked', `Model '${model}' is not allowed for this virtual key`);
  return exhaustedLimit(gateway, { virtualKey, provider, model }, 'all');
}

/** Any entry of the provider admits on ≥ 1.5.9, only the first one counts before; keys always come from the first. */
function admits(gateway: Gateway, provider: string, model: string, configs: VirtualKey['providerConfigs']): boolean {
  const stored = gateway.state.providers.get(provider);
  if (!stored || configs.some(({ blacklist }) => lists(blacklist, model))) return false;
  const counting = gateway.personality.resolver === 'virtual-key' ? configs : configs.slice(0, 1);
  return counting.some(({ allowedModels }) => isAllowed(gateway, stored, model, allowedModels));
}
