import { isObject } from '../json.js';
import type { Missing } from '../stages/plan.js';
import type { Body, BodyValue, ObjectKind } from '../target/objects.js';

/** Is an object of this kind and id one that was deleted on Bifrost since a run wrote it? */
export type IsGone = (kind: ObjectKind, id: string) => boolean;

/**
 * A body without what Bifrost takes out by itself when what it refers to is deleted: owners are unlinked, keys leave the lists
 * of virtual keys, providers take their entries along (B§5.9).
 */
export function withoutLinks(body: Body, isGone: IsGone): Body {
  const { team_id: team, customer_id: customer, provider_configs: configs, ...rest } = body;
  return {
    ...rest,
    ...(isId(team) && !isGone('team', team) && { team_id: team }),
    ...(isId(customer) && !isGone('customer', customer) && { customer_id: customer }),
    ...(Array.isArray(configs) && { provider_configs: entriesLeft(configs as readonly BodyValue[], isGone) }),
  };
}

/** Is this member one that refers to other objects, or part of one? */
export function isLink(field: string): boolean {
  return /^(team_id|customer_id|provider_configs)\b/.test(field);
}

/** What an object lacks because of deletions; empty = every object that its body refers to is there. */
export function lostLinks(body: Body, isGone: IsGone): readonly Missing[] {
  const { team_id: team, customer_id: customer, provider_configs: configs } = body;
  const owner = (isId(team) && isGone('team', team)) || (isId(customer) && isGone('customer', customer));
  const entries = Array.isArray(configs) ? (configs as readonly BodyValue[]) : [];
  const access = entries.some((entry) => isObject(entry) && loses(entry, isGone));
  return [
    ...(owner ? [{ what: 'owner', message: 'its owner was deleted on Bifrost' } as const] : []),
    ...(access
      ? [{ what: 'allow_list', message: 'providers or provider keys it uses were deleted on Bifrost' } as const]
      : []),
  ];
}

function entriesLeft(entries: readonly BodyValue[], isGone: IsGone): readonly BodyValue[] {
  return entries.flatMap((entry): readonly BodyValue[] => {
    if (!isObject(entry) || providerGone(entry, isGone)) return isObject(entry) ? [] : [entry];
    return [{ ...(entry as Body), key_ids: keysOf(entry).filter((id) => !isGone('provider_key', id)) }];
  });
}

function loses(entry: { readonly [member: string]: unknown }, isGone: IsGone): boolean {
  return providerGone(entry, isGone) || keysOf(entry).some((id) => isGone('provider_key', id));
}

function providerGone({ provider }: { readonly [member: string]: unknown }, isGone: IsGone): boolean {
  return typeof provider === 'string' && isGone('provider', provider);
}

function keysOf({ key_ids: ids }: { readonly [member: string]: unknown }): readonly string[] {
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
}

function isId(value: BodyValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
