import type { Gateway } from './gateway.js';
import { standardProviders } from './standard-providers.js';

/** Known = built in, or a registered custom provider; case-sensitive (B§7.1.1). */
export function isKnownProvider(gateway: Gateway, name: string): boolean {
  return standardProviders(gateway.personality).has(name) || gateway.state.providers.has(name);
}

/** `prefix/rest` is split at the first slash only when the prefix is a known provider. */
export function splitModel(gateway: Gateway, model: string): { readonly provider: string; readonly model: string } {
  const slash = model.indexOf('/');
  const prefix = model.slice(0, Math.max(0, slash));
  return slash >= 0 && isKnownProvider(gateway, prefix)
    ? { provider: prefix, model: model.slice(slash + 1) }
    : { provider: '', model };
}
