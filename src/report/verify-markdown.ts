import { VERDICTS, type Verdict } from '../engine/verdict.js';
import type { KindVerdicts, RecordCheck, Verification } from '../engine/verify.js';
import type { ObjectCheck } from '../engine/inspection.js';
import { codeSpan, prose } from './markdown.js';
import { interviewLines, type Interview } from './interview.js';
import { kindWord, kindWords, shownId } from './words.js';

/** What each verdict means, in the words of docs/cli.md. */
const MEANINGS: { readonly [V in Exclude<Verdict, 'ok'>]: string } = {
  wider: 'Callers can do more than planned. Look at these first.',
  missing: 'Planned, and not on Bifrost.',
  changed: 'Differs in something that is neither more nor less, or about which that cannot be told.',
  narrower: 'Callers can do less than planned.',
};

/** The verification as Markdown, line by line; the worst first. */
export function* renderVerification(found: Verification, asked: Interview | null): Iterable<string> {
  yield '# Verification';
  yield '';
  yield `- Planned from: LiteLLM at ${codeSpan(found.source)}`;
  yield `- Compared with: Bifrost at ${codeSpan(found.target)}`;
  yield `- ${verdictSentence(found)}`;
  yield '';
  yield* table(found.counts);
  for (const verdict of VERDICTS) if (verdict !== 'ok') yield* section(found, verdict);
  if (asked !== null) yield* interviewLines(asked);
}

/** One sentence for the log and the head of the report. */
export function verdictSentence({ clean, counts, records }: Verification): string {
  const ok = counts.reduce((sum, one) => sum + one.ok, 0);
  if (clean) return `${ok} record(s) are on Bifrost as planned`;
  const of = (verdict: Verdict): number => records.filter((record) => record.verdict === verdict).length;
  const parts = VERDICTS.filter((verdict) => verdict !== 'ok' && of(verdict) > 0).map((v) => `${of(v)} ${v}`);
  return `${parts.join(', ')}; ${ok} record(s) are as planned`;
}

const COLUMNS = ['read', 'ok', 'missing', 'wider', 'changed', 'narrower'] as const;

function* table(counts: readonly KindVerdicts[]): Iterable<string> {
  yield `| | ${COLUMNS.join(' | ')} | not carried |`;
  yield `|---|${'---:|'.repeat(COLUMNS.length + 1)}`;
  for (const row of counts)
    yield `| ${kindWords(row.kind)} | ${COLUMNS.map((column) => row[column]).join(' | ')} | ${row.notCarried} |`;
  yield '';
}

function* section({ records, objects }: Verification, verdict: Exclude<Verdict, 'ok'>): Iterable<string> {
  const own = records.filter((record) => record.verdict === verdict && record.message !== null);
  const theirs = objects.filter((object) => object.verdict === verdict);
  if (own.length + theirs.length === 0) return;
  yield `## ${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}`;
  yield '';
  yield MEANINGS[verdict];
  yield '';
  for (const record of own) yield `- ${recordWords(record)}: ${prose(record.message ?? '')}`;
  for (const object of theirs) yield* objectLines(object);
  yield '';
}

function recordWords({ kind, id, name }: Pick<RecordCheck, 'kind' | 'id' | 'name'>): string {
  return `${kindWord(kind)} ${codeSpan(name)} (${codeSpan(shownId(kind, id))})`;
}

/** So many records are named; the JSON has all of them. */
const NAMED = 5;

function* objectLines({ kind, name, message, differences, records }: ObjectCheck): Iterable<string> {
  const some = records.slice(0, NAMED).map(recordWords).join(', ');
  const more = records.length > NAMED ? ` and ${records.length - NAMED} more` : '';
  yield `- ${kindWord(kind)} ${codeSpan(name)}${message === null ? '' : `: ${prose(message)}`}; for ${some}${more}`;
  for (const { field, wanted, found, direction } of differences)
    yield `  - ${direction}: ${codeSpan(field)} is ${codeSpan(found)}, planned ${codeSpan(wanted)}`;
}
