import * as z from 'zod';
import { OBJECT_KINDS } from '../../target/objects.js';
import { RECORD_KINDS } from '../../sources/records.js';

/** What several documents have in common. */

export const recordKind = z.enum(RECORD_KINDS);
export const objectKind = z.enum(OBJECT_KINDS);
export const exitCode = z.int().describe('Exit code of the program: see docs/cli.md');
export const count = z.int().nonnegative();
export const text = z.string();
export const textOrNull = z.string().nullable();

const counted = {
  read: count,
  created: count,
  adopted: count,
  skipped: count,
  failed: count,
  waiting: count,
  incomplete: count,
};

/** read = created + adopted + skipped + failed + waiting. */
export const kindCounts = z.object({ kind: recordKind, ...counted });
export const totalCounts = z.object({ kind: z.literal('total'), ...counted });

export const end = z.object({
  url: textOrNull.describe('Base URL without credentials; null until a run has reached it'),
  version: textOrNull,
});

const RUNNING = 'null = running now, or killed';

export const journalRun = z.object({
  id: z.int(),
  command: text,
  startedAt: text,
  finishedAt: textOrNull.describe(RUNNING),
  outcome: z.enum(['complete', 'interrupted', 'stopped']).nullable().describe(RUNNING),
  error: textOrNull,
  sourceVersion: textOrNull,
  targetVersion: textOrNull,
  intakeComplete: z.boolean(),
});

export const nextStep = z.object({ command: text.describe('What to type next'), why: text });
