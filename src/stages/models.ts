import { finding, type Finding } from '../findings.js';
import {
  deploymentLimit,
  hasLimits,
  type Catalog,
  type PlannedKey,
  type PlannedModelConfig,
} from '../mapping/catalog.js';
import type { PlannedProvider } from '../mapping/endpoint.js';
import { planLimits } from '../mapping/limits.js';
import type { Deployment } from '../sources/records.js';
import type { Body, BodyValue, Difference, ProviderKeyObject, TargetObject } from '../target/objects.js';
import type { Adoption, CreateWrite, Plan, PlanContext, PlannedWrite, RecordState, Stage } from './plan.js';
import { adoptionFindings, fail, SETTLED, skip, write } from './shared.js';

/** Deployments → providers, provider keys, model configs (mapping.md M1–M21). */
export const models: Stage<Deployment> = {
  name: 'models',
  kinds: ['deployment'],
  parallel: 'one',
  plan: (deployment, state, context) => {
    const result = context.catalog.endpoints.get(deployment.id);
    const own = [...deployment.notes, ...(context.catalog.findings.get(deployment.id) ?? [])];
    if (!result) return fail('not_planned', 'the deployment is not part of the world that was read', 'Run again.', own);
    const wildcard = context.catalog.wildcards.get(deployment.id);
    if (deployment.modelName === '*') return catchAll(deployment, own, context);
    if (!result.ok) {
      const findings = [...own, ...result.findings];
      const { reason, message, nextStep } = result.problem;
      return result.outcome === 'skipped'
        ? skip(reason, `${message}. ${nextStep}`, findings)
        : fail(reason, message, nextStep, findings);
    }
    const findings = [...own, ...result.endpoint.findings];
    if (wildcard && !wildcard.ok)
      return skip(wildcard.problem.reason, `${wildcard.problem.message}. ${wildcard.problem.nextStep}`, findings);
    if (wildcard && !wildcard.reachable) {
      findings.push(
        finding(
          'loss',
          'needs_routing_rule',
          'model_name',
          `"${deployment.modelName}" is ready on ${wildcard.provider.name}, but callers reach it only through a routing rule`,
        ),
      );
    }
    return carried(deployment, wildcard?.ok ? wildcard.provider : result.endpoint.provider, state, findings, context);
  },
};

function carried(
  deployment: Deployment,
  provider: PlannedProvider,
  state: RecordState,
  findings: Finding[],
  context: PlanContext,
): Plan {
  const { catalog } = context;
  const keys = catalog.keysOf(deployment.id);
  const keyless = keys.length === 0 && servesWithoutKey(deployment, catalog);
  if (keys.length === 0 && !keyless) {
    const why = findings.find((f) => ['needs_routing_rule', 'name_not_carried'].includes(f.code));
    if (deployment.blocked) return skip('blocked', 'LiteLLM has blocked this deployment', findings);
    return skip(
      why?.code ?? 'unreachable',
      why?.message ?? `no caller reaches it: "${deployment.publicName}" is an alias for something else`,
      findings,
    );
  }
  const writes: PlannedWrite[] = [
    providerWrite(catalog.providers.get(provider.name) ?? provider),
    ...keys.map((key) => keyWrite(key, context)),
    ...limitWrites(deployment, provider, findings, context),
  ];
  if (state.status === 'written' && writes.every((w) => w.action === 'create' && context.createdByUs(w.kind, w.name)))
    return SETTLED;
  const first = keys[0];
  const main = first
    ? ({ kind: 'provider_key', name: first.name } as const)
    : ({ kind: 'provider', name: provider.name } as const);
  return write(writes, main, findings);
}

function servesWithoutKey(deployment: Deployment, catalog: Catalog): boolean {
  const result = catalog.endpoints.get(deployment.id);
  if (!result?.ok || result.endpoint.key !== null) return false;
  return catalog.splits(deployment.publicName) ? false : result.endpoint.upstream === deployment.publicName;
}

/** M8: ensured by POST, never PUT. M9–M13: custom ones with base URL, paths and the private-network flag. */
function providerWrite(provider: PlannedProvider): CreateWrite {
  const custom = provider.baseType !== null;
  const network: Record<string, BodyValue> = {
    ...(provider.baseUrl !== null && { base_url: provider.baseUrl }),
    ...(provider.allowPrivateNetwork && { allow_private_network: true }),
  };
  const body: Body = {
    provider: provider.name,
    ...(custom && { custom_provider_config: customConfig(provider) }),
    ...(Object.keys(network).length > 0 && { network_config: network }),
  };
  return {
    action: 'create',
    kind: 'provider',
    name: provider.name,
    label: `provider "${provider.name}" (custom=${custom}, base_url="${provider.baseUrl ?? ''}")`,
    path: '/api/providers',
    body,
    adopt: (existing, differences) => adoptProvider(provider, existing, differences),
    advice: [
      {
        text: 'private IP addresses',
        nextStep: 'Run again with --allow-private-network if Bifrost may call that address.',
      },
      { text: 'failed to resolve', nextStep: 'Make the host name resolvable where Bifrost runs, then run again.' },
      {
        text: 'Custom provider cannot be same as a standard provider',
        nextStep: 'This Bifrost has the provider built in; report this version.',
      },
    ],
  };
}

function customConfig(provider: PlannedProvider): Body {
  return {
    base_provider_type: provider.baseType,
    ...(provider.keyless && { is_key_less: true }),
    ...(Object.keys(provider.paths).length > 0 && { request_path_overrides: provider.paths }),
    // Once allowed_requests is there only members set to true are allowed (B§3.5): everything but the listing.
    ...(!provider.listModels && { allowed_requests: Object.fromEntries(REQUEST_TYPES.map((type) => [type, true])) }),
  };
}

/** Request types of B§3.5 without list_models: a wildcard provider must not learn a model list (P§2.5). */
const REQUEST_TYPES = [
  'text_completion', 'text_completion_stream', 'chat_completion', 'chat_completion_stream', 'responses', 'responses_stream',
  'count_tokens', 'embedding', 'rerank', 'speech', 'speech_stream', 'transcription', 'transcription_stream',
  'image_generation', 'image_generation_stream', 'image_edit', 'image_edit_stream', 'image_variation', 'passthrough',
  'passthrough_stream',
]; // prettier-ignore

/** A provider that sends elsewhere than LiteLLM did must not get our keys; anything else there is fine as it is. */
function adoptProvider(
  provider: PlannedProvider,
  existing: TargetObject,
  differences: readonly Difference[],
): Adoption {
  const elsewhere =
    existing.kind === 'provider' &&
    provider.baseType === null &&
    existing.baseUrl !== null &&
    provider.baseUrl === null;
  if (elsewhere) {
    return {
      verdict: 'conflict',
      message: `the provider "${provider.name}" on Bifrost sends to ${existing.baseUrl}, not to the provider's own address`,
      nextStep: 'Remove that base URL on Bifrost, or give the deployment an api_base of its own in LiteLLM.',
    };
  }
  if (differences.length === 0)
    return {
      verdict: 'adopt',
      findings: [
        finding('notice', 'adopted', '', `the provider "${provider.name}" was on Bifrost already; it is used as it is`),
      ],
    };
  // Without the private-network flag keys on private addresses fail, which is narrower: say so and go on (B§3.6).
  if (differences.every((d) => d.field.includes('allow_private_network'))) {
    return { verdict: 'adopt', findings: adoptionFindings('provider', provider.name, differences) };
  }
  const what = differences.map((d) => `${d.field} is ${d.found}, not ${d.wanted}`).join('; ');
  return {
    verdict: 'conflict',
    message: `a provider named "${provider.name}" is on Bifrost, but ${what}`,
    nextStep: 'Rename or remove that provider on Bifrost, then run again.',
  };
}

/** M18: exactly the public names, always a weight. Names that came since are added to a key of ours. */
function keyWrite(key: PlannedKey, context: PlanContext): PlannedWrite {
  const path = `/api/providers/${encodeURIComponent(key.provider)}/keys`;
  const body = keyBody(key, context);
  const label = `key "${key.name}" (models=[${key.models.join(',')}])`;
  const [existing] = context.snapshot.find('provider_key', key.name);
  if (existing && context.createdByUs('provider_key', key.name) && lacks(existing, key)) {
    return {
      action: 'update',
      kind: 'provider_key',
      name: key.name,
      label,
      path: `${path}/${encodeURIComponent(existing.id)}`,
      id: existing.id,
      hint: { provider: key.provider },
      body: (current) => (current.kind === 'provider_key' && lacks(current, key) ? extended(current, key, body) : null),
    };
  }
  const variable =
    typeof key.material.value === 'string' && key.material.value.startsWith('env.')
      ? key.material.value.slice(4)
      : null;
  return {
    action: 'create',
    kind: 'provider_key',
    name: key.name,
    label,
    path,
    body,
    hint: { provider: key.provider },
    adopt: (_existing, differences) =>
      differences.length === 0
        ? {
            verdict: 'adopt',
            findings: [
              finding('notice', 'adopted', '', `the key "${key.name}" was on Bifrost already; it is used as it is`),
            ],
          }
        : {
            verdict: 'conflict',
            message: `a key named "${key.name}" is on Bifrost, but ${differences.map((d) => `${d.field} is ${d.found}, not ${d.wanted}`).join('; ')}`,
            nextStep: 'Rename or remove that key on Bifrost, then run again.',
          },
    ...(variable !== null && {
      tolerated: [
        {
          text: 'Key value must not be empty',
          skip: {
            reason: 'variable_unset_on_bifrost',
            message: `${variable} is not set where Bifrost runs: export it there (and restart Bifrost), then run again`,
          },
        },
      ],
    }),
  };
}

function keyBody(key: PlannedKey, context: PlanContext): Body {
  const entries = Object.entries(key.aliases).filter(
    ([name, upstream]) => (key.azure && context.capabilities.objectAliases) || name !== upstream,
  );
  const aliases = entries.map(([name, upstream]): [string, BodyValue] => [
    name,
    // Without a family Bifrost may send a name with "claude" in it on Anthropic's wire (M16, P§2.10).
    key.azure && context.capabilities.objectAliases ? { model_id: upstream, model_family: 'openai' } : upstream,
  ]);
  return {
    name: key.name,
    value: key.material.value,
    models: key.models,
    weight: key.weight,
    ...(aliases.length > 0 && { aliases: Object.fromEntries(aliases) }),
    ...key.material.config,
  };
}

function lacks(existing: ProviderKeyObject, key: PlannedKey): boolean {
  return key.models.some((name) => !existing.models.includes(name));
}

function extended(current: ProviderKeyObject, key: PlannedKey, body: Body): Body {
  return {
    ...body,
    models: [...new Set([...current.models, ...key.models])].sort(),
    aliases: { ...(current.aliases as Body), ...((body['aliases'] ?? {}) as Body) },
    weight: current.weight,
  };
}

/** M19: one global limit per (provider, name callers use), the lowest of its deployments. */
function limitWrites(
  deployment: Deployment,
  provider: PlannedProvider,
  findings: Finding[],
  context: PlanContext,
): CreateWrite[] {
  if (!hasLimits(deployment)) return [];
  const configs = [...context.catalog.modelConfigs.values()].filter((c) => c.deployments.includes(deployment.id));
  if (context.catalog.wildcards.has(deployment.id))
    configs.push({ provider: provider.name, model: '*', deployments: [deployment.id] });
  return configs.flatMap((config) => modelConfigWrite(config.provider, config.model, config, findings, context));
}

function catchAll(deployment: Deployment, findings: readonly Finding[], context: PlanContext): Plan {
  const message =
    '"*" serves every name there is, which no provider on Bifrost can. Name the models callers use as deployments of their own, or as "<provider>/*".';
  if (!hasLimits(deployment)) return skip('wildcard_all', message, findings);
  const notes = [...findings, finding('loss', 'wildcard_all', 'model_name', message)];
  const writes = modelConfigWrite(
    null,
    '*',
    { provider: '', model: '*', deployments: [deployment.id] },
    notes,
    context,
  );
  return write(writes, { kind: 'model_config', name: '*/*' }, notes);
}

function modelConfigWrite(
  provider: string | null,
  model: string,
  config: PlannedModelConfig,
  findings: Finding[],
  context: PlanContext,
): CreateWrite[] {
  const members = context.world.deployments.filter((d) => config.deployments.includes(d.id));
  const least = (name: 'tpm' | 'rpm' | 'max_budget'): number | null =>
    members.reduce<number | null>((low, d) => {
      const value = deploymentLimit(d, name);
      return value === null || value <= 0 ? low : Math.min(value, low ?? Infinity);
    }, null);
  const budget = least('max_budget');
  const owner = members.find((d) => deploymentLimit(d, 'max_budget') === budget);
  const duration = owner?.params['budget_duration'];
  const plan = planLimits(
    {
      maxBudget: budget,
      budgetDuration: typeof duration === 'string' ? duration : null,
      tpmLimit: least('tpm'),
      rpmLimit: least('rpm'),
      maxParallelRequests: null,
      softBudget: null,
      modelMaxBudget: {},
    },
    { maxBudgetPeriod: context.settings.maxBudgetPeriod, member: 'both', zeroBudget: 'report' },
  );
  if (plan.error !== null)
    findings.push(finding('loss', 'limit_unreadable', 'budget_duration', `${plan.error}; this limit is not carried`));
  findings.push(...plan.findings);
  if (members.length > 1) {
    findings.push(
      finding(
        'change',
        'limits_folded',
        'tpm',
        `${members.length} deployments of "${model}" share one limit on ${provider ?? 'Bifrost'}, the lowest of each kind`,
      ),
    );
  }
  if (Object.keys(plan.body).length === 0) return [];
  return [
    {
      action: 'create',
      kind: 'model_config',
      name: `${provider ?? '*'}/${model}`,
      label: `model config source="${model}" provider="${provider ?? '*'}" model="${model}" budgets=${'budget' in plan.body ? 1 : 0} rateLimit=${'rate_limit' in plan.body}`,
      path: '/api/governance/model-configs',
      body: { model_name: model, ...(provider !== null && { provider }), ...plan.body },
      adopt: (existing, differences) => ({
        verdict: 'adopt',
        findings: adoptionFindings('model config', existing.name, differences),
      }),
    },
  ];
}
