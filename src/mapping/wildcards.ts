import { createHash } from 'node:crypto';
import type { Deployment } from '../sources/records.js';
import type { Capabilities } from '../target/target.js';
import { customProviderName } from './base-url.js';
import type { PlannedKey } from './catalog.js';
import type { Problem } from './credentials.js';
import type { EndpointResult, PlannedProvider } from './endpoint.js';
import type { Groups } from './groups.js';
import { KNOWN_STANDARD_PROVIDERS, SLUGS } from './providers.js';

/** Deployments whose name is a pattern (mapping.md M17, P§2.5–2.9). */
export type WildcardPlan =
  | {
      readonly ok: true;
      readonly provider: PlannedProvider;
      readonly key: PlannedKey;
      /** Callers write `<prefix>/<model>`. */
      readonly prefix: string;
      /** The prefix is the provider's own name, so it works without a rule. */
      readonly reachable: boolean;
    }
  | { readonly ok: false; readonly problem: Problem };

const refuse = (reason: string, message: string, nextStep: string): WildcardPlan => ({
  ok: false,
  problem: { reason, message, nextStep },
});

export function planWildcards(
  groups: Groups,
  endpoints: ReadonlyMap<string, EndpointResult>,
  capabilities: Capabilities,
): Map<string, WildcardPlan> {
  const explicit = new Set<string>();
  const prefixes = new Set<string>();
  for (const name of groups.globalNames) {
    if (name.includes('/')) prefixes.add(name.slice(0, name.indexOf('/')));
    const routed = groups.route(name, null);
    if (routed.kind !== 'group') continue;
    for (const { deployment } of routed.group.members) {
      const result = endpoints.get(deployment.id);
      if (result?.ok) explicit.add(result.endpoint.provider.name);
    }
  }
  const plans = new Map<string, WildcardPlan>();
  const taken = new Set<string>();
  for (const deployment of groups.wildcards) {
    plans.set(deployment.id, plan(deployment, endpoints.get(deployment.id), explicit, prefixes, taken, capabilities));
  }
  return plans;
}

function plan(
  deployment: Deployment,
  result: EndpointResult | undefined,
  explicit: ReadonlySet<string>,
  prefixes: ReadonlySet<string>,
  taken: Set<string>,
  capabilities: Capabilities,
): WildcardPlan {
  const pattern = deployment.modelName;
  if (pattern === '*') {
    return refuse(
      'wildcard_all',
      '"*" serves every name there is, which no provider on Bifrost can',
      'Name the models callers use as deployments of their own, or as "<provider>/*".',
    );
  }
  const prefix = /^([^*]+)\/\*$/.exec(pattern)?.[1];
  if (prefix === undefined || prefix.includes('/')) {
    return refuse(
      'partial_wildcard',
      `"${pattern}" is a partial pattern, which needs a routing rule`,
      'Name the models it stands for as deployments of their own.',
    );
  }
  if (!result?.ok) {
    const problem =
      result && !result.ok
        ? result.problem
        : { reason: 'unsupported_provider', message: 'its provider cannot be carried', nextStep: '' };
    return { ok: false, problem };
  }
  const { endpoint } = result;
  if (!endpoint.upstream.endsWith('*') || endpoint.upstream !== '*') {
    return refuse(
      'renamed_wildcard',
      `"${pattern}" sends to "${endpoint.upstream}", which is more than a change of prefix`,
      'Name the models it stands for as deployments of their own.',
    );
  }
  if (endpoint.key === null) {
    return refuse(
      'keyless_wildcard',
      `"${pattern}" leads to a server without keys, which would answer every name`,
      'Name the models it serves as deployments of their own.',
    );
  }
  const { provider } = endpoint;
  const isStandardPrefix = capabilities.standardProviders.has(prefix) || KNOWN_STANDARD_PROVIDERS.includes(prefix);
  if (provider.baseType === null && provider.name === prefix && !explicit.has(prefix) && !taken.has(prefix)) {
    taken.add(prefix);
    return planned(deployment, provider, endpoint.key, prefix, true);
  }
  const standard = SLUGS[endpoint.slug];
  if (provider.baseType === null && standard?.kind !== 'standard') {
    return refuse(
      'wildcard_needs_rule',
      `"${pattern}" shares the provider ${provider.name} with models that have names of their own`,
      'Name the models it stands for as deployments of their own.',
    );
  }
  const wire = provider.baseType ?? (standard?.kind === 'standard' ? standard.wire : 'openai');
  const base =
    provider.baseUrl ?? (standard?.kind === 'standard' ? (standard.defaultBase ?? '').replace(/\/v1$/, '') : '');
  // A provider named like the prefix needs no rule, unless names of their own share the prefix (P§2.7).
  const own =
    !isStandardPrefix &&
    !prefixes.has(prefix) &&
    !explicit.has(prefix) &&
    !taken.has(prefix) &&
    /^[a-z0-9][a-z0-9._-]{0,49}$/.test(prefix);
  const name = own ? prefix : anyName(endpoint.slug, base, deployment.id, taken);
  taken.add(name);
  return planned(
    deployment,
    { ...provider, name, baseType: wire, baseUrl: base, listModels: false },
    endpoint.key,
    prefix,
    own,
  );
}

function anyName(slug: string, base: string, id: string, taken: ReadonlySet<string>): string {
  const name = customProviderName(`${slug}-any`, base);
  return taken.has(name)
    ? `${slug}-any-${createHash('sha256').update(`${base}\0${id}`).digest('hex').slice(0, 16)}`
    : name;
}

function planned(
  deployment: Deployment,
  provider: PlannedProvider,
  material: PlannedKey['material'],
  prefix: string,
  reachable: boolean,
): WildcardPlan {
  const key: PlannedKey = {
    name: `${provider.name}/${material.label} *`,
    provider: provider.name,
    material,
    models: ['*'],
    aliases: {},
    azure: false,
    weight: 1,
    deployments: [deployment.id],
  };
  return { ok: true, provider, key, prefix, reachable };
}
