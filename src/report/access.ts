import type { Rights } from '../mapping/rights.js';
import { shownId } from './words.js';
import type { AccessRows, KeyRights } from './read-access.js';

/** Who may call what, before and after: one row for all keys that may call the same. */
export type AccessMatrix = {
  readonly rows: readonly AccessRow[];
  /** Names first, then patterns; the same for every row. */
  readonly columns: readonly string[];
  /** Keys in all rows. */
  readonly keys: number;
  /** Keys of LiteLLM without a virtual key on Bifrost. */
  readonly absent: { readonly skipped: number; readonly failed: number; readonly pending: number };
};

export type AccessRow = {
  readonly keys: readonly { readonly id: string; readonly name: string }[];
  /** Codes of what made the keys inactive; empty = active. */
  readonly inactive: readonly string[];
  /** null = the journal does not know. */
  readonly rights: Rights | null;
  /** Something is callable after that was not before, and no finding accounts for it. */
  readonly isAlarming: boolean;
  readonly cells: ReadonlyMap<string, Cell>;
};

/** `both` before and after · `lost` only before · `named` only after, with a finding · `alarm` only after, without one. */
export type Cell = {
  readonly state: 'both' | 'lost' | 'named' | 'alarm';
  readonly codes: readonly string[];
};

/** Model strings and internal names: listed in the rows, no columns of their own. */
const NO_COLUMN = 'undocumented_name';

export function accessMatrix({ keys, rights }: AccessRows): AccessMatrix {
  const groups = new Map<string, KeyRights[]>();
  for (const key of keys) {
    if (key.status !== 'written') continue;
    const id = JSON.stringify([key.rights, key.inactive]);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [key]);
    else group.push(key);
  }
  const rows = [...groups.values()].map((group) => toRow(group, rights)).sort(byWeight);
  const names = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))];
  const isPattern = (name: string): number => Number(name.includes('*'));
  const count = (status: KeyRights['status']): number => keys.filter((key) => key.status === status).length;
  return {
    rows,
    columns: names.sort((a, b) => isPattern(a) - isPattern(b) || compare(a, b)),
    keys: count('written'),
    absent: { skipped: count('skipped'), failed: count('failed'), pending: count('pending') },
  };
}

function toRow(group: readonly KeyRights[], known: ReadonlyMap<string, Rights>): AccessRow {
  const [first] = group;
  const rights = known.get(first?.rights ?? '') ?? null;
  return {
    keys: group
      .map(({ id, name }) => ({ id: shownId('virtual_key', id), name }))
      .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id)),
    inactive: first?.inactive ?? [],
    rights,
    isAlarming: rights?.gained.some(({ code }) => code === null) ?? false,
    cells: rights === null ? new Map<string, Cell>() : cellsOf(rights),
  };
}

/** Of names with columns of their own. What is kept and lost at once, under two codes, counts as kept. */
function cellsOf({ kept, patterns, lost, gained }: Rights): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { code, pattern, names } of lost) {
    if (code === NO_COLUMN || pattern !== null) continue;
    for (const name of names) cells.set(name, { state: 'lost', codes: [...(cells.get(name)?.codes ?? []), code] });
  }
  for (const { pattern, names } of kept)
    if (pattern === null) for (const name of names) cells.set(name, { state: 'both', codes: [] });
  for (const name of patterns) cells.set(name, { state: 'both', codes: [] });
  for (const { code, names } of gained)
    for (const name of names)
      cells.set(name, code === null ? { state: 'alarm', codes: [] } : { state: 'named', codes: [code] });
  return cells;
}

/** What has no column: names behind patterns one by one, model strings, internal names. */
export function besides({ kept, lost }: Rights): {
  readonly kept: Rights['kept'];
  readonly lost: Rights['lost'];
} {
  return {
    kept: kept.filter(({ pattern }) => pattern !== null),
    lost: lost.filter(({ code, pattern }) => code === NO_COLUMN || pattern !== null),
  };
}

/** Alarms first, then active keys, then what most keys have in common. */
function byWeight(a: AccessRow, b: AccessRow): number {
  return (
    Number(b.isAlarming) - Number(a.isAlarming) ||
    Number(a.inactive.length > 0) - Number(b.inactive.length > 0) ||
    b.keys.length - a.keys.length ||
    compare(a.keys[0]?.name ?? '', b.keys[0]?.name ?? '') ||
    compare(a.keys[0]?.id ?? '', b.keys[0]?.id ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
