import { expect, test } from 'vitest';
import {
  assertMoved,
  assertRecordMove,
  assertWriteMove,
  RECORD_STATES,
  RECORD_TRANSITIONS,
  ROLLBACK_TRANSITIONS,
  WRITE_STATES,
  WRITE_TRANSITIONS,
} from '../../src/journal/states.js';

test('a written record stays written', () => {
  for (const state of RECORD_STATES) {
    if (state === 'written') assertRecordMove('written', state);
    else expect(() => assertRecordMove('written', state)).toThrow(/from written to/);
  }
});

test('only a rollback makes a record new again', () => {
  for (const state of RECORD_STATES) expect(ROLLBACK_TRANSITIONS[state]).toEqual(['pending']);
  expect(RECORD_TRANSITIONS.written).not.toContain('pending');
});

test('what was rolled back is neither found nor in doubt, and may be written again', () => {
  expect(WRITE_TRANSITIONS.removed).toEqual(['planned', 'done', 'failed']);
  for (const from of ['new', 'skipped', 'absent', 'found', 'removed'] as const)
    expect(() => assertWriteMove(from, 'removed')).toThrow();
});

test('exactly the moves of the table are legal', () => {
  for (const from of RECORD_STATES)
    for (const to of RECORD_STATES) {
      const legal = (RECORD_TRANSITIONS[from] as readonly string[]).includes(to);
      if (legal) assertRecordMove(from, to);
      else expect(() => assertRecordMove(from, to)).toThrow();
    }
  for (const from of ['new', ...WRITE_STATES] as const)
    for (const to of WRITE_STATES) {
      const legal = (WRITE_TRANSITIONS[from] as readonly string[]).includes(to);
      if (legal) assertWriteMove(from, to);
      else expect(() => assertWriteMove(from, to)).toThrow();
    }
});

test('nothing may be sent for a write that has not been looked for since it was found', () => {
  expect(() => assertWriteMove('found', 'planned')).toThrow();
  expect(() => assertWriteMove('new', 'skipped')).toThrow();
});

test('an update changes exactly one row, or somebody else changed it before', () => {
  assertMoved(1, 'record 7');
  for (const changes of [0, 2])
    expect(() => assertMoved(changes, 'record 7')).toThrow(
      new Error(`journal: record 7 was not in the state it was expected in (${changes} rows changed)`),
    );
});

test('a move that is not legal is named', () => {
  expect(() => assertRecordMove('written', 'failed')).toThrow(
    new Error('journal: a record cannot go from written to failed'),
  );
  expect(() => assertWriteMove('found', 'planned')).toThrow(
    new Error('journal: a write cannot go from found to planned'),
  );
});
