import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { accessMatrix } from '../../src/report/access.js';
import { buildReport } from '../../src/report/model.js';
import { readAccess } from '../../src/report/read-access.js';
import { readRows } from '../../src/report/read.js';
import { renderHtml } from '../../src/report/html.js';
import { REPORTS } from '../../src/report/formats.js';
import { MOST_COLUMNS } from '../../src/report/html-access.js';
import { ribbonsOf } from '../../src/report/html-flow.js';
import { html, numeral } from '../../src/report/html-text.js';
import { journalFile, type JournalContent } from './journal-file.js';
import { HOSTILE, hostileStory, STORY, STORY_WITH_ACCESS, TOKEN } from './story.js';

function render(content: JournalContent): string {
  return [...REPORTS.html(new Database(journalFile(content), { readonly: true }))].join('\n');
}

function only(text: string, element: string): string {
  const found = [...text.matchAll(new RegExp(`<${element}[^>]*>([\\s\\S]*?)</${element}>`, 'g'))];
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? '';
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

describe('the page', () => {
  it('is golden', async () => {
    const guide = new Map([
      [
        'expiry_not_carried',
        { means: 'It expires in LiteLLM and never here', todo: 'Delete it with `migrate rollback`.' },
      ],
    ]);
    const database = new Database(journalFile(STORY_WITH_ACCESS), { readonly: true });
    const lines = renderHtml(buildReport(readRows(database)), accessMatrix(readAccess(database)), guide);
    // Style and script are told apart by their hashes, and looked at in a browser.
    const text = [...lines].join('\n').replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1>…</$1>');
    await expect(text.replace(/sha256-[^']*/g, 'sha256-…')).toMatchFileSnapshot('../fixtures/golden/report.html');
  });

  it('lets a browser load nothing, and run nothing but its own style and script', () => {
    const text = render(STORY_WITH_ACCESS);
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text) ?? [];
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src '${sha256(only(text, 'style'))}'`,
      `script-src '${sha256(only(text, 'script'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(text).not.toMatch(/\s(?:style|src|srcset|action|on[a-z]+)=/i);
    expect([...text.matchAll(/href="([^"]*)"/g)].every(([, href = '']) => href.startsWith('#'))).toBe(true);
    expect(only(text, 'style')).not.toMatch(/url\(|@import|</);
  });

  it('closes every element it opens', () => {
    const open: string[] = [];
    const text = render(STORY_WITH_ACCESS).replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
    for (const [, end, name = '', self] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (self === '/' || ['meta', 'input', 'wbr', 'br'].includes(name)) continue;
      if (end === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('links only to sections that are there, each once', () => {
    const text = render(STORY_WITH_ACCESS);
    const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...text.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual(expect.arrayContaining(links));
    expect(links).toEqual(expect.arrayContaining(['summary', 'losses', 'failed', 'callers', 'access', 'notices']));
  });

  it('tells losses before what went well, what each code means and what to do', () => {
    const text = render(STORY);
    const titles = [...text.matchAll(/<h2 [^>]*>([^<]+)/g)].map(([, title = '']) => title.trim());
    expect(titles).toEqual([
      ...['Summary', 'Losses', 'Failed', 'Waiting', 'Incomplete', 'Skipped', 'Drifted'],
      ...['What your callers must change', 'Who may call what', 'Changes', 'Notices'],
    ]);
    expect(text).toContain('The key expires in LiteLLM and never on this Bifrost.');
    expect(text).toContain('<b>What to do:</b> Delete or block it there by then.');
  });

  it('shows of a virtual key only the start of its token hash', () => {
    const text = render(STORY_WITH_ACCESS);
    expect(text).not.toContain(TOKEN);
    expect(text).toContain(TOKEN.slice(0, 16));
  });

  it('renders an empty journal', () => {
    expect(render({ run: null, ends: null })).toContain('0 read = 0 created');
  });
});

describe('names from LiteLLM', () => {
  it('never become markup, and hide nothing', () => {
    const text = render(hostileStory());
    expect(text).not.toContain('<img');
    expect(text).not.toContain(HOSTILE);
    expect(only(text, 'script')).not.toContain('alert');
    // eslint-disable-next-line no-control-regex -- the point of the test
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('\\u{202e}');
  });

  it('are escaped where a template puts them, as text and as attributes', () => {
    expect(html`<a b="${'"\'<>&'}">${'</a>'}${[html`<i>${'&amp;'}</i>`]}</a>`.text).toBe(
      '<a b="&quot;&#39;&lt;&gt;&amp;">&lt;/a&gt;<i>&amp;amp;</i></a>',
    );
  });
});

describe('the picture', () => {
  const row = { kind: 'team', read: 0, created: 0, adopted: 0, skipped: 0, failed: 0, waiting: 0, incomplete: 0 };

  it('draws every record once, in proportion', () => {
    const counts = [
      { ...row, kind: 'team', read: 30, created: 20, failed: 10 },
      { ...row, kind: 'virtual_key', read: 70, created: 60, waiting: 10 },
    ];
    const { ribbons, isTrue } = ribbonsOf(counts);
    expect(isTrue).toBe(true);
    expect(ribbons.map(({ kind, outcome, count }) => [kind, outcome, count])).toEqual([
      ['team', 'created', 20],
      ['team', 'failed', 10],
      ['virtual_key', 'created', 60],
      ['virtual_key', 'waiting', 10],
    ]);
    const [first, second] = ribbons;
    expect(first?.width).toBeCloseTo(2 * (second?.width ?? 0));
  });

  it('lets one failure among 100,000 be seen, and says that it is drawn wider', () => {
    const counts = [{ ...row, kind: 'virtual_key', read: 100_000, created: 99_999, failed: 1 }];
    const { ribbons, isTrue } = ribbonsOf(counts);
    expect(isTrue).toBe(false);
    expect(ribbons[1]?.width).toBeGreaterThan(1);
  });

  it('writes large numbers so that they can be read', () => {
    expect([7, 1_000, 123_456, 1_234_567].map(numeral)).toEqual(['7', '1,000', '123,456', '1,234,567']);
  });
});

describe('who may call what', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `model-${at}`);
  const wide = (count: number): JournalContent => ({
    records: [{ kind: 'virtual_key', id: 'k', name: 'wide', detail: { rights: 'r' } }],
    rights: { r: { kept: [{ pattern: null, names: names(count) }], patterns: [], lost: [], gained: [] } },
  });

  it('has one row for all keys with the same rights, inactive ones apart, alarms first', () => {
    const key = (name: string, rights: string | null, inactive: string[] = []) =>
      ({ id: name, name, status: 'written', rights, inactive }) as const;
    const none = { kept: [], patterns: [], lost: [], gained: [] };
    const matrix = accessMatrix({
      keys: [
        ...['b', 'a', 'c'].map((name) => key(name, 'one')),
        key('off', 'one', ['blocked']),
        key('odd', 'two'),
        key('lost', null),
        { ...key('skipped', null), status: 'skipped' },
        { ...key('failed', null), status: 'failed' },
      ],
      rights: new Map([
        ['one', { ...none, kept: [{ pattern: null, names: ['m'] }] }],
        ['two', { ...none, gained: [{ code: null, names: ['openai/x'] }] }],
      ]),
    });
    expect(matrix.rows.map((row) => row.keys.map(({ name }) => name))).toEqual([
      ['odd'],
      ['a', 'b', 'c'],
      ['lost'],
      ['off'],
    ]);
    expect(matrix.rows.map(({ isAlarming }) => isAlarming)).toEqual([true, false, false, false]);
    expect(matrix.rows[0]?.cells.get('openai/x')).toEqual({ state: 'alarm', codes: [] });
    expect(matrix.rows[2]?.rights).toBeNull();
    expect(matrix).toMatchObject({
      keys: 6,
      absent: { skipped: 1, failed: 1, pending: 0 },
      columns: ['m', 'openai/x'],
    });
  });

  it('says it loudly when a key may call more than before', () => {
    expect(render(STORY_WITH_ACCESS)).toMatch(/role="alert">\s*Alarm: 1 key may call more after than before/);
    expect(render(wide(2))).not.toContain('role="alert"');
  });

  it('names in the cell the finding that says why a name is gone', () => {
    expect(render(STORY_WITH_ACCESS)).toMatch(/<td class="cell lost">[^|]*?deployment_<wbr \/>not_<wbr \/>carried/);
  });

  it('lists names per row where there are too many for columns, and leaves none out', () => {
    const [few, many] = [render(wide(MOST_COLUMNS)), render(wide(MOST_COLUMNS + 1))];
    expect(few).toContain('class="matrix"');
    expect(many).not.toContain('class="matrix"');
    for (const name of names(MOST_COLUMNS + 1)) expect(many).toContain(`>${name}<`);
  });

  it('counts the keys it does not show', () => {
    expect(render(STORY_WITH_ACCESS)).toContain('Not on Bifrost and not shown here: 1 skipped.');
  });
});
