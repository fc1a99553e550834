import type { KeyRow } from './rows.js';
import type { SandboxKey, SandboxWorld } from './world.js';

/** Finds keys of a world that makes them only when asked: by hash, by filter, counted by owner. Keeps hashes and numbers, no rows. */
export type KeyIndex = {
  readonly byToken: (token: string) => SandboxKey | undefined;
  /** Indexes in the default order, newest first, of the keys that pass; UI session keys are never among them (contracts L§1.7). */
  readonly listed: (name: string, passes: ((row: KeyRow) => boolean) | null) => readonly number[];
  readonly countOf: (owner: 'user_id' | 'team_id', id: string) => number;
  readonly rowsOf: (owner: 'user_id' | 'team_id', id: string) => KeyRow[];
};

const DASHBOARD = 'litellm-dashboard';
/** Session keys stand among the special keys at the beginning; plain keys never belong to the dashboard. */
const SPECIALS_END = 500;

export function indexKeys(world: SandboxWorld): KeyIndex {
  let tokens: Map<string, number> | undefined;
  let owners: Record<'user_id' | 'team_id', Map<string, number[]>> | undefined;
  let lastList: { name: string; indexes: number[] } | undefined;
  const row = (index: number): KeyRow => world.key(index).row;
  const visible = Array.from({ length: world.keyCount }, (_, index) => world.keyCount - 1 - index).filter(
    (index) => index >= SPECIALS_END || row(index).team_id !== DASHBOARD,
  );
  const ownerMaps = (): NonNullable<typeof owners> => (owners ??= groupByOwner(world));
  return {
    byToken: (token) => {
      tokens ??= new Map(Array.from({ length: world.keyCount }, (_, index) => [row(index).token, index]));
      const index = tokens.get(token);
      return index === undefined ? undefined : world.key(index);
    },
    listed: (name, passes) => {
      if (passes === null) return visible;
      if (lastList?.name !== name) lastList = { name, indexes: visible.filter((index) => passes(row(index))) };
      return lastList.indexes;
    },
    countOf: (owner, id) => ownerMaps()[owner].get(id)?.length ?? 0,
    rowsOf: (owner, id) => (ownerMaps()[owner].get(id) ?? []).map(row),
  };
}

function groupByOwner(world: SandboxWorld): Record<'user_id' | 'team_id', Map<string, number[]>> {
  const groups = { user_id: new Map<string, number[]>(), team_id: new Map<string, number[]>() };
  for (let index = 0; index < world.keyCount; index += 1) {
    const { row } = world.key(index);
    if (row.team_id === DASHBOARD) continue;
    for (const owner of ['user_id', 'team_id'] as const) {
      const id = row[owner];
      if (id === null) continue;
      const list = groups[owner].get(id);
      if (list) list.push(index);
      else groups[owner].set(id, [index]);
    }
  }
  return groups;
}
