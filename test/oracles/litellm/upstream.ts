import type { Deployment } from '../../../src/sources/records.js';
import { withoutSlug } from './names.js';
import type { Release } from './release.js';
import { WildcardRoutes } from './wildcard-routes.js';

/** `litellm_params.model`; empty when it is no readable text. */
export function modelOf(deployment: Deployment): string {
  const { model } = deployment.params;
  return typeof model === 'string' ? model : '';
}

/** Model id on the wire: the provider in front is LiteLLM's own notation (L§7.1). */
export function upstreamId(deployment: Deployment, model: string): string {
  const { custom_llm_provider: provider } = deployment.params;
  if (typeof provider !== 'string' || provider === '') return withoutSlug(model);
  return model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
}

/** The model id the upstream sees when this deployment answers a request for `name`; `openai/*` filled in. */
export function upstreamOf(deployment: Deployment, name: string, release: Release = '1.109'): string {
  const model = modelOf(deployment);
  const pattern = deployment.publicName;
  if (!pattern.includes('*')) return upstreamId(deployment, model);
  const routes = new WildcardRoutes<Deployment>(release);
  routes.add(pattern, deployment);
  return upstreamId(deployment, routes.match(name)[0]?.fill(model) ?? model);
}
