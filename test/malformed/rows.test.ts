import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import { databaseWorld, SCHEMAS } from '../coverage/database-world.js';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import type { Observation } from '../observation.js';
import { INPUTS, outcomeOf, runs } from './checks.js';
import { breakage, broken, odd } from './garbage.js';

/** Broken rows of one world: as many inputs. */
const TOGETHER = 20;

const VERSION = '1.109.1';
const WHOLE = databaseWorld(VERSION);
const TABLES = Object.entries(SCHEMAS[VERSION] ?? {}).map(([name, columns]) => ({
  table: name.replace('LiteLLM_', ''),
  columns: Object.keys(columns),
}));

/** A row in which one to four columns hold something else, or are broken inside. */
const row = fc.constantFrom(...TABLES).chain(({ table, columns }) => {
  const cell = fc.tuple(fc.constantFrom(...columns), fc.oneof(odd, fc.record({ broken: breakage })));
  return fc.record({ table: fc.constant(table), of: fc.nat(20), cells: fc.array(cell, { minLength: 1, maxLength: 4 }) });
}); // prettier-ignore

type Broken = { readonly table: string; readonly of: number; readonly cells: readonly (readonly [string, unknown])[] };

/** The whole world, and the broken rows as further rows behind it. */
function worldWith(rows: readonly Broken[]): MemoryLitellm {
  const tables: Record<string, unknown[]> = Object.fromEntries(
    Object.entries(WHOLE.tables ?? {}).map(([table, whole]) => [table, [...whole]]),
  );
  for (const [index, { table, of, cells }] of rows.entries()) {
    const whole = (WHOLE.tables?.[table] ?? []) as Item[];
    const copy: Item = { ...(whole[of % Math.max(1, whole.length)] ?? {}) };
    const [id] = Object.keys(SCHEMAS[VERSION]?.[`LiteLLM_${table}`] ?? {});
    if (id !== undefined && typeof copy[id] === 'string') copy[id] = `${copy[id]}-${index}`;
    for (const [column, value] of cells) copy[column] = cellOf(copy[column], value);
    tables[table]?.push(copy);
  }
  return { ...WHOLE, tables };
}

function cellOf(before: unknown, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('broken' in value)) return value;
  return broken(before, value.broken as Parameters<typeof broken>[1]);
}

const GOOD = ['virtual_key', 'team', 'organization', 'user', 'deployment'] as const;

describe('rows of a damaged database', () => {
  it('are read and planned one by one: none stops the others, none is lost', async () => {
    const before = await outcomeOf(WHOLE);
    if (before instanceof MigrateError) throw before;
    let inputs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: TOGETHER, maxLength: TOGETHER }), async (rows) => {
        inputs += rows.length;
        const after = await outcomeOf(worldWith(rows));
        if (after instanceof MigrateError) {
          // Values that look encrypted and open under no key are the one thing that stops a run (M5).
          expect(after.code).toBe('salt_key_wrong');
          return;
        }
        for (const kind of GOOD) {
          const expected = rows.filter(({ table }) => table === TABLE_OF[kind]).length;
          expect(ids(after, kind).length, kind).toBe(ids(before, kind).length + expected);
          expect(ids(after, kind)).toEqual(expect.arrayContaining(ids(before, kind)));
        }
      }),
      runs(INPUTS.rows / TOGETHER),
    );
    expect(inputs).toBeGreaterThanOrEqual(INPUTS.rows);
  });
});

const TABLE_OF = {
  virtual_key: 'VerificationToken',
  team: 'TeamTable',
  organization: 'OrganizationTable',
  user: 'UserTable',
  deployment: 'ProxyModelTable',
} as const;

function ids({ records }: Observation, kind: string): string[] {
  return [...new Set(records.filter(({ record }) => record.kind === kind).map(({ record }) => record.id))];
}
