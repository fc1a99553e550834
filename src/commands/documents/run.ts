import * as z from 'zod';
import { count, exitCode, objectKind, text } from './shapes.js';
import { REPORT_DOCUMENT } from './report.js';

/** `run`, `resume` and `retry`. */
export const RUN_DOCUMENT = z.object({
  command: z.enum(['run', 'resume', 'retry']),
  outcome: z.enum(['complete', 'interrupted', 'stopped', 'nothing_to_resume']),
  dryRun: z.boolean(),
  exitCode,
  writesSent: count.describe('Requests that change the gateway'),
  next: text.describe('The command to type next'),
  plan: z
    .array(z.object({ kind: objectKind, label: text }))
    .optional()
    .describe('Of a dry run only: what would be written, in order'),
  report: REPORT_DOCUMENT.optional().describe('Absent when there was nothing to resume'),
});
