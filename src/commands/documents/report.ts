import * as z from 'zod';
import { count, end, journalRun, kindCounts, nextStep, recordKind, text, textOrNull, totalCounts } from './shapes.js';

const entry = z.object({
  kind: recordKind,
  id: text.describe('Of a virtual key the start of its token hash'),
  name: text,
  bifrostName: textOrNull,
  message: text,
  nextStep: textOrNull,
});
const recordGroups = z.array(z.object({ reason: text, entries: z.array(entry) }));

const findingEntry = z.object({
  record: z
    .object({ kind: recordKind, id: text, name: text })
    .nullable()
    .describe('null = LiteLLM or Bifrost as a whole'),
  field: text.describe('Field of LiteLLM it is about; empty when it is the whole record'),
  message: text,
});
const findingGroups = z.array(
  z.object({ code: text.describe('See docs/findings.md'), entries: z.array(findingEntry) }),
);

const callers = z.object({
  baseUrl: textOrNull,
  newKeys: count,
  names: z.array(z.object({ name: text, team: textOrNull, stays: z.boolean(), why: z.array(text) })),
  otherNames: z.array(z.object({ name: text, team: textOrNull, instead: z.array(text) })),
  onlySomeKeys: z.array(z.object({ code: text, message: text, keys: count })),
  sentences: z.array(text),
});

/** `migrate report --format json`, and the member `report` of a run. */
export const REPORT_DOCUMENT = z.object({
  format: z.literal(1),
  clean: z.boolean().describe('Nothing skipped, failed, waiting, incomplete or lost'),
  toolVersion: text,
  createdAt: textOrNull,
  source: end,
  target: end,
  runs: z.array(journalRun),
  lastRun: journalRun.nullable(),
  counts: z.array(kindCounts),
  total: totalCounts,
  inDoubt: count.describe('Requests that were sent and whose answer is unknown'),
  losses: findingGroups,
  changes: findingGroups,
  notices: findingGroups,
  failed: recordGroups,
  waiting: recordGroups,
  skipped: recordGroups,
  incomplete: z.array(entry),
  drifted: z.array(entry),
  callers,
  next: nextStep,
});
