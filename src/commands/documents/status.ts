import * as z from 'zod';
import { count, end, journalRun, kindCounts, nextStep, text, totalCounts } from './shapes.js';

export const STATUS_DOCUMENT = z.object({
  journal: text,
  source: end,
  target: end,
  lastRun: journalRun.nullable(),
  counts: z.array(kindCounts),
  total: totalCounts,
  inDoubt: count,
  next: nextStep,
});
