import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { renderCsv, type CSV_COLUMNS } from '../../src/report/csv.js';
import { REPORTS } from '../../src/report/formats.js';
import { readEvery } from '../../src/report/read-every.js';
import { buildReport } from '../../src/report/model.js';
import { readRows } from '../../src/report/read.js';
import { journalFile, type JournalContent } from './journal-file.js';
import { hostileStory, STORY, STORY_WITH_ACCESS, TOKEN } from './story.js';

type Row = { readonly [C in (typeof CSV_COLUMNS)[number]]: string };

function open(content: JournalContent): Database.Database {
  return new Database(journalFile(content), { readonly: true });
}

function render(content: JournalContent): string {
  return [...REPORTS.csv(open(content))].join('\n');
}

/** By RFC 4180, with line ends of either kind. */
function parse(text: string): Row[] {
  const rows: string[][] = [[]];
  for (let at = 0; at < text.length;) {
    const [whole = '', quoted, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^",\n]*))/.exec(text.slice(at)) ?? [];
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (text[at] === '\n') rows.push([]);
    else if (at < text.length && text[at] !== ',') throw new Error(`no CSV at ${at}: ${text.slice(at, at + 20)}`);
    at += 1;
  }
  const [header = [], ...others] = rows;
  expect(others.every((row) => row.length === header.length)).toBe(true);
  return others.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column] ?? ''])) as Row);
}

describe('the report as CSV', () => {
  it('is golden', async () => {
    const guide = new Map([
      ['expiry_not_carried', { means: 'It expires.', todo: 'Delete it with `migrate rollback`.' }],
    ]);
    const text = [...renderCsv(readEvery(open(STORY_WITH_ACCESS)), guide)].join('\n');
    await expect(text).toMatchFileSnapshot('../fixtures/golden/report.csv');
  });

  it('has one row for each record and each finding, and outcomes that add up as the counts do', () => {
    const rows = parse(render(STORY));
    const { total } = buildReport(readRows(open(STORY)));
    const records = rows.filter(({ row }) => row === 'record');
    const of = (outcome: string): number => records.filter((row) => row.outcome === outcome).length;
    expect(records).toHaveLength(total.read);
    for (const outcome of ['created', 'adopted', 'skipped', 'failed', 'waiting'] as const)
      expect(of(outcome)).toBe(total[outcome]);
    expect(rows.filter(({ row }) => row === 'finding')).toHaveLength(STORY.findings.length);
    expect(rows).toHaveLength(STORY.records.length + STORY.findings.length);
  });

  it('begins with what concerns the migration as a whole; findings follow their record, losses first', () => {
    const rows = parse(render(STORY));
    expect(rows[0]).toMatchObject({ row: 'finding', kind: '', code: 'router_not_carried' });
    const key = rows.findIndex(({ row, name }) => row === 'record' && name === 'ci');
    expect(rows.slice(key).map(({ row, severity }) => severity || row)).toEqual([
      ...['record', 'loss', 'loss', 'loss', 'change'],
    ]);
    expect(new Set(rows.slice(key).map(({ id }) => id))).toEqual(new Set([TOKEN.slice(0, 16)]));
  });

  it('says what a record lacks and what to do', () => {
    const rows = parse(render(STORY));
    expect(rows.find(({ name }) => name === 'Broken')).toMatchObject({
      outcome: 'failed',
      code: 'unreadable_budget',
      message: 'max_budget "x" is unreadable.',
      next_step: 'Correct it in LiteLLM.',
    });
    const incomplete = { outcome: 'created', code: 'incomplete', message: 'its customer is not there yet.' };
    expect(rows.find(({ row, name }) => row === 'record' && name === 'Platform')).toMatchObject(incomplete);
    const loss = rows.find(({ code }) => code === 'expiry_not_carried');
    expect(loss?.next_step).toBe('Delete or block it there by then.');
  });

  it('comes out the same whatever order the rows are in', () => {
    const { records, findings } = readEvery(open(STORY));
    const shuffled = { records: records.toReversed(), findings: findings.toReversed() };
    expect([...renderCsv(shuffled, new Map())]).toEqual([...renderCsv({ records, findings }, new Map())]);
  });

  it('lets no name calculate in a spreadsheet, steer a terminal, or leave its cell', () => {
    const text = render(hostileStory());
    // eslint-disable-next-line no-control-regex -- the point of the test
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    const rows = parse(text);
    expect(rows).toHaveLength(4 + 3);
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^\s*[=+\-@]/);
  });
});
