import { createHash } from 'node:crypto';
import { finding, type Finding } from '../findings.js';
import { providerConfigs, type AllowList } from '../mapping/allow-list.js';
import { planKeyLimits, type KeyLimitPlan } from '../mapping/key-limits.js';
import { fieldsNotCarried, metadataNotCarried } from '../mapping/not-carried.js';
import { managementOnly, opensAllInference } from '../mapping/routes-of-keys.js';
import type { VirtualKey } from '../sources/records.js';
import type { Body, Difference, ProviderConfigObject, TargetObject, VirtualKeyObject } from '../target/objects.js';
import { allowListOf, type KeyAccess } from './key-access.js';
import type { Adoption, CreateWrite, Missing, Plan, PlanContext, RecordState, Stage, UpdateWrite } from './plan.js';
import { adoptionFindings, fail, nameFor, SETTLED, skip, wait, write } from './shared.js';
import { subjectOf, type KeySubject } from './key-subject.js';

/** Virtual keys → virtual keys (mapping.md V1–V11, R2, R5). */
export const virtualKeys: Stage<VirtualKey> = {
  name: 'virtual-keys',
  kinds: ['virtual_key'],
  parallel: 'many',
  plan: (key, state, context) => {
    const skipped = notCarriedAtAll(key, context);
    if (skipped && state.status !== 'written') return skipped;
    const subject = subjectOf(key, context);
    const access = allowListOf(subject, context);
    if (state.status === 'written') return completed(state, subject, access, context);
    return created(key, state, subject, access, context);
  },
};

/** V1: what is no inference key of a person or a program. */
function notCarriedAtAll(key: VirtualKey, context: PlanContext): Plan | null {
  if (key.teamId === 'litellm-dashboard')
    return skip('dashboard_session', 'a dashboard login of LiteLLM, not a key of a caller');
  if (managementOnly(key.allowedRoutes)) {
    return skip(
      'not_an_inference_key',
      `it may only call management routes (${key.allowedRoutes.join(', ')}), which virtual keys cannot`,
      key.notes,
    );
  }
  if (expired(key, context.now) && context.settings.expired === 'skip') {
    return skip(
      'expired',
      `it expired on ${key.expires?.slice(0, 10)}; --expired inactive creates it inactive`,
      key.notes,
    );
  }
  return null;
}

function expired(key: VirtualKey, now: number): boolean {
  return key.expires !== null && Date.parse(key.expires) < now;
}

function created(
  key: VirtualKey,
  state: RecordState,
  subject: KeySubject,
  access: KeyAccess,
  context: PlanContext,
): Plan {
  const { settings } = context;
  const naming = nameFor(key, state, context, 'virtual key');
  if (!naming.ok) return naming.plan;
  const limits = planKeyLimits(
    subject.limits,
    settings.maxBudgetPeriod,
    context.world.dialect.zeroUserBudgetBlocksAtOnce,
  );
  const owner = ownerOf(key, subject, context);
  const off = inactive(key, subject, limits, context);
  const expiry = expiryOf(key, context);
  const findings = [
    ...key.notes,
    ...naming.findings,
    ...limits.findings,
    ...access.list.findings,
    ...access.grant.findings,
    ...owner.findings,
    ...off,
    ...expiry.findings,
    ...unpriced(subject, limits, access, context),
    ...otherFields(key),
  ];
  if (limits.error !== null)
    return fail('limit_unreadable', limits.error, 'Correct it in LiteLLM and run again.', findings);
  if (owner.missing && settings.requireOwner) return wait('owner', owner.missing.message, findings);
  const body: Body = {
    name: naming.name,
    description: `${marker(key)}`,
    is_active: off.length === 0,
    ...owner.body,
    ...expiry.body,
    ...(limits.budgets.length > 0 && { budgets: limits.budgets }),
    ...(limits.rateLimit && { rate_limit: limits.rateLimit }),
    provider_configs: providerConfigs(access.list.entries),
  };
  const create: CreateWrite = {
    action: 'create',
    kind: 'virtual_key',
    name: naming.name,
    label: `vkey "${naming.name}" (owner=${owner.label}, providers=${access.list.entries.length})`,
    path: '/api/governance/virtual-keys',
    body,
    adopt: (existing, differences) => adoptKey(key, existing, differences),
  };
  const missing = [...(owner.missing ? [owner.missing] : []), ...missingList(access.list)];
  return write([create], create, findings, missing, { grant: fingerprintOf(access.list) });
}

/** Recognises our own object later, whatever it is called then (V2). */
export function marker(key: VirtualKey): string {
  return `LiteLLM key ${key.id.slice(0, 16)}`;
}

/** A key of that name that is not ours may open other models to whoever holds it: adopted only when nothing differs. */
function adoptKey(key: VirtualKey, existing: TargetObject, differences: readonly Difference[]): Adoption {
  const ours = existing.kind === 'virtual_key' && existing.description.includes(marker(key));
  const relevant = differences.filter((d) => d.field !== 'description');
  if (ours || relevant.length === 0)
    return { verdict: 'adopt', findings: adoptionFindings('virtual key', existing.name, relevant) };
  return {
    verdict: 'conflict',
    message: `a virtual key named "${existing.name}" is on Bifrost and is not this one (${relevant.map((d) => d.field).join(', ')} differ)`,
    nextStep: 'Rename one of the two, then run again.',
  };
}

type Owner = {
  readonly body: Body;
  readonly label: string;
  readonly missing: Missing | null;
  readonly findings: readonly Finding[];
};

/** V3: the team, else the organization, by the ids in the journal; never both. */
function ownerOf(key: VirtualKey, subject: KeySubject, context: PlanContext): Owner {
  if (key.teamId !== null) {
    if (subject.subject.teamMissing) {
      const lost = finding(
        'change',
        'team_missing',
        'team_id',
        `LiteLLM has no team ${key.teamId}; the key has no owner`,
      );
      return { body: {}, label: 'none', missing: null, findings: [lost] };
    }
    const team = context.record('team', key.teamId);
    if (team?.status === 'written' && team.bifrostId !== null) {
      return {
        body: { team_id: team.bifrostId },
        label: `team:${team.bifrostName ?? key.teamId}`,
        missing: null,
        findings: [],
      };
    }
    return unlinked(`its team ${key.teamId} is not on Bifrost`);
  }
  if (key.organizationId === null) return { body: {}, label: 'none', missing: null, findings: [] };
  const organization = context.record('organization', key.organizationId);
  if (organization?.status === 'written' && organization.bifrostId !== null) {
    return {
      body: { customer_id: organization.bifrostId },
      label: `customer:${organization.bifrostName ?? key.organizationId}`,
      missing: null,
      findings: [],
    };
  }
  return unlinked(
    `its organization ${key.organizationId} ${organization ? 'is not on Bifrost' : 'could not be read from LiteLLM'}`,
  );
}

function unlinked(why: string): Owner {
  return {
    body: {},
    label: 'none',
    missing: { what: 'owner', message: why },
    findings: [
      finding(
        'loss',
        'unlinked',
        'team_id',
        `${why}: created without owner, whose limits do not bind it until a later run links it`,
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
    because('zero_limit_blocks', zero.join(', '), `${zero.join(', ')} of 0 blocks it in LiteLLM`);
  return off;
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

/** Budgets do not fill where Bifrost knows no price (M22, P§2.11). */
function unpriced(subject: KeySubject, limits: KeyLimitPlan, access: KeyAccess, context: PlanContext): Finding[] {
  const { team, organization } = subject.subject;
  const bound = limits.budgets.length > 0 || team?.limits.maxBudget != null || organization?.limits.maxBudget != null;
  if (!bound || access.unpriced.length === 0) return [];
  const shown =
    access.unpriced.slice(0, 12).join(', ') +
    (access.unpriced.length > 12 ? ` and ${access.unpriced.length - 12} more` : '');
  return [
    finding(
      'loss',
      'budget_without_price',
      'max_budget',
      `Bifrost knows no price for ${shown}, so calls of these do not count against the budget (${context.world.dialect.version ?? 'LiteLLM'} counts them)`,
    ),
  ];
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

function missingList(list: AllowList): Missing[] {
  if (list.missing.length === 0) return [];
  const names =
    list.missing.slice(0, 12).join(', ') + (list.missing.length > 12 ? ` and ${list.missing.length - 12} more` : '');
  return [{ what: 'allow_list', message: `left out until their provider keys are on Bifrost: ${names}` }];
}

/** Changes when, and only when, the entries do. */
function fingerprintOf(list: AllowList): string {
  return createHash('sha256').update(JSON.stringify(list.entries)).digest('hex').slice(0, 32);
}

/** R2, R5: a written key gets what it still lacks, and an unrestricted one what came since. Nothing else is touched. */
function completed(state: RecordState, subject: KeySubject, access: KeyAccess, context: PlanContext): Plan {
  if (state.bifrostId === null || state.bifrostName === null || state.drifted) return SETTLED;
  const lacksOwner = state.missing.some((m) => m.what === 'owner');
  const lacksEntries = state.missing.some((m) => m.what === 'allow_list');
  const owner = lacksOwner ? ownerOf(subject.subject.key, subject, context) : null;
  const grant = fingerprintOf(access.list);
  const widen = (lacksEntries || access.grant.unrestricted) && state.detail['grant'] !== grant;
  const link = owner !== null && owner.missing === null;
  if (!widen && !link) return SETTLED;
  const update: UpdateWrite = {
    action: 'update',
    kind: 'virtual_key',
    name: state.bifrostName,
    label: `vkey "${state.bifrostName}" (${[link ? `owner=${owner.label}` : '', widen ? `providers=${access.list.entries.length}` : ''].filter(Boolean).join(', ')})`,
    path: `/api/governance/virtual-keys/${encodeURIComponent(state.bifrostId)}`,
    id: state.bifrostId,
    body: (current) =>
      current.kind === 'virtual_key'
        ? completion(current, link ? owner.body : null, widen ? access.list : null, context)
        : null,
  };
  const missing = [
    ...(lacksOwner && !link ? state.missing.filter((m) => m.what === 'owner') : []),
    ...missingList(access.list),
  ];
  return write([update], update, [], missing, {
    ...state.detail,
    grant: widen ? grant : (state.detail['grant'] ?? grant),
  });
}

/** The PUT: rows that are there keep their ids, lists only grow (B§5.5: rows not mentioned would be deleted). */
function completion(
  current: VirtualKeyObject,
  owner: Body | null,
  list: AllowList | null,
  context: PlanContext,
): Body | null {
  const linkable = owner !== null && current.teamId === null && current.customerId === null;
  const grown = list === null ? null : grow(current.providerConfigs, list);
  if (!linkable && grown === null) return null;
  // Up to 1.5.5 a PUT without owner members clears the owner (B§5.5).
  const kept: Body =
    current.teamId !== null
      ? { team_id: current.teamId }
      : current.customerId !== null
        ? { customer_id: current.customerId }
        : {};
  return {
    ...(linkable ? owner : context.capabilities.putClearsOmittedOwner ? kept : {}),
    ...(grown !== null && { provider_configs: grown }),
  };
}

/** null = everything is there already. */
function grow(rows: readonly ProviderConfigObject[], list: AllowList): readonly Body[] | null {
  let changed = false;
  const merged: Body[] = rows.map((row) => {
    const entry = list.entries.find((e) => e.provider === row.provider);
    const models = entry ? union(row.allowedModels, entry.allowedModels) : row.allowedModels;
    const keys = row.keyIds === '*' ? ['*'] : entry ? union(row.keyIds, entry.keyIds) : row.keyIds;
    changed ||= models.length !== row.allowedModels.length || (row.keyIds !== '*' && keys.length !== row.keyIds.length);
    return {
      ...(row.id !== null && { id: row.id }),
      provider: row.provider,
      weight: row.weight,
      allowed_models: models,
      key_ids: keys,
    };
  });
  const present = new Set(rows.map((r) => r.provider));
  const added = list.entries.filter((e) => !present.has(e.provider));
  return changed || added.length > 0 ? [...merged, ...providerConfigs(added)] : null;
}

/** `*` stands alone in Bifrost's lists (B§5.5). */
function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return a.includes('*') || b.includes('*') ? (a.includes('*') ? a : ['*']) : [...new Set([...a, ...b])].sort();
}
