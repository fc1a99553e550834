import * as z from 'zod';
import { count, exitCode, objectKind, recordKind, text, textOrNull } from './shapes.js';
import { admission } from './verify.js';
import { CALL_VERDICTS } from '../../engine/interview.js';
import { keptReason } from './rollback.js';
import { STAGES } from '../../stages/plan.js';
import { VERDICTS } from '../../engine/verdict.js';

const everywhere = {
  time: text.describe('ISO 8601, UTC, milliseconds'),
  level: z.enum(['info', 'warn', 'error']),
  command: z.enum(['run', 'resume', 'retry', 'rollback', 'verify']),
  message: textOrNull,
};
const nobody = { ...everywhere, kind: z.null(), id: z.null(), name: z.null() };
const ofRecord = { ...everywhere, kind: recordKind, id: text, name: text };
const ofObject = { ...everywhere, kind: objectKind, id: z.null(), name: text };
const stage = z.enum(STAGES);
const verdict = z.enum(VERDICTS).exclude(['ok']);

/** One line of --log-file. New members and events may come; what is there keeps its meaning. */
export const LOG_ENTRY = z.discriminatedUnion('event', [
  z.object({ event: z.literal('started'), ...nobody, toolVersion: text }),
  z.object({ event: z.literal('note'), ...nobody }),
  z.object({ event: z.literal('warning'), ...nobody }),
  z.object({ event: z.literal('intake'), ...nobody, kind: text, count }),
  z.object({ event: z.literal('stage_started'), ...nobody, stage, total: count }),
  z.object({ event: z.literal('stage_finished'), ...nobody, stage }),
  z.object({
    event: z.literal('write'),
    ...ofObject,
    result: z.enum(['planned', 'created', 'adopted', 'updated', 'failed', 'skipped']),
  }),
  z.object({
    event: z.literal('record'),
    ...ofRecord,
    status: z.enum(['written', 'skipped', 'failed', 'waiting', 'settled']),
    origin: z.enum(['created', 'adopted']).nullable(),
    bifrostId: textOrNull,
    bifrostName: textOrNull,
    incomplete: z.boolean(),
    reason: textOrNull,
  }),
  z.object({
    event: z.literal('finding'),
    ...ofRecord,
    severity: z.enum(['loss', 'change', 'notice']),
    code: text.describe('See docs/findings.md'),
    field: text,
  }),
  z.object({
    event: z.literal('removal'),
    ...ofObject,
    result: z.enum(['deleted', 'gone', 'kept', 'failed']),
    label: text,
    reason: keptReason.nullable(),
  }),
  z.object({ event: z.literal('check'), ...ofRecord, verdict }),
  z.object({
    event: z.literal('difference'),
    ...ofObject,
    label: text,
    verdict,
    fields: z.array(z.object({ field: text, direction: z.enum(['wider', 'narrower', 'changed']) })),
  }),
  z.object({
    event: z.literal('call'),
    ...ofRecord,
    model: text,
    verdict: z.enum(CALL_VERDICTS),
    code: textOrNull,
    litellm: admission,
    by: z.enum(['call', 'rules']),
    bifrost: admission,
  }),
  z.object({ event: z.literal('gap'), ...nobody, lost: count.describe('Lines that could not be written, at most') }),
  z.object({ event: z.literal('error'), ...nobody, code: text, nextStep: text }),
  z.object({ event: z.literal('finished'), ...nobody, exitCode }),
]);
export type LogEntry = z.infer<typeof LOG_ENTRY>;
