import { isAllowed, providersFor } from './catalog.js';
import type { Gateway } from './gateway.js';
import { chooseKeys, noProvider, type ChosenKey } from './key-choice.js';
import { isKnownProvider, splitModel } from './model-names.js';
import { lists } from './model-lists.js';
import { applyRules } from './rule-choice.js';
import { exhaustedLimit } from './usage.js';
import type { VirtualKey } from './virtual-keys.js';

/** How the gateway decides where a request goes (B§7.1), with every draw of lots laid open instead of made. */

/** One way the request can go. */
export type Outcome = {
  readonly allowed: boolean;
  readonly status: number;
  /** Of a denial by governance (B§7.3); null for "no provider" and "no key" refusals. */
  readonly type: string | null;
  readonly message: string;
  readonly provider: string | null;
  readonly keyName: string | null;
  readonly keyId: string | null;
  /** After the alias of the chosen key. */
  readonly upstreamModel: string | null;
  readonly baseUrl: string | null;
  /** Chance of this outcome, 0 … 1; a 0 is a standby that only serves when nothing else is left. */
  readonly probability: number;
  /** Name as the limits count it: after rules, before aliases. */
  readonly model: string;
  /** Set when the first choice was refused and this is what its fallbacks made of it. */
  readonly viaFallback: boolean;
  /** What would be tried next, in order, if the upstream failed. */
  readonly fallbacks: readonly Outcome[];
};

/** A provider picked for the request, before anybody checked it. `provider` is empty when nobody could pick one. */
export type Route = {
  readonly provider: string;
  readonly model: string;
  /** A key pinned by a rule. */
  readonly keyId: string | null;
  readonly fallbacks: readonly { readonly provider: string; readonly model: string }[];
  readonly probability: number;
};

export type Question = {
  /** null = no virtual key was sent. `missing` = one was sent that does not exist. */
  readonly virtualKey: VirtualKey | 'missing' | null;
  readonly model: string;
  readonly requestType: string;
  readonly headers: { readonly [name: string]: string };
  /** Integration routes (/litellm, /openai) prefer their own provider among equals (B§7.1.4). */
  readonly integration: 'openai' | null;
};

/** Every way the request can go; probabilities sum to 1 unless all are standbys. */
export function decide(gateway: Gateway, question: Question): readonly Outcome[] {
  return routesFor(gateway, question).flatMap((route) => outcomesOf(gateway, question, route));
}

function routesFor(gateway: Gateway, question: Question): readonly Route[] {
  const virtualKey = activeKey(question);
  const start: Route = { ...splitModel(gateway, question.model), keyId: null, fallbacks: [], probability: 1 };
  // An unknown or inactive virtual key skips rules and load balancing; it is refused once a provider is found.
  if (question.virtualKey !== null && !virtualKey) return [resolveFromCatalog(gateway, question, null, start)];
  return applyRules(gateway, question, virtualKey, start)
    .flatMap((route) =>
      virtualKey ? balance(gateway, virtualKey, resplit(gateway, route)) : [resplit(gateway, route)],
    )
    .map((route) => resolveFromCatalog(gateway, question, virtualKey, route));
}

function activeKey({ virtualKey }: Question): VirtualKey | null {
  return virtualKey === 'missing' || virtualKey?.isActive === false ? null : virtualKey;
}

/** Older versions hand the choice on as one text, `provider/model`, and split it again: an unknown provider is lost (P§3). */
function resplit(gateway: Gateway, route: Route): Route {
  if (gateway.personality.resolver === 'virtual-key' || route.provider === '') return route;
  return { ...route, ...splitModel(gateway, `${route.provider}/${route.model}`) };
}

/** Weighted choice among the VK's providers that may serve the model; the others become fallbacks (B§7.1.3). */
function balance(gateway: Gateway, virtualKey: VirtualKey, route: Route): readonly Route[] {
  const model = balancedModel(gateway, route);
  if (model === null) return [route];
  const configs = virtualKey.providerConfigs.filter((config) => {
    const provider = gateway.state.providers.get(config.provider);
    const blocked = virtualKey.providerConfigs.some(
      (other) => other.provider === config.provider && lists(other.blacklist, model),
    );
    return (
      provider &&
      !blocked &&
      isAllowed(gateway, provider, model, config.allowedModels) &&
      !exhaustedLimit(gateway, { virtualKey, provider: config.provider }, 'provider')
    );
  });
  const weighted = configs.filter(({ weight }) => weight !== null);
  const total = weighted.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  if (weighted.length === 0) return [route];
  return weighted.map((config, index) => ({
    ...route,
    provider: config.provider,
    model: refine(config.provider, model),
    probability: route.probability * (total > 0 ? (config.weight ?? 0) / total : index === 0 ? 1 : 0),
    fallbacks:
      route.fallbacks.length > 0
        ? route.fallbacks
        : weighted
            .filter(({ provider }) => provider !== config.provider)
            .sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0))
            .map(({ provider }) => ({ provider, model: refine(provider, model) })),
  }));
}

/** The name to balance, or null when the provider is settled. Older versions balance `azure/x` as a name when azure is not configured. */
function balancedModel(gateway: Gateway, route: Route): string | null {
  if (route.provider === '') return route.model;
  const unconfigured =
    gateway.personality.resolver === 'alphabetical' &&
    isKnownProvider(gateway, route.provider) &&
    !gateway.state.providers.has(route.provider);
  return unconfigured ? `${route.provider}/${route.model}` : null;
}

/** Groq serves OpenAI models under their own prefix. */
function refine(provider: string, model: string): string {
  return provider === 'groq' && model.includes('gpt-') && !model.startsWith('openai/') ? `openai/${model}` : model;
}

/** Last resort for a bare name: who is known to serve it, first in the alphabet (B§7.1.4). */
function resolveFromCatalog(gateway: Gateway, question: Question, virtualKey: VirtualKey | null, route: Route): Route {
  if (route.provider !== '') return route;
  const candidates = providersFor(gateway, route.model).filter((provider) =>
    isCandidate(gateway, virtualKey, provider, route.model),
  );
  const preferred =
    question.integration !== null && candidates.includes(question.integration) ? question.integration : candidates[0];
  if (preferred === undefined)
    return gateway.personality.resolver === 'alphabetical' && question.integration !== null
      ? { ...route, provider: question.integration }
      : route;
  const others =
    gateway.personality.resolver === 'virtual-key' ? candidates.filter((provider) => provider !== preferred) : [];
  const fallbacks =
    route.fallbacks.length > 0 ? route.fallbacks : others.map((provider) => ({ provider, model: route.model }));
  return { ...route, provider: preferred, fallbacks };
}

/** ≥ 1.5.9 takes only what the VK lists for the model (whatever the case); before, the VK is not asked (B§7.1.4). */
function isCandidate(gateway: Gateway, virtualKey: VirtualKey | null, provider: string, model: string): boolean {
  if (gateway.personality.resolver === 'alphabetical' || !virtualKey) return true;
  return virtualKey.providerConfigs.some(
    (config) => config.provider === provider && lists(config.allowedModels, model) && !lists(config.blacklist, model),
  );
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

function unresolved(gateway: Gateway, route: Route): Outcome {
  const message =
    gateway.personality.resolver === 'virtual-key'
      ? 'could not auto resolve a provider for the request, please specify a provider explicitly'
      : `provider is required in model field (format: provider/model) — no providers found for model ${JSON.stringify(route.model)} in model catalog to auto-resolve`;
  return denied(route, 400, null, message);
}

function denied(route: Route, status: number, type: string | null, message: string): Outcome {
  return {
    allowed: false,
    status,
    type,
    message,
    provider: route.provider === '' ? null : route.provider,
    keyName: null,
    keyId: null,
    upstreamModel: null,
    baseUrl: null,
    probability: route.probability,
    model: route.model,
    viaFallback: false,
    fallbacks: [],
  };
}

function served(route: Route, key: ChosenKey): Outcome {
  return {
    allowed: true,
    status: 200,
    type: null,
    message: '',
    provider: route.provider,
    keyName: key.name,
    keyId: key.id,
    upstreamModel: key.upstreamModel,
    baseUrl: key.baseUrl,
    probability: route.probability * key.share,
    model: route.model,
    viaFallback: false,
    fallbacks: [],
  };
}
