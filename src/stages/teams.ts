import { finding, type Finding } from '../findings.js';
import { planLimits } from '../mapping/limits.js';
import { fieldsNotCarried, metadataNotCarried } from '../mapping/not-carried.js';
import type { Team } from '../sources/records.js';
import type { Missing, Plan, PlanContext, RecordState, Stage, UpdateWrite } from './plan.js';
import { adoptOrRefuse, fail, nameFor, SETTLED, wait, withoutId, write } from './shared.js';

/** Teams → teams, linked to their customer by the id in the journal (mapping.md G1–G7, V8). */
export const teams: Stage<Team> = {
  name: 'teams',
  kinds: ['team'],
  parallel: 'many',
  plan: (team, state, context) => {
    const unknown = withoutId(team);
    if (unknown) return unknown;
    const owner = customerOf(team, context);
    if (state.status === 'written' && !lacksOwner(state, owner.id)) return SETTLED;
    const naming = nameFor(team, state, context, 'team');
    if (!naming.ok) return naming.plan;
    const limits = planLimits(team.limits, {
      maxBudgetPeriod: context.settings.maxBudgetPeriod,
      member: 'both',
      zeroBudget: 'tiny',
    });
    const findings = [...team.notes, ...naming.findings, ...limits.findings, ...notCarried(team, limits.zero)];
    if (limits.error !== null)
      return fail('limit_unreadable', limits.error, 'Correct it in LiteLLM and run again.', findings);
    if (owner.missing && context.settings.requireOwner) return wait('owner', owner.missing.message, findings);
    if (state.status === 'written' && owner.id !== null) return linked(team, state, owner.id, findings);
    const created = {
      action: 'create',
      kind: 'team',
      name: naming.name,
      label: `team "${team.id}" -> team "${naming.name}" (customer=${owner.id !== null})`,
      path: '/api/governance/teams',
      body: { name: naming.name, ...(owner.id !== null && { customer_id: owner.id }), ...limits.body },
      adopt: adoptOrRefuse(context, 'team'),
    } as const;
    return write([created], created, findings, owner.missing ? [owner.missing] : []);
  },
};

function customerOf(
  team: Team,
  context: PlanContext,
): { readonly id: string | null; readonly missing: Missing | null } {
  if (team.organizationId === null) return { id: null, missing: null };
  const organization = context.record('organization', team.organizationId);
  if (organization?.status === 'written' && organization.bifrostId !== null)
    return { id: organization.bifrostId, missing: null };
  const why = organization ? 'is not on Bifrost' : 'could not be read from LiteLLM';
  return { id: null, missing: { what: 'owner', message: `its organization ${team.organizationId} ${why}` } };
}

function lacksOwner(state: RecordState, customerId: string | null): boolean {
  return customerId !== null && state.missing.some((m) => m.what === 'owner');
}

/** A team written without its customer gets it now; Bifrost can attach an unlinked team, never move one (B§5.4). */
function linked(team: Team, state: RecordState, customerId: string, findings: readonly Finding[]): Plan {
  if (state.bifrostId === null || state.bifrostName === null) return SETTLED;
  const update: UpdateWrite = {
    action: 'update',
    kind: 'team',
    name: state.bifrostName,
    label: `team "${team.id}" -> customer ${customerId}`,
    path: `/api/governance/teams/${encodeURIComponent(state.bifrostId)}`,
    id: state.bifrostId,
    body: (current) =>
      current.kind === 'team' && current.customerId === null ? { name: current.name, customer_id: customerId } : null,
  };
  return write([update], update, findings);
}

function notCarried(team: Team, zero: readonly string[]): Finding[] {
  const found: Finding[] = [];
  if (!team.alias?.trim())
    found.push(finding('change', 'name_from_id', 'team_alias', 'it has no alias; its id is the name'));
  if (team.models.length > 0)
    found.push(
      finding(
        'change',
        'models_folded',
        'models',
        'teams have no model list on Bifrost; it is folded into the virtual keys',
      ),
    );
  if (Object.keys(team.modelAliases).length > 0)
    found.push(
      finding(
        'change',
        'aliases_folded',
        'model_aliases',
        'its aliases live on provider keys that only its virtual keys name',
      ),
    );
  if (team.accessGroupIds.length > 0)
    found.push(
      finding('change', 'models_folded', 'access_group_ids', 'access groups are resolved into the virtual keys'),
    );
  if (team.blocked)
    found.push(
      finding(
        'change',
        'team_blocked',
        'blocked',
        'teams cannot be blocked on Bifrost; its virtual keys are created inactive',
      ),
    );
  if (zero.length > 0)
    found.push(
      finding(
        'change',
        'zero_limit_blocks',
        zero.join(', '),
        `${zero.join(', ')} of 0 or less blocks in LiteLLM; its virtual keys are created inactive`,
      ),
    );
  if (Object.keys(team.limits.modelMaxBudget).length > 0)
    found.push(
      finding('loss', 'model_budget_not_carried', 'model_max_budget', 'budgets per model of a team are not carried'),
    );
  for (const member of ['model_rpm_limit', 'model_tpm_limit']) {
    if (member in team.metadata)
      found.push(
        finding('loss', `${member}_not_carried`, `metadata.${member}`, 'limits per model of a team are not carried'),
      );
  }
  found.push(
    ...fieldsNotCarried(team.rest),
    ...metadataNotCarried(team.metadata, ['model_rpm_limit', 'model_tpm_limit']),
  );
  return found;
}
