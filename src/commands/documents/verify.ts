import * as z from 'zod';
import { count, objectKind, recordKind, text, textOrNull } from './shapes.js';
import { CALL_VERDICTS } from '../../engine/interview.js';
import { VERDICTS } from '../../engine/verdict.js';

const verdict = z.enum(VERDICTS);
const problem = verdict.exclude(['ok']);

export const admission = z
  .enum(['in', 'out', 'unknown'])
  .describe('The call was let in, was refused, or that cannot be told');
const answer = z.object({ admission, status: z.int().nullable(), message: text });

const asked = z.object({
  seed: count,
  pairs: count,
  counts: z.object({ wider: count, narrower: count, undecided: count, named: count, agreed: count }),
  calls: z
    .array(
      z.object({
        key: z.object({ id: text, name: text }),
        model: text,
        verdict: z.enum(CALL_VERDICTS),
        code: textOrNull.describe('Of `named`: the finding that says why Bifrost refuses it'),
        litellm: answer.extend({ by: z.enum(['call', 'rules']) }),
        bifrost: answer,
      }),
    )
    .describe('Those that did not agree'),
});

export const VERIFY_DOCUMENT = z.object({
  format: z.literal(1),
  source: text,
  target: text,
  clean: z.boolean(),
  counts: z.array(
    z.object({
      kind: recordKind,
      read: count,
      ok: count,
      missing: count,
      wider: count,
      changed: count,
      narrower: count,
      notCarried: count,
    }),
  ),
  records: z
    .array(
      z.object({
        kind: recordKind,
        id: text,
        name: text,
        bifrostName: textOrNull,
        verdict: problem,
        message: textOrNull,
        objects: z.array(z.object({ kind: text, name: text, verdict })),
      }),
    )
    .describe('Records that are not as planned'),
  objects: z
    .array(
      z.object({
        kind: objectKind,
        name: text,
        label: text,
        verdict: problem,
        message: textOrNull,
        differences: z.array(
          z.object({
            field: text,
            wanted: text,
            found: text,
            direction: z.enum(['wider', 'narrower', 'changed']),
          }),
        ),
        records: z.array(z.object({ kind: recordKind, id: text, name: text })),
      }),
    )
    .describe('Objects on Bifrost that are not as planned, each once'),
  asked: asked.optional().describe('With --ask'),
});
