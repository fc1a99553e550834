import type { Item } from '../memory-litellm.js';
import { apiRowsOf, apiWorld, MEMBERS, type ListName } from './api-world.js';
import { labelOf, SCHEMAS } from './database-world.js';
import { trialsOf } from './trials.js';
import type { Field } from './verdicts.js';

const COLUMNS = Object.assign({}, ...Object.values(SCHEMAS['1.109.1'] ?? {})) as { readonly [column: string]: string };

/** 1.81.13 is asked for its unpaged teams, and has them with their members. */
export function isRead(version: string, list: ListName): boolean {
  if (MEMBERS[version]?.[list] === undefined) return false;
  return version !== '1.81.13' || (list !== 'v2_team_list' && list !== 'team_memberships');
}

/** A member of a list's rows, or of what is in them by its path, in every row that something depends on. */
export function apiField(version: string, list: ListName, member: string, recorded: string): Field {
  const name = member.split(/[.[\]]+/).at(-1) ?? member;
  // A member that was null in every recorded row has the type of the column behind it.
  const type = recorded === 'null' ? (COLUMNS[name] ?? 'text') : recorded;
  const parent = member.slice(0, member.length - name.length);
  const uses = apiRowsOf(version, list).map((row, index) => ({
    name: labelOf(row),
    trials: trialsOf(list, member, type, row[member]).map((trial) => ({
      ...trial,
      // A member of an entry of a list is compared with the same entry without it.
      ...(parent.includes('[]') && { with: { [`${parent}user_id`]: name === 'user_email' ? null : 'user-2' } }),
      ...(trial.with !== undefined && { with: prefixed(parent, trial.with) }),
    })),
    world: (members: Item) => apiWorld(version, { list, row: index, members }),
  }));
  return { of: list, field: member, uses };
}

function prefixed(parent: string, members: Item): Item {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [parent + name, value]));
}
