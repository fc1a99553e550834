import { finding, type Finding } from '../findings.js';
import { deploymentLimit, hasLimits, type PlannedModelConfig } from '../mapping/catalog.js';
import type { PlannedProvider } from '../mapping/endpoint.js';
import { planLimits } from '../mapping/limits.js';
import type { Deployment } from '../sources/records.js';
import type { CreateWrite, PlanContext } from './plan.js';
import { adoptionFindings } from './shared.js';

/** M19: one global limit per (provider, name callers use), the lowest of its deployments. */
export function limitWrites(
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

export function modelConfigWrite(
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
