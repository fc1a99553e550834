import { shownId } from '../report/words.js';
import type { Asked } from '../engine/interview.js';
import type { LogEntry } from './documents/log.js';
import type { RollbackEvent } from '../engine/rollback.js';
import type { RunEvent } from '../engine/events.js';
import type { Verification } from '../engine/verify.js';

/** An entry before time and command are put to it, and what must not be seen is taken out. */
export type Told = LogEntry extends infer Entry
  ? Entry extends LogEntry
    ? Omit<Entry, 'time' | 'command'>
    : never
  : never;

const NOBODY = { kind: null, id: null, name: null } as const;

/** What the log file says about an event of the engine. Progress is left out: the records tell it better. */
export function entriesOf(event: RunEvent): readonly Told[] {
  switch (event.type) {
    case 'note':
      return [{ level: 'info', event: 'note', ...NOBODY, message: event.message }];
    case 'warning':
      return [{ level: 'warn', event: 'warning', ...NOBODY, message: event.message }];
    case 'intake': {
      const { kind, count } = event;
      return [{ level: 'info', event: 'intake', ...NOBODY, kind, message: null, count }];
    }
    case 'stage-started': {
      const { stage, total } = event;
      return [{ level: 'info', event: 'stage_started', ...NOBODY, message: null, stage, total }];
    }
    case 'stage-finished':
      return [{ level: 'info', event: 'stage_finished', ...NOBODY, message: null, stage: event.stage }];
    case 'write': {
      const { kind, label, result, message } = event;
      const level = result === 'failed' ? 'error' : result === 'skipped' ? 'warn' : 'info';
      return [{ level, event: 'write', kind, id: null, name: label, message, result }];
    }
    case 'record':
      return recordEntries(event);
    default:
      return [];
  }
}

function recordEntries({
  key,
  name,
  findings,
  message,
  ...event
}: Extract<RunEvent, { type: 'record' }>): readonly Told[] {
  const { status, origin, bifrostId, bifrostName, incomplete, reason } = event;
  const subject = { kind: key.kind, id: shownId(key.kind, key.id), name };
  const unsettled = status === 'skipped' || status === 'waiting' || incomplete;
  const level = status === 'failed' ? 'error' : unsettled ? 'warn' : 'info';
  return [
    { level, event: 'record', ...subject, message, status, origin, bifrostId, bifrostName, incomplete, reason },
    ...findings.map(({ severity, code, field, message: said }): Told => {
      const heavy = severity === 'loss' ? 'warn' : 'info';
      return { level: heavy, event: 'finding', ...subject, message: said, severity, code, field };
    }),
  ];
}

export function removalEntry({ result, kind, name, label, reason, message }: RollbackEvent): Told {
  const level = result === 'failed' ? 'error' : result === 'kept' ? 'warn' : 'info';
  return { level, event: 'removal', kind, id: null, name, message, result, label, reason };
}

export function callEntry({ key: { id, name }, model, verdict, code, litellm, bifrost }: Asked): Told {
  const level = verdict === 'agreed' || verdict === 'named' ? 'info' : 'warn';
  const subject = { kind: 'virtual_key', id: shownId('virtual_key', id), name } as const;
  const message = bifrost.message === '' ? null : bifrost.message;
  const answers = { litellm: litellm.admission, by: litellm.by, bifrost: bifrost.admission };
  return { level, event: 'call', ...subject, message, model, verdict, code, ...answers };
}

/** What a verification has found: records and objects that are not as planned. */
export function* checkEntries({ records, objects }: Verification): Iterable<Told> {
  for (const { kind, id, name, verdict, message } of records)
    yield { level: 'warn', event: 'check', kind, id: shownId(kind, id), name, message, verdict };
  for (const { kind, name, label, verdict, message, differences } of objects) {
    const fields = differences.map(({ field, direction }) => ({ field, direction }));
    yield { level: 'warn', event: 'difference', kind, id: null, name, message, label, verdict, fields };
  }
}
