import { describe, expect, it } from 'vitest';
import type { Item } from '../memory-litellm.js';
import { findingsOf } from '../observation.js';
import { apiRowsOf, apiWorld, LISTS, MEMBERS, type ListName, type Members } from './api-world.js';
import { labelOf, SCHEMAS } from './database-world.js';
import { baselineOf } from './experiment.js';
import { trialsOf } from './trials.js';
import { complaintsAbout, type Field } from './verdicts.js';

const COLUMNS = Object.assign({}, ...Object.values(SCHEMAS['1.109.1'] ?? {})) as { readonly [column: string]: string };

describe.each(Object.keys(MEMBERS))('the management API of LiteLLM %s', (version) => {
  const lists = (Object.keys(LISTS) as ListName[]).filter((list) => isRead(version, list));

  it.each(lists)('%s: every member is mapped, named in a finding, or ignored for a reason', async (list) => {
    const complaints: string[] = [];
    const unchanged = await baselineOf(apiWorld(version, { list, row: 0, members: {} }));
    for (const [member, type] of changed(MEMBERS[version]?.[list] ?? {}, version, list))
      complaints.push(...(await complaintsAbout(fieldOf(version, list, member, type), unchanged)));
    expect(complaints).toEqual([]);
  });

  it('credentials: a deployment that uses a masked one is skipped, and its finding or reason names the database', async () => {
    const members = { 'litellm_params.litellm_credential_name': 'db-credential' };
    const { observation } = await baselineOf(apiWorld(version, { list: 'model_info', row: 1, members }));
    const found = observation.records.find(({ record }) => record.id === 'model-1');
    expect(found?.plan).toMatchObject({ outcome: 'skipped', reason: 'needs_database' });
  });

  it('what no list tells is said once', async () => {
    const { observation } = await baselineOf(apiWorld(version));
    expect(findingsOf(observation).map(({ code }) => code)).toContain('api_cannot_tell');
  });
});

/** 1.106.2 decides as 1.109.1 does: of its members only those are tried that are not the same there. */
function changed(members: Members, version: string, list: ListName): [string, string][] {
  const newer = version === '1.106.2' ? MEMBERS['1.109.1']?.[list] : undefined;
  return Object.entries(members).filter(([member, type]) => newer?.[member] !== type);
}

/** 1.81.13 is asked for its unpaged teams, and has them with their members. */
function isRead(version: string, list: ListName): boolean {
  if (MEMBERS[version]?.[list] === undefined) return false;
  return version !== '1.81.13' || (list !== 'v2_team_list' && list !== 'team_memberships');
}

function fieldOf(version: string, list: ListName, member: string, recorded: string): Field {
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
