import { finding, type Finding } from '../findings.js';
import type { Refused } from '../mapping/allow-list.js';
import { explain, listed } from '../mapping/grants.js';
import type { Route } from '../mapping/catalog.js';
import { planKeyLimits, type KeyLimitPlan } from '../mapping/key-limits.js';
import { fieldsNotCarried, metadataNotCarried } from '../mapping/not-carried.js';
import { opensAllInference } from '../mapping/routes-of-keys.js';
import type { VirtualKey } from '../sources/records.js';
import type { Body } from '../target/objects.js';
import type { KeyAccess } from './key-access.js';
import { ownerOf, type Owner } from './key-owner.js';
import { modelLimitsOf, type KeyModelLimits } from './key-model-limits.js';
import type { KeySubject } from './key-subject.js';
import type { PlanContext } from './plan.js';
import { pricesOf } from './price-write.js';

/** Everything about a key but its name and what is on Bifrost: computed alike for a new one and one to be completed. */
export type Description = {
  readonly limits: KeyLimitPlan;
  readonly perModel: KeyModelLimits;
  readonly owner: Owner;
  readonly off: readonly Finding[];
  /** What is left out of the virtual key's lists, as they have it; `*` = wildcards. */
  readonly refused: readonly Refused[];
  /** The finding that says why. */
  readonly refusedBy: string;
  /** Names left out, of that or for their spelling, that their fallbacks answer all the same. */
  readonly answered: readonly string[];
  readonly expiry: { readonly body: Body; readonly findings: readonly Finding[] };
  readonly findings: readonly Finding[];
};

export function describe(key: VirtualKey, subject: KeySubject, access: KeyAccess, context: PlanContext): Description {
  const own = planKeyLimits(
    subject.limits,
    context.settings.maxBudgetPeriod,
    context.world.dialect.zeroUserBudgetBlocksAtOnce,
  );
  // A team's 0 passes until the first cost, less than 0 does not (L§6).
  const isTeamSpent = (subject.subject.team?.limits.maxBudget ?? 0) < 0;
  const limits = isTeamSpent ? { ...own, zero: [...own.zero, 'team.max_budget'] } : own;
  const perModel = modelLimitsOf(subject, access.grant, context);
  const owner = ownerOf(key, subject, context);
  const unpaid = unpaidNames(limits, access, context);
  const off = inactive(key, subject, unpaid ? { ...limits, zero: [] } : limits, context);
  const expiry = expiryOf(key, context);
  const refused = [...perModel.refused, ...(unpaid?.refused ?? [])];
  const answered = off.length > 0 ? [] : answeredThough(refused, access);
  const findings = [
    ...key.notes,
    ...limits.findings,
    ...perModel.findings,
    ...access.list.findings,
    ...access.grant.findings,
    ...owner.findings,
    ...off,
    ...(unpaid?.findings ?? []),
    ...(answered.length > 0 ? [answeredInstead(answered)] : []),
    ...expiry.findings,
    ...unpriced(subject, limits, access),
    ...otherFields(key),
  ];
  const refusedBy = perModel.refused.length > 0 ? 'zero_limit_blocks' : 'zero_budget_leaves_free';
  return { limits, perModel, owner, off, refused, refusedBy, answered, expiry, findings };
}

/** Names left out of the lists whose rules go on to fallbacks that the key may call (P§3). */
function answeredThough(refused: readonly Refused[], { grant, list }: KeyAccess): readonly string[] {
  const isRefused = (provider: string, model: string): boolean =>
    refused.some((one) => (typeof one === 'string' ? one === model : one.provider === provider && one.model === model));
  const names = [
    ...list.clashing,
    ...grant.routes.filter((r) => r.targets.some((t) => isRefused(t.provider, r.listed))).map((r) => r.name),
    ...grant.behind.filter((one) => isRefused(one.provider, one.model)).map((one) => one.name),
  ];
  return [...new Set(names)].filter((name) => grant.answeredWithout.has(name)).sort();
}

function answeredInstead(names: readonly string[]): Finding {
  return finding('change', 'fallback_answers_refused', 'models', explain('fallback_answers_refused', names));
}

/**
 * V8: up to 1.81 a budget of 0 lets calls pass that cost nothing by LiteLLM's reckoning (L§4.14, P§2.12). null = no such
 * budget, or nothing is left. A cost counts as nothing only where the running proxy says 0: what it was not asked is charged.
 */
function unpaidNames(
  limits: KeyLimitPlan,
  { grant }: KeyAccess,
  context: PlanContext,
): { readonly refused: readonly string[]; readonly findings: readonly Finding[] } | null {
  const { world, settings } = context;
  const onlyBudgets = limits.zero.length > 0 && limits.zero.every((name) => name.endsWith('max_budget'));
  if (!onlyBudgets || !world.dialect.unpricedIgnoresBudgets || settings.zeroLimits !== 'block') return null;
  const prices = pricesOf(context);
  const isFree = (id: string): boolean => {
    const deployment = world.deployments.find((d) => d.id === id);
    if (!deployment || deployment.modelName.includes('*')) return false;
    return deployment.unpriced === true || prices.standing(id) === 'free';
  };
  // An alias counts as charged, whatever it leads to (seen on 1.81.13).
  const isOwnName = ({ name, group }: Route): boolean =>
    group === `global ${name}` || (group.startsWith('team ') && group.endsWith(` ${name}`));
  const free = grant.routes
    .filter((route) => isOwnName(route) && route.members.every(isFree))
    .map((route) => route.listed);
  if (free.length === 0) return null;
  const charged = grant.routes.map((route) => route.listed).filter((name) => !free.includes(name));
  return {
    refused: [...charged, '*', ...grant.wildcards.flatMap(({ models }) => models)],
    findings: [
      finding(
        'change',
        'zero_budget_leaves_free',
        limits.zero.join(', '),
        `${limits.zero.join(', ')} of 0 or less blocks every call that costs something; only what is free stays: ${free.sort().join(', ')}`,
      ),
    ],
  };
}

/** V7, V8: everything that makes LiteLLM refuse the key whatever it asks for. Non-empty = created inactive. */
function inactive(key: VirtualKey, subject: KeySubject, limits: KeyLimitPlan, context: PlanContext): Finding[] {
  const { world, settings } = context;
  const { team, organization, project, teamMissing } = subject.subject;
  const off: Finding[] = [];
  const because = (code: string, field: string, why: string): number =>
    off.push(finding('change', code, field, `${why}: created inactive`));
  if (key.blocked) because('blocked', 'blocked', 'it is blocked');
  if (team?.blocked) because('team_blocked', 'team_id', `its team ${team.name} is blocked`);
  if (project?.blocked) because('project_blocked', 'project_id', `its project ${project.name} is blocked`);
  if (key.projectId !== null && project === null)
    because('project_missing', 'project_id', `what its project ${key.projectId} restricts could not be read`);
  if (expired(key, context.now)) because('expired', 'expires', `it expired on ${key.expires?.slice(0, 10)}`);
  if (teamMissing && world.dialect.missingTeamDenies)
    because('team_missing', 'team_id', 'LiteLLM refuses keys whose team is gone');
  const zero = [...limits.zero];
  for (const limit of ['tpmLimit', 'rpmLimit'] as const) {
    if (team && (team.limits[limit] ?? 1) <= 0) zero.push(`team.${limit === 'tpmLimit' ? 'tpm_limit' : 'rpm_limit'}`);
    if (organization && (organization.limits[limit] ?? 1) <= 0)
      zero.push(`organization.${limit === 'tpmLimit' ? 'tpm_limit' : 'rpm_limit'}`);
  }
  if (
    organization &&
    world.dialect.zeroOrganizationBudgetBlocks &&
    organization.limits.maxBudget !== null &&
    organization.limits.maxBudget <= 0
  ) {
    zero.push('organization.max_budget');
  }
  if (zero.length > 0 && settings.zeroLimits === 'block')
    because('zero_limit_blocks', zero.join(', '), `${zero.join(', ')} of 0 or less blocks it in LiteLLM`);
  return off;
}

export function expired(key: VirtualKey, now: number): boolean {
  return key.expires !== null && Date.parse(key.expires) < now;
}

function expiryOf(
  key: VirtualKey,
  context: PlanContext,
): { readonly body: Body; readonly findings: readonly Finding[] } {
  if (key.expires === null || expired(key, context.now)) return { body: {}, findings: [] };
  if (context.capabilities.virtualKeyExpiry) return { body: { expires_at: key.expires }, findings: [] };
  return {
    body: {},
    findings: [
      finding(
        'loss',
        'expiry_not_carried',
        'expires',
        `it expires on ${key.expires.slice(0, 10)} in LiteLLM and never on this Bifrost: delete or block it there by then`,
      ),
    ],
  };
}

/** Budgets do not fill where no price is known (M22, P§2.11); a loss where LiteLLM knows one. */
function unpriced(subject: KeySubject, limits: KeyLimitPlan, access: KeyAccess): Finding[] {
  const { team, organization } = subject.subject;
  const { charged, unknown } = access.unpriced;
  const bound = limits.budgets.length > 0 || team?.limits.maxBudget != null || organization?.limits.maxBudget != null;
  if (!bound || charged.length + unknown.length === 0) return [];
  const parts = [
    ...(charged.length > 0
      ? [`Bifrost has no price for ${listed(charged)}: LiteLLM counts these against the budget, Bifrost does not`]
      : []),
    ...(unknown.length > 0
      ? [`neither LiteLLM nor Bifrost knows a price for ${listed(unknown)}: these never count against the budget`]
      : []),
  ];
  return [finding(charged.length > 0 ? 'loss' : 'notice', 'budget_without_price', 'max_budget', parts.join('; '))];
}

function otherFields(key: VirtualKey): Finding[] {
  const found: Finding[] = [];
  if (!opensAllInference(key.allowedRoutes)) {
    found.push(
      finding(
        'loss',
        'allowed_routes_not_carried',
        'allowed_routes',
        `virtual keys cannot be held to routes (LiteLLM: ${key.allowedRoutes.join(', ')})`,
      ),
    );
  }
  if (key.userId !== null)
    found.push(
      finding(
        'notice',
        'user_not_attached',
        'user_id',
        `the link to user ${key.userId} is not carried; it is in the re-issue sheet`,
      ),
    );
  if (key.projectId !== null)
    found.push(
      finding(
        'notice',
        'project_not_attached',
        'project_id',
        `the link to project ${key.projectId} is not carried; what the project restricts is folded into the key`,
      ),
    );
  if (Object.keys(key.config).length > 0)
    found.push(finding('loss', 'config_not_carried', 'config', 'a config of its own is not carried'));
  if (Object.keys(key.aliases).length > 0)
    found.push(finding('notice', 'aliases_folded', 'aliases', 'its aliases live on provider keys that only it names'));
  found.push(
    ...fieldsNotCarried(key.rest),
    ...metadataNotCarried(key.metadata, ['model_rpm_limit', 'model_tpm_limit']),
  );
  return found;
}
