import type { Gateway } from './gateway.js';
import type { ChosenKey } from './key-choice.js';
import type { Route } from './route-choice.js';

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

export function unresolved(gateway: Gateway, route: Route): Outcome {
  const message =
    gateway.personality.resolver === 'virtual-key'
      ? 'could not auto resolve a provider for the request, please specify a provider explicitly'
      : `provider is required in model field (format: provider/model) — no providers found for model ${JSON.stringify(route.model)} in model catalog to auto-resolve`;
  return denied(route, 400, null, message);
}

export function denied(route: Route, status: number, type: string | null, message: string): Outcome {
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

export function served(route: Route, key: ChosenKey): Outcome {
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
