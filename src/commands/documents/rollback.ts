import * as z from 'zod';
import { count, exitCode, objectKind, text, textOrNull } from './shapes.js';

export const keptReason = z.enum(['changed', 'needed', 'in_doubt', 'ambiguous']);

const object = z.object({
  kind: objectKind,
  name: text,
  label: text,
  reason: keptReason.nullable(),
  message: textOrNull,
});

export const ROLLBACK_DOCUMENT = z.object({
  command: z.literal('rollback'),
  outcome: z.enum(['complete', 'interrupted', 'declined']),
  dryRun: z.boolean(),
  exitCode,
  writesSent: count,
  next: text,
  counts: z.array(
    z.object({
      kind: objectKind,
      planned: count,
      deleted: count,
      gone: count,
      kept: count,
      failed: count,
      adopted: count,
    }),
  ),
  kept: z.array(object),
  failed: z.array(object),
});
