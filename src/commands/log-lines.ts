import { maskEmails } from './mask.js';
import { visible } from '../report/visible.js';
import { reasonWords, shownId } from '../report/words.js';
import type { Color, Paint } from './colors.js';
import type { ObjectKind } from '../target/objects.js';
import type { RunEvent } from '../engine/events.js';

export type Word = 'PLAN' | 'OK' | 'FAIL' | 'SKIP' | 'WARN' | 'REPORT' | '';
/** One line of the log: a word, and what it is about. Without a word it is information, or belongs to the line above. */
export type LogLine = { readonly word: Word; readonly text: string };

const WORD_COLORS: { readonly [W in Word]: Color | null } = {
  PLAN: 'cyan',
  OK: 'green',
  FAIL: 'red',
  SKIP: 'dim',
  WARN: 'yellow',
  REPORT: 'bold',
  '': null,
};

/** Objects that several records share. Of the others the record's own line tells more, so theirs is left out. */
const SHARED: readonly ObjectKind[] = ['provider', 'provider_key', 'model_config', 'routing_rule', 'pricing_override'];

const RECORD_WORDS: { readonly [kind: string]: string } = {
  deployment: 'model',
  organization: 'org',
  membership: 'member',
  virtual_key: 'vkey',
};

type WriteEvent = Extract<RunEvent, { type: 'write' }>;
type RecordEvent = Extract<RunEvent, { type: 'record' }>;

/** What the log says about an event, in the documented shape (docs/cli.md). */
export function linesOf(event: RunEvent, verbose: boolean): readonly LogLine[] {
  switch (event.type) {
    case 'note':
      return [{ word: '', text: event.message }];
    case 'warning':
      return [{ word: 'WARN', text: event.message }];
    case 'intake':
      // The models are announced together with their credentials.
      return event.kind === 'deployment'
        ? []
        : [{ word: '', text: `fetched ${event.count} ${event.kind.replaceAll('_', ' ')}(s) from LiteLLM` }];
    case 'write':
      return writeLines(event, verbose);
    case 'record':
      return [...recordLines(event, verbose), ...(verbose ? findingLines(event) : [])];
    default:
      return [];
  }
}

/** The line as printed: made safe for a terminal, e-mail addresses masked. */
export function printed({ word, text }: LogLine, paint: Paint): string {
  const safe = maskEmails(visible(text));
  const color = WORD_COLORS[word];
  return color === null ? safe : `${paint(color, word.padEnd(4))} ${safe}`;
}

function writeLines({ kind, label, result, message }: WriteEvent, verbose: boolean): LogLine[] {
  const because = message === null ? '' : `: ${message}`;
  switch (result) {
    case 'planned':
      return [
        kind === 'provider_key' && !label.startsWith('update ')
          ? { word: '', text: `       ${label}` }
          : { word: 'PLAN', text: label },
      ];
    case 'created':
      return [{ word: 'OK', text: label }];
    case 'adopted':
      return [{ word: 'OK', text: `${label}, adopted: it was there before` }];
    case 'updated':
      return [{ word: 'OK', text: label.startsWith('update ') ? label : `${label}, updated` }];
    case 'skipped':
      return [{ word: 'SKIP', text: `${label}${because}` }];
    case 'failed':
      return verbose || SHARED.includes(kind) ? [{ word: 'FAIL', text: `${label}${because}` }] : [];
  }
}

function recordLines(event: RecordEvent, verbose: boolean): LogLine[] {
  const { status, key, name, origin, bifrostName, incomplete, reason, message } = event;
  const subject = `${RECORD_WORDS[key.kind] ?? key.kind} "${name}"`;
  const because = message ?? (reason === null ? '' : reasonWords(reason));
  switch (status) {
    case 'skipped':
      return [{ word: 'SKIP', text: `${subject}: ${because}` }];
    case 'failed':
      return [{ word: 'FAIL', text: `${subject} (${shownId(key.kind, key.id)}): ${because}` }];
    case 'waiting':
      return [{ word: 'WARN', text: `${subject}: waiting: ${because}` }];
    case 'written':
      if (incomplete) return [{ word: 'WARN', text: `${subject}: incomplete${because === '' ? '' : `: ${because}`}` }];
      return verbose
        ? [{ word: 'OK', text: `${subject} -> "${bifrostName ?? ''}"${origin === 'adopted' ? ' (adopted)' : ''}` }]
        : [];
    case 'settled':
      return verbose ? [{ word: 'OK', text: `${subject}: nothing to do` }] : [];
  }
}

function findingLines({ findings }: RecordEvent): LogLine[] {
  return findings.map(({ severity, code, field, message }) => ({
    word: '',
    text: `       ${severity} ${code}${field === '' ? '' : ` (${field})`}: ${message}`,
  }));
}
