import { describe, expect, it } from 'vitest';
import { findingsOf } from '../observation.js';
import { apiField, isRead } from './api-fields.js';
import { apiWorld, LISTS, MEMBERS, type ListName, type Members } from './api-world.js';
import { baselineOf } from './experiment.js';
import { complaintsAbout } from './verdicts.js';

describe.each(Object.keys(MEMBERS))('the management API of LiteLLM %s', (version) => {
  const lists = (Object.keys(LISTS) as ListName[]).filter((list) => isRead(version, list));

  it.each(lists)('%s: every member is mapped, named in a finding, or ignored for a reason', async (list) => {
    const complaints: string[] = [];
    const unchanged = await baselineOf(apiWorld(version, { list, row: 0, members: {} }));
    for (const [member, type] of changed(MEMBERS[version]?.[list] ?? {}, version, list))
      complaints.push(...(await complaintsAbout(apiField(version, list, member, type), unchanged)));
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
