import type { Verification } from '../engine/verify.js';
import { interviewDocument, type Interview } from './interview.js';
import { printableJson } from './visible.js';
import { shownId } from './words.js';

/** Grows when members change their meaning; new members do not change it. */
export const VERIFICATION_FORMAT = 1;

/** The verification as one JSON document (docs/cli.md, "Verify"). */
export function* renderVerificationJson(found: Verification, asked: Interview | null): Iterable<string> {
  yield* printableJson(verificationDocument(found, asked)).split('\n');
}

function verificationDocument({ records, objects, ...found }: Verification, asked: Interview | null): object {
  const shown = <R extends { readonly kind: string; readonly id: string }>(record: R): R => ({
    ...record,
    id: shownId(record.kind, record.id),
  });
  return {
    format: VERIFICATION_FORMAT,
    ...found,
    records: records.map(shown),
    objects: objects.map((object) => ({ ...object, records: object.records.map(shown) })),
    ...(asked === null ? {} : { asked: interviewDocument(asked) }),
  };
}
