import { finding, type Finding, type Severity } from '../findings.js';
import { isObject, type Json, type JsonObject } from '../json.js';

/** Source fields that have no place on Bifrost, each with its sentence (mapping.md M21, G7, U4, V11). Unknown ones are named too. */
export const FIELDS: { readonly [field: string]: readonly [Severity, string] } = {
  spend: ['notice', 'spend so far is not carried: counters start at 0 on Bifrost'],
  total_spend: ['notice', 'spend so far is not carried: counters start at 0 on Bifrost'],
  model_spend: ['notice', 'spend per model is not carried'],
  budget_reset_at: ['notice', 'the window starts anew on Bifrost'],
  metadata: ['notice', 'metadata is not carried'],
  tags: ['loss', 'tags are not carried'],
  guardrails: ['loss', 'guardrails are not carried: requests are no longer checked by them'],
  policies: ['loss', 'policies are not carried'],
  prompts: ['loss', 'managed prompts are not carried'],
  logging: ['loss', 'logging callbacks are not carried'],
  permissions: ['notice', 'LiteLLM permissions have no meaning on Bifrost'],
  object_permission: ['loss', 'object permissions (MCP servers, vector stores, agents) are not carried'],
  object_permission_id: ['loss', 'object permissions (MCP servers, vector stores, agents) are not carried'],
  allowed_cache_controls: ['loss', 'cache controls are not carried'],
  router_settings: ['loss', 'router settings of its own are not carried'],
  budget_limits: ['loss', 'budget windows in budget_limits are not carried: LiteLLM enforces them, Bifrost will not'],
  budget_fallbacks: ['loss', 'budget fallbacks are not carried'],
  tpd_limit: ['loss', 'a limit of tokens per day is not carried'],
  rotation_count: ['notice', 'key rotation is not carried'],
  auto_rotate: ['loss', 'automatic rotation is not carried'],
  rotation_interval: ['loss', 'automatic rotation is not carried'],
  last_rotation_at: ['notice', 'key rotation is not carried'],
  key_rotation_at: ['loss', 'automatic rotation is not carried'],
  user_role: ['change', 'roles are not carried'],
  sso_user_id: ['change', 'the link to single sign-on is not carried'],
  allow_team_guardrail_config: ['notice', 'guardrail settings are not carried'],
  team_member_permissions: ['change', 'permissions of team members are not carried'],
  default_team_member_models: ['change', 'model defaults for new members are not carried'],
  agent_id: ['loss', 'the link to an agent is not carried'],
  key_type: ['notice', 'the key type is not carried; its routes are'],
  last_active: ['notice', 'usage times are not carried'],
  soft_budget_cooldown: ['notice', 'the pause between budget alerts is not carried'],
  admins: ['notice', 'a list of early versions; members_with_roles is carried'],
  members: ['notice', 'a list of early versions; members_with_roles is carried'],
  password_reset_required: ['notice', 'dashboard passwords are not carried'],
  organization_memberships: ['loss', 'roles in organizations are not carried'],
};

/** Objects of which the members count, not the object. */
const NAMED_INSIDE = new Set(['object_permission', 'router_settings', 'permissions']);

/** `: a, b`, the members that say something; empty when none does. */
function memberNames(value: Json | undefined): string {
  const names = Object.entries(isObject(value) ? value : {})
    .filter(([, member]) => !(member === null || (Array.isArray(member) && member.length === 0)))
    .map(([name]) => name)
    .sort();
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

/** Fields may be called `constructor`: only what the table says itself counts. */
function knownField(field: string): readonly [Severity, string] | undefined {
  return Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
}

/** One finding per field that says something. `skip` = fields a stage has dealt with. */
export function fieldsNotCarried(rest: JsonObject, skip: readonly string[] = []): Finding[] {
  return Object.keys(rest)
    .filter((field) => !skip.includes(field))
    .sort()
    .map((field) => {
      const known = knownField(field);
      const members = NAMED_INSIDE.has(field) ? memberNames(rest[field]) : '';
      return known
        ? finding(known[0], `${field}_not_carried`, field, known[1] + members)
        : finding('loss', 'field_not_carried', field, `${field} has no place on Bifrost`);
    });
}

/** Members of `metadata`, where LiteLLM keeps settings too (L§4.16). `handled` = members with a rule of their own. */
export function metadataNotCarried(metadata: JsonObject, handled: readonly string[] = []): Finding[] {
  const names = Object.keys(metadata).filter((name) => !handled.includes(name));
  const enforced = names.filter((name) => knownField(name) !== undefined && name !== 'metadata');
  const rest = names.filter((name) => !enforced.includes(name)).sort();
  return [
    ...enforced.sort().map((name) => {
      const [severity, sentence] = knownField(name) ?? ['loss', `${name} is not carried`];
      return finding(severity, `${name}_not_carried`, `metadata.${name}`, sentence);
    }),
    ...(rest.length > 0
      ? [finding('notice', 'metadata_not_carried', 'metadata', `metadata not carried: ${rest.join(', ')}`)]
      : []),
  ];
}
