import { expect, test } from 'vitest';
import { changesBetween, readState } from '../live/bifrost-state.js';

const gateway = (virtualKeys: object[]) => async (path: string) => {
  if (path === '/api/providers') return { providers: [{ name: 'p', status: 'unknown' }] };
  if (path === '/api/providers/p/keys') return { keys: [{ id: 'k', value: 'sk-1' }] };
  if (path === '/api/governance/virtual-keys') return { virtual_keys: virtualKeys };
  throw new Error('no such list');
};

test('what changes by itself is no change, anything else is', async () => {
  const before = await readState(gateway([{ id: 'v', team_id: null, updated_at: '1' }]));
  const touched = await readState(gateway([{ id: 'v', team_id: null, updated_at: '2' }]));
  const linked = await readState(gateway([{ id: 'v', team_id: 't' }]));
  const doubled = await readState(gateway([{ id: 'v', team_id: null }, { id: 'w' }]));
  expect(changesBetween(before, touched)).toEqual([]);
  expect(changesBetween(before, linked)).toEqual(['virtual_keys v']);
  expect(changesBetween(before, doubled)).toEqual(['virtual_keys w']);
  expect(changesBetween(before, new Map())).toHaveLength(3);
});
