import { finding } from '../../findings.js';
import { customProviderName, hostOf, sameBase } from '../base-url.js';
import { isSet } from '../credentials.js';
import { baseOfModel, OTHER_ADDRESS, type Slug } from '../providers.js';
import { needsBase } from './base.js';
import { authorization, withKey } from './key.js';
import { planned, type Build, type EndpointResult } from './plan.js';
import { customProvider, standardProvider } from './provider.js';

/** Providers Bifrost has built in, and those on a base of the operator's own (M8, M9). */
export function plainEndpoint(slug: Extract<Slug, { kind: 'standard' }>, build: Build): EndpointResult {
  const { apiBase: url, rules } = build;
  const isStandard = rules.capabilities.standardProviders.has(slug.name);
  const ownBase = url !== null && !(slug.defaultBase !== null && sameBase(url, slug.defaultBase));
  if (!ownBase && isStandard && (slug.defaultBase !== null || url === null)) {
    if (slug.defaultBase === null) return needsBase(build);
    tellOtherAddress(slug.name, slug.defaultBase, build);
    return withKey(standardProvider(slug.name), slug.keyVariables, build, slug.name);
  }
  const base = url ?? slug.defaultBase;
  if (base === null) return needsBase(build);
  const provider = customProvider(customProviderName(slug.name, base), slug.wire, base, build);
  return withKey(provider, slug.keyVariables, build, slug.name);
}

/** Where Bifrost's own default is another host than LiteLLM's (B§3.7). */
function tellOtherAddress(name: string, base: string, build: Build): void {
  const address = OTHER_ADDRESS[name];
  if (address === undefined) return;
  build.findings.push(
    finding(
      'change',
      'other_address',
      'api_base',
      `LiteLLM calls ${name} at ${hostOf(base)}, Bifrost at ${hostOf(address)}`,
    ),
  );
}

/** OpenAI-compatible providers that this Bifrost does not know: custom ones on base openai (M10, M14). */
export function compatibleEndpoint(slug: Extract<Slug, { kind: 'compatible' }>, build: Build): EndpointResult {
  const { apiBase: url, rules } = build;
  // A gateway that has the provider built in needs no custom one (M10).
  if (url === null && rules.capabilities.standardProviders.has(build.slug)) {
    return withKey(standardProvider(build.slug), slug.keyVariables, build, build.slug);
  }
  const own = url ?? baseOfModel(build.slug, build.upstream);
  const base = own ?? slug.base;
  if (base === null) return needsBase(build);
  const slugNameIsFree =
    own === null && !rules.namePrefixes.has(build.slug) && !rules.capabilities.standardProviders.has(build.slug);
  const name = slugNameIsFree ? build.slug : customProviderName(build.slug, base);
  const provider = customProvider(name, 'openai', base, build);
  const noKey = !isSet(build.params['api_key']) && authorization(build.params) === null;
  if (noKey && slug.keyOptional) return planned({ ...provider, keyless: true }, null, build);
  return withKey(provider, slug.keyVariables, build, build.slug);
}
