import type { Params } from '../../sources/records.js';
import { isSet } from '../credentials.js';
import { SLUGS, slugOfBareModel } from '../providers.js';

export type Slugged = { readonly slug: string; readonly upstream: string };

/** Provider slug and upstream id of a `model` string (M6, M7). */
export function splitSlug(model: string, params: Params, defaultProvider: string): Slugged {
  const custom = params['custom_llm_provider'];
  const slash = model.indexOf('/');
  const head = slash > 0 ? model.slice(0, slash) : '';
  const bare = (slug: string): string => (slash > 0 && head === slug ? model.slice(slash + 1) : model);
  if (typeof custom === 'string' && custom !== '') return { slug: custom, upstream: routed(custom, bare(custom)) };
  if (head !== '' && (head in SLUGS || head === '*'))
    return { slug: head, upstream: routed(head, model.slice(slash + 1)) };
  const inferred = slugOfBareModel(model);
  if (inferred !== undefined) return { slug: inferred, upstream: model };
  // An unknown first segment with an api_base is a provider LiteLLM knows and we do not; without one it is part of the id.
  if (head !== '' && isSet(params['api_base'])) return { slug: head, upstream: model.slice(slash + 1) };
  return { slug: defaultProvider, upstream: model };
}

/** Bedrock routes are LiteLLM's, not AWS's; a leading region is understood by Bifrost and stays (M7, B§4.5). */
function routed(slug: string, upstream: string): string {
  if (!slug.startsWith('bedrock')) return upstream.replace(/^responses\//, '');
  let rest = upstream;
  while (/^(bedrock|converse|converse_like|invoke)\//.test(rest)) rest = rest.slice(rest.indexOf('/') + 1);
  return rest;
}
