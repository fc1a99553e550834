import * as z from 'zod';
import { DOCTOR_DOCUMENT } from './doctor/check.js';
import { ERROR_DOCUMENT } from './documents/error.js';
import { KEYS_DOCUMENT } from './documents/keys.js';
import { LOG_ENTRY } from './documents/log.js';
import { REPORT_DOCUMENT } from './documents/report.js';
import { ROLLBACK_DOCUMENT } from './documents/rollback.js';
import { RUN_DOCUMENT } from './documents/run.js';
import { STATUS_DOCUMENT } from './documents/status.js';
import { VERIFY_DOCUMENT } from './documents/verify.js';

type Document = { readonly title: string; readonly shape: z.ZodType };

/** What programs may read of this one, by the name of the published schema: `schemas/<name>.schema.json`. */
export const DOCUMENTS = {
  run: { title: 'migrate run, resume and retry --json', shape: RUN_DOCUMENT },
  report: { title: 'migrate report --json', shape: REPORT_DOCUMENT },
  status: { title: 'migrate status --json', shape: STATUS_DOCUMENT },
  keys: { title: 'migrate keys --json', shape: KEYS_DOCUMENT },
  doctor: { title: 'migrate doctor --json', shape: DOCTOR_DOCUMENT },
  verify: { title: 'migrate verify --json', shape: VERIFY_DOCUMENT },
  rollback: { title: 'migrate rollback --json', shape: ROLLBACK_DOCUMENT },
  error: { title: '--json of a verb that cannot do its work', shape: ERROR_DOCUMENT },
  log: { title: 'A line of --log-file', shape: LOG_ENTRY },
} as const satisfies { readonly [name: string]: Document };

export type DocumentName = keyof typeof DOCUMENTS;

/**
 * The JSON Schema (draft 2020-12) of a document. Members it does not name are allowed: new ones may come, and a reader that
 * checks what it gets must not fail on them.
 */
export function schemaOf(name: DocumentName): object {
  const { title, shape } = DOCUMENTS[name];
  const { $schema, ...schema } = z.toJSONSchema(shape, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: `litellm-to-bifrost/${name}.schema.json`, title, ...schema };
}
