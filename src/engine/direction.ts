import { isObject } from '../json.js';
import type { Body, Difference, ObjectKind, TargetObject, VirtualKeyObject } from '../target/objects.js';

/**
 * What a difference means for those who call: `wider` opens or lets spend more than planned, `narrower` less, `changed` is
 * neither or cannot be told.
 */
export type Direction = 'wider' | 'narrower' | 'changed';

/** Pure. Reads lists from body and object, because a difference shows long ones cut short. */
export function directionOf(kind: ObjectKind, body: Body, found: TargetObject, difference: Difference): Direction {
  const { field, wanted, found: shown } = difference;
  if (/(^|\.)budgets$/.test(field)) return ofBudgets(wanted, shown);
  if (/_max_limit$/.test(field)) return ofMaximum(wanted, shown);
  if (field === 'is_active' || field === 'enabled') return shown === 'true' ? 'wider' : 'narrower';
  // An owner's budget binds besides the key's own.
  if (field === 'team_id' || field === 'customer_id') return ofBinding(wanted, shown);
  if (kind === 'virtual_key' && found.kind === 'virtual_key') return ofEntry(body, found, difference);
  if (found.kind !== 'provider_key') return 'changed';
  if (field === 'models') return ofList(strings(body['models']), found.models);
  if (field === 'blacklisted_models') return ofList(found.blacklistedModels ?? [], strings(body[field]));
  return 'changed';
}

function ofEntry(body: Body, found: VirtualKeyObject, { field, wanted, found: shown }: Difference): Direction {
  const [, place, member] = /^provider_configs\[(.+)\](?:\.(\w+))?$/.exec(field) ?? [];
  if (place === undefined) return 'changed';
  if (member === undefined) return wanted === 'none' ? 'wider' : shown === 'none' ? 'narrower' : 'changed';
  const [provider = '', nth = '1'] = place.split('#');
  const entries = Array.isArray(body['provider_configs']) ? body['provider_configs'] : [];
  const asked: unknown = entries.filter((entry) => isObject(entry) && entry['provider'] === provider)[Number(nth) - 1];
  const there = found.providerConfigs.filter((config) => config.provider === provider)[Number(nth) - 1];
  if (!isObject(asked) || there === undefined) return 'changed';
  if (member === 'allowed_models') return ofList(strings(asked[member]), there.allowedModels);
  if (member === 'blacklisted_models') return ofList(there.blacklistedModels ?? [], strings(asked[member]));
  if (member === 'key_ids') return ofList(strings(asked[member]), there.keyIds === '*' ? ['*'] : there.keyIds);
  return 'changed';
}

/** `*` holds everything. One more name is wider, whatever is missing besides. */
function ofList(wanted: readonly string[], found: readonly string[]): Direction {
  const lacks = (list: readonly string[], item: string): boolean => !list.includes('*') && !list.includes(item);
  if (found.some((item) => lacks(wanted, item))) return 'wider';
  return wanted.some((item) => lacks(found, item)) ? 'narrower' : 'changed';
}

function ofBinding(wanted: string, found: string): Direction {
  if (found === 'none') return 'wider';
  return wanted === 'none' ? 'narrower' : 'changed';
}

function ofMaximum(wanted: string, found: string): Direction {
  if (wanted === 'none' || found === 'none') return ofBinding(wanted, found);
  return Number(found) > Number(wanted) ? 'wider' : 'narrower';
}

/** `10 per 1d, 100 per 30d`: a window whose budget is gone or higher lets more through. */
function ofBudgets(wanted: string, found: string): Direction {
  const [asked, there] = [budgetsIn(wanted), budgetsIn(found)];
  const more = [...asked].some(([window, limit]) => (there.get(window) ?? Infinity) > limit);
  // Another window with a limit of its own may be stricter or not.
  const other = [...there.keys()].some((window) => !asked.has(window));
  if (more) return other ? 'changed' : 'wider';
  return 'narrower';
}

function budgetsIn(text: string): ReadonlyMap<string, number> {
  if (text === 'none') return new Map();
  return new Map(
    text.split(', ').map((budget): [string, number] => {
      const [limit = '', window = ''] = budget.split(' per ');
      return [window, Number(limit)];
    }),
  );
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
