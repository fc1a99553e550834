import * as z from 'zod';
import { text } from './shapes.js';

/** With --json, instead of its own document, of any verb that cannot do its work. */
export const ERROR_DOCUMENT = z.object({
  error: z.object({
    code: text.describe('`bug`, or one of the reasons in the table of exit codes in docs/cli.md'),
    message: text,
    nextStep: text,
  }),
});
