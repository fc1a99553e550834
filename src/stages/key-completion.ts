import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';
import { providerConfigs, type AllowList, type Refused } from '../mapping/allow-list.js';
import type { VirtualKey } from '../sources/records.js';
import type { Body, ProviderConfigObject, VirtualKeyObject } from '../target/objects.js';
import type { KeyAccess } from './key-access.js';
import { describe } from './key-description.js';
import type { KeyModelLimits } from './key-model-limits.js';
import { plannedRights } from './key-rights.js';
import type { KeySubject } from './key-subject.js';
import type { CreateWrite, Missing, Plan, PlanContext, RecordState, UpdateWrite } from './plan.js';
import { adoptionFindings, nameFor, SETTLED, write } from './shared.js';

/** R2, R5: a written key gets what it still lacks, and an unrestricted one what came since. Nothing else is touched. */
export function completed(
  key: VirtualKey,
  state: RecordState,
  subject: KeySubject,
  access: KeyAccess,
  context: PlanContext,
): Plan {
  const { bifrostId, bifrostName } = state;
  if (bifrostId === null || bifrostName === null) return SETTLED;
  // Changed in LiteLLM since: reported, not followed. A limit that was due when the run was cut short is due all the same.
  if (state.drifted && state.detail[MODEL_LIMITS] !== false) return SETTLED;
  const lacks = (what: Missing['what']): boolean => !state.drifted && state.missing.some((m) => m.what === what);
  const lacksOwner = lacks('owner');
  const lacksEntries = lacks('allow_list');
  const { owner, perModel, refused, refusedBy, answered, findings } = describe(key, subject, access, context);
  const grant = fingerprintOf(access.list);
  const widen = (lacksEntries || (access.grant.unrestricted && !state.drifted)) && state.detail['grant'] !== grant;
  const link = lacksOwner && owner.missing === null;
  const limits =
    state.detail[MODEL_LIMITS] === true
      ? []
      : modelLimitWrites(bifrostId, bifrostName, perModel, state.origin === 'adopted');
  if (!widen && !link && limits.length === 0) return SETTLED;
  const what = [link ? `owner=${owner.label}` : '', widen ? `providers=${access.list.entries.length}` : ''];
  const update: UpdateWrite = {
    action: 'update',
    kind: 'virtual_key',
    name: bifrostName,
    label: `vkey "${bifrostName}" (${what.filter(Boolean).join(', ')})`,
    path: `/api/governance/virtual-keys/${encodeURIComponent(bifrostId)}`,
    id: bifrostId,
    body: (current) =>
      current.kind === 'virtual_key'
        ? completion(current, link ? owner.body : null, widen ? { ...access.list, entries } : null, context)
        : null,
  };
  const missing = [...(owner.missing ? [owner.missing] : []), ...missingList(access.list)];
  const entries = without(access.list.entries, refused);
  const rights = widen
    ? plannedRights(access, { names: refused, code: refusedBy, answered, entries }, context)
    : undefined;
  const detail: JsonObject = {
    ...state.detail,
    ...(rights && { rights: rights.id }),
    grant: widen ? grant : (state.detail['grant'] ?? grant),
    ...(limits.length > 0 && { [MODEL_LIMITS]: true }),
  };
  const naming = nameFor(key, state, context, 'virtual key');
  const plan = write(
    [...(widen || link ? [update] : []), ...limits],
    update,
    [...(naming.ok ? naming.findings : []), ...findings],
    missing,
    detail,
  );
  return plan.outcome === 'write' && rights !== undefined ? { ...plan, rights } : plan;
}

/** In the record's memory: its model configs are written (true), or to be written when the key is (false). */
const MODEL_LIMITS = 'modelLimits';

export const LIMITS_DUE: JsonObject = { [MODEL_LIMITS]: false };

/** A key made by this journal has no others than the journal knows; an adopted one may have them already. */
function modelLimitWrites(vkId: string, vkName: string, plan: KeyModelLimits, adopted: boolean): CreateWrite[] {
  return plan.limits.map(({ model, body }) => ({
    action: 'create',
    kind: 'model_config',
    name: `virtual_key/${vkId}/*/${model}`,
    label: `model config of vkey "${vkName}" model="${model}"`,
    path: '/api/governance/model-configs',
    ...(adopted && { unlisted: true as const }),
    body: { model_name: model, scope: 'virtual_key', scope_id: vkId, ...body },
    adopt: (existing, differences) => ({
      verdict: 'adopt',
      findings: adoptionFindings('model config', existing.name, differences),
    }),
  }));
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

export function missingList(list: AllowList): Missing[] {
  if (list.missing.length === 0) return [];
  const names =
    list.missing.slice(0, 12).join(', ') + (list.missing.length > 12 ? ` and ${list.missing.length - 12} more` : '');
  return [{ what: 'allow_list', message: `left out until their provider keys are on Bifrost: ${names}` }];
}

/** Changes when, and only when, the entries do. */
export function fingerprintOf(list: AllowList): string {
  return createHash('sha256').update(JSON.stringify(list.entries)).digest('hex').slice(0, 32);
}

/** Entries without these names; never more than before. */
export function without(entries: AllowList['entries'], names: readonly Refused[]): AllowList['entries'] {
  if (names.length === 0) return entries;
  const isRefused = (provider: string, model: string): boolean =>
    names.some((name) =>
      typeof name === 'string' ? name === model : name.provider === provider && name.model === model,
    );
  return entries
    .map((e) => ({ ...e, allowedModels: e.allowedModels.filter((name) => !isRefused(e.provider, name)) }))
    .filter((e) => e.allowedModels.length > 0);
}
