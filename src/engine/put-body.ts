import { isObject } from '../json.js';
import type { Body, BodyValue, ObjectKind, TargetObject, VirtualKeyObject } from '../target/objects.js';
import type { Capabilities } from '../target/target.js';

/** Kinds whose PUT replaces the whole object (B§4.4, §5.7, §5.8); the others keep what is left out. */
const REPLACED: ReadonlySet<ObjectKind> = new Set(['provider_key', 'routing_rule', 'pricing_override']);

export function isReplacedWhole(kind: ObjectKind): boolean {
  return REPLACED.has(kind);
}

/** `rate_limit.token_max_limit` and `provider_configs[openai].weight` belong to `rate_limit` and `provider_configs`. */
export function memberOf(field: string): string {
  const [member = field] = field.split(/[.[]/);
  return member === 'customer_id' || member === 'team_id' ? OWNER : member;
}

/** Both members that say whom something belongs to: setting one clears the other (B§5.5). */
export const OWNER = 'owner';

/** The PUT that makes these members of an object what a plan asks for, and leaves the others as they are. */
export function putBody(
  wanted: Body,
  members: ReadonlySet<string>,
  current: TargetObject,
  capabilities: Pick<Capabilities, 'putClearsOmittedOwner'>,
): Body {
  if (isReplacedWhole(current.kind)) return wanted;
  const parts = [...members].map((member) => partOf(member, wanted, current));
  const keepsOwner = current.kind === 'virtual_key' && capabilities.putClearsOmittedOwner && !members.has(OWNER);
  return Object.assign({}, keepsOwner ? ownerOf(current) : {}, ...parts) as Body;
}

function partOf(member: string, wanted: Body, current: TargetObject): Body {
  switch (member) {
    case OWNER:
      return newOwner(wanted, current);
    case 'budgets':
      return newBudgets(wanted);
    case 'rate_limit':
      return {
        rate_limit: { ...NO_RATE_LIMIT, ...bodyIn(wanted['rate_limit']) },
      };
    case 'provider_configs':
      return { provider_configs: withRowIds(wanted['provider_configs'], current) };
    default:
      return { [member]: wanted[member] ?? null };
  }
}

function bodyIn(value: BodyValue | undefined): Body {
  return isObject(value) ? value : {};
}

/** Budgets of a version that takes one or several are in the plan under the names it takes (B§10.4). */
function newBudgets({ budget, budgets }: Body): Body {
  if (budget === undefined && budgets === undefined) return { budgets: [] };
  return { ...(budget !== undefined && { budget }), ...(budgets !== undefined && { budgets }) };
}

/** Both maxima null = no limit (B§5.5). */
const NO_RATE_LIMIT: Body = {
  token_max_limit: null,
  token_reset_duration: null,
  request_max_limit: null,
  request_reset_duration: null,
};

function newOwner({ team_id: team, customer_id: customer }: Body, current: TargetObject): Body {
  if (team !== undefined) return { team_id: team };
  if (customer !== undefined) return { customer_id: customer };
  return current.kind === 'virtual_key' && current.customerId !== null ? { customer_id: null } : { team_id: null };
}

function ownerOf({ teamId, customerId }: VirtualKeyObject): Body {
  if (teamId !== null) return { team_id: teamId };
  return customerId === null ? {} : { customer_id: customerId };
}

/** Entries that are there keep their rows, and with them their usage; rows that are not named are deleted (B§5.5). */
function withRowIds(entries: BodyValue | undefined, current: TargetObject): readonly Body[] {
  const rows = current.kind === 'virtual_key' ? [...current.providerConfigs] : [];
  const asked = Array.isArray(entries) ? (entries as readonly Body[]) : [];
  return asked.map((entry) => {
    const at = rows.findIndex(({ provider }) => provider === entry['provider']);
    const [row] = at < 0 ? [] : rows.splice(at, 1);
    return row === undefined || row.id === null ? entry : { id: row.id, ...entry };
  });
}
