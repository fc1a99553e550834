import { isAllowed, providersFor } from './catalog.js';
import type { Gateway } from './gateway.js';
import { lists } from './model-lists.js';
import { isKnownProvider, splitModel } from './model-names.js';
import { applyRules } from './rule-choice.js';
import { exhaustedLimit } from './usage.js';
import type { VirtualKey } from './virtual-keys.js';

/** The way of a request up to a provider: rules, weights, catalog (B§7.1.2 – B§7.1.4). */

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

export function routesFor(gateway: Gateway, question: Question): readonly Route[] {
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

export function activeKey({ virtualKey }: Question): VirtualKey | null {
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
