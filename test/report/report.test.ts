import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { buildReport, isClean, type ReportModel } from '../../src/report/model.js';
import { codeSpan, prose } from '../../src/report/markdown.js';
import { readRows, readStanding } from '../../src/report/read.js';
import { RENDERERS } from '../../src/report/renderers.js';
import { visible } from '../../src/report/visible.js';
import { journalFile, type JournalContent } from './journal-file.js';
import { STORY, TOKEN } from './story.js';

function reportOf(content: JournalContent): ReportModel {
  return buildReport(readRows(new Database(journalFile(content), { readonly: true })));
}

function render(format: keyof typeof RENDERERS, model: ReportModel): string {
  return [...RENDERERS[format](model)].join('\n');
}

describe('the report model', () => {
  it('counts so that read = created + adopted + skipped + failed + waiting, per kind and in total', () => {
    const { counts, total } = reportOf(STORY);
    for (const row of [...counts, total])
      expect(row.read).toBe(row.created + row.adopted + row.skipped + row.failed + row.waiting);
    expect(total).toMatchObject({ read: 9, created: 3, adopted: 1, skipped: 3, failed: 1, waiting: 1, incomplete: 1 });
    expect(counts.map((row) => row.kind)).toEqual([
      'deployment',
      'organization',
      'team',
      'user',
      'membership',
      'virtual_key',
    ]);
  });

  it('names keys that outlive their expiry before every other loss', () => {
    expect(reportOf(STORY).losses.map((group) => group.code)).toEqual([
      'expiry_not_carried',
      'budget_without_price',
      'undocumented_name',
    ]);
  });

  it('shows of a virtual key only the start of its token hash', () => {
    const model = reportOf(STORY);
    expect(model.drifted.map((entry) => entry.id)).toEqual([TOKEN.slice(0, 16)]);
    for (const format of ['md', 'json', 'text'] as const) expect(render(format, model)).not.toContain(TOKEN);
  });

  it('comes out the same whatever order the rows are in', () => {
    const rows = readRows(new Database(journalFile(STORY), { readonly: true }));
    const shuffled = {
      ...rows,
      counts: rows.counts.toReversed(),
      records: rows.records.toReversed(),
      findings: rows.findings.toReversed(),
    };
    expect(render('json', buildReport(shuffled))).toBe(render('json', buildReport(rows)));
  });

  it('is clean only when nothing was skipped, failed, is waiting, incomplete or lost', () => {
    const clean: JournalContent = {
      records: [{}],
      findings: [
        { record: 'id-0', severity: 'change' },
        { record: 'id-0', severity: 'notice' },
      ],
    };
    expect(isClean(reportOf(clean))).toBe(true);
    for (const spoiled of [
      { records: [{ status: 'skipped' }] },
      { records: [{ status: 'failed' }] },
      { records: [{ status: 'pending' }] },
      { records: [{ missing: [{ message: 'owner' }] }] },
      { records: [{}], findings: [{ record: 'id-0', severity: 'loss' }] },
      { records: [{}], findings: [{ record: null, severity: 'loss' }] },
    ]) {
      expect(isClean(reportOf(spoiled))).toBe(false);
    }
  });

  it.each<[string, JournalContent, string]>([
    ['no run yet', { run: null }, 'run --dry-run'],
    ['a run that was killed', { run: { outcome: null } }, 'resume'],
    ['an interrupted run', { run: { outcome: 'interrupted' }, records: [{ status: 'failed' }] }, 'resume'],
    ['a write in doubt', { inDoubt: 1 }, 'resume'],
    ['failures', { records: [{ status: 'failed' }, { status: 'pending' }] }, 'retry --failed'],
    ['something incomplete', { records: [{ missing: [{ message: 'x' }] }] }, 'run'],
    ['new keys', { records: [{ kind: 'virtual_key' }] }, 'keys'],
    ['everything done, no keys', { records: [{}] }, 'report'],
  ])('after %s names the next command', (_, content, command) => {
    expect(reportOf(content).next.command).toBe(command);
  });

  it('reads the standing of a journal without its findings', () => {
    const rows = readStanding(new Database(journalFile(STORY), { readonly: true }));
    expect(rows.findings).toEqual([]);
    expect(buildReport(rows).total.read).toBe(9);
  });
});

it('names the fields that changed since a record was written', () => {
  expect(reportOf(STORY).drifted[0]?.message).toBe('changed in LiteLLM after it was written: limits.maxBudget');
});

describe('every format', () => {
  it.each(['md', 'json', 'text'] as const)('%s is golden', async (format) => {
    await expect(render(format, reportOf(STORY))).toMatchFileSnapshot(`../fixtures/golden/report.${format}`);
  });

  it.each(['md', 'json', 'text'] as const)(
    '%s lists every skip, failure, waiting record and finding with record and reason',
    (format) => {
      const text = render(format, reportOf(STORY));
      for (const code of [
        'partial_wildcard',
        'no_email',
        'unreadable_budget',
        'waiting',
        'expiry_not_carried',
        'budget_without_price',
        'renamed',
        'router_not_carried',
      ]) {
        expect(text).toContain(code);
      }
      for (const name of ['odd', 'Broken', 'u1', 'u2', 'm1', 'ci', 'Platform']) expect(text).toContain(name);
      expect(text).toContain('http://bifrost.test:8080/litellm');
    },
  );

  it('puts losses and failures before what was carried over differently', () => {
    const text = render('md', reportOf(STORY));
    const titles = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(titles).toEqual([
      'Summary',
      'Losses',
      'Failed',
      'Waiting',
      'Incomplete',
      'Skipped',
      'Drifted',
      'Changes',
      'Notices',
      'What your callers must change',
      'Next',
    ]);
  });

  it('says a sentence that many records share once', () => {
    const text = render('md', reportOf(STORY));
    expect(text.match(/LiteLLM has no e-mail address/g)).toHaveLength(1);
  });

  it('renders an empty journal', () => {
    for (const format of ['md', 'json', 'text'] as const)
      expect(render(format, reportOf({ run: null, ends: null }))).toContain('0');
  });
});

describe('names from LiteLLM', () => {
  const HOSTILE = 'x` | <img src=q> [y](http://evil.test) **b** \u001b[2J\n# forged\u202egnp';

  it('never become markup in the Markdown report', () => {
    const text = render(
      'md',
      reportOf({
        records: [
          { id: 'a', name: HOSTILE, status: 'failed', reason: 'permanent', message: HOSTILE, nextStep: HOSTILE },
        ],
      }),
    );
    expect(text).not.toMatch(/^# forged/m);
    // eslint-disable-next-line no-control-regex -- the point of the test
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    const line = text.split('\n').find((candidate) => candidate.startsWith('- team')) ?? '';
    const [, , afterSpan = ''] = /^(- team ``.*?`` \(`a`\)): (.*)$/.exec(line) ?? [];
    expect(line).toMatch(/^- team ``x` \| <img/);
    expect(afterSpan).toContain('\\<img src=q\\>');
    expect(afterSpan).toContain('\\[y\\](http\\://evil.test)');
    expect(afterSpan).toContain('\\*\\*b\\*\\*');
  });

  it('keep a fence longer than their own backticks', () => {
    expect(codeSpan('plain')).toBe('`plain`');
    expect(codeSpan('a``b')).toBe('```a``b```');
    expect(codeSpan('`a`')).toBe('`` `a` ``');
    expect(codeSpan('')).toBe('`  `');
  });

  it('lose neither letters nor spaces in prose', () => {
    expect(prose('Größe 10 % of "x"')).toBe('Größe 10 % of "x"');
    expect(prose('max_budget _a_ b*c')).toBe('max_budget \\_a\\_ b\\*c');
  });

  it('cannot steer a terminal', () => {
    expect(visible('a\u001b[31mb\u009bc\u0007\r\n\u200b')).toBe('a\\u{1b}[31mb\\u{9b}c\\u{7}\\r\\n\\u{200b}');
    const json = render('json', reportOf({ records: [{ status: 'failed', name: 'a\u009b2J\u001b' }] }));
    expect(json).toContain('a\\u009b2J\\u001b');
    expect((JSON.parse(json) as { failed: { entries: { name: string }[] }[] }).failed[0]?.entries[0]?.name).toBe(
      'a\u009b2J\u001b',
    );
  });
});
