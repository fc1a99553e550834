import { describe, expect, it } from 'vitest';
import { buildReport } from '../../src/report/model.js';
import { createTally } from '../../src/commands/tally.js';
import { duration, progressOn } from '../../src/commands/progress.js';
import { lastScreen } from '../../src/commands/last-screen.js';
import { linesOf, printed } from '../../src/commands/log-lines.js';
import { maskEmails } from '../../src/commands/mask.js';
import { painter } from '../../src/commands/colors.js';
import type { JournalRows, RecordRow } from '../../src/report/rows.js';
import type { RunEvent } from '../../src/engine/events.js';

const plain = painter({ isTTY: false }, {});

function log(event: RunEvent, verbose = false): string[] {
  return linesOf(event, verbose).map((line) => printed(line, plain));
}

function write(overrides: Partial<Extract<RunEvent, { type: 'write' }>> = {}): RunEvent {
  return {
    type: 'write',
    kind: 'provider',
    label: 'provider "openai" (custom=false, base_url="")',
    result: 'created',
    message: null,
    ...overrides,
  };
}

function record(overrides: Partial<Extract<RunEvent, { type: 'record' }>> = {}): RunEvent {
  return {
    type: 'record',
    key: { kind: 'user', id: 'u1' },
    name: 'alice@acme.com',
    status: 'written',
    origin: 'created',
    bifrostId: 'b1',
    bifrostName: 'alice@acme.com',
    incomplete: false,
    reason: null,
    message: null,
    findings: [],
    ...overrides,
  };
}

describe('log lines', () => {
  it('have the documented shape', () => {
    expect(log(write({ result: 'planned' }))).toEqual(['PLAN provider "openai" (custom=false, base_url="")']);
    expect(
      log(write({ result: 'planned', kind: 'provider_key', label: 'key "openai/OPENAI_API_KEY" models=[*]' })),
    ).toEqual(['       key "openai/OPENAI_API_KEY" models=[*]']);
    expect(log(write())).toEqual(['OK   provider "openai" (custom=false, base_url="")']);
    expect(log(write({ result: 'failed', message: 'refused' }))).toEqual([
      'FAIL provider "openai" (custom=false, base_url=""): refused',
    ]);
    expect(log(write({ result: 'skipped', message: 'no value' }))).toEqual([
      'SKIP provider "openai" (custom=false, base_url=""): no value',
    ]);
    expect(log({ type: 'warning', message: 'open' })).toEqual(['WARN open']);
    expect(log({ type: 'intake', kind: 'virtual_key', count: 60 })).toEqual(['fetched 60 virtual key(s) from LiteLLM']);
  });

  it('say of a record why it was skipped, failed or waits', () => {
    expect(log(record({ status: 'skipped', name: 'u1', reason: 'no_email' }))).toEqual(['SKIP user "u1": no email']);
    expect(log(record({ status: 'failed', name: 'u1', message: 'refused' }))).toEqual(['FAIL user "u1" (u1): refused']);
    expect(log(record({ status: 'waiting', name: 'u1', message: 'its team failed' }))).toEqual([
      'WARN user "u1": waiting: its team failed',
    ]);
    expect(log(record({ incomplete: true, name: 'u1', message: 'no owner' }))).toEqual([
      'WARN user "u1": incomplete: no owner',
    ]);
  });

  it('say one thing once: a written record is told by its write', () => {
    expect(log(record())).toEqual([]);
    expect(log(write({ kind: 'virtual_key', result: 'failed', message: 'x' }))).toEqual([]);
    expect(log(record(), true)).toEqual(['OK   user "a***@acme.com" -> "a***@acme.com"']);
  });

  it('mask e-mail addresses', () => {
    expect(maskEmails('user "alice.b+c@sub.acme.com" -> usr_1 (bob@x.org)')).toBe(
      'user "a***@sub.acme.com" -> usr_1 (b***@x.org)',
    );
    expect(maskEmails('jürgen@müller.de')).toBe('j***@müller.de');
    expect(maskEmails('no@tld, @acme.com, gpt-4@2024')).toBe('no@tld, @acme.com, gpt-4@2024');
  });

  it('cannot be forged by a name', () => {
    const lines = log(record({ status: 'skipped', name: 'x\nOK   vkey "forged"\u001b[2J', reason: 'expired' }));
    expect(lines).toEqual(['SKIP user "x\\nOK   vkey "forged"\\u{1b}[2J": expired']);
  });
});

describe('colours', () => {
  it.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('terminal %s with %j: %s', (isTTY, env, colored) => {
    expect(painter({ isTTY }, env)('red', 'x') !== 'x').toBe(colored);
  });
});

describe('progress', () => {
  function screen(isTTY: boolean) {
    let time = 0;
    let text = '';
    const out = { isTTY, columns: 64, write: (chunk: string) => (text += chunk) };
    const progress = progressOn(out, false, () => time);
    return { progress, pass: (ms: number) => (time += ms), text: () => text, clear: () => (text = '') };
  }
  const started: RunEvent = { type: 'stage-started', stage: 'virtual-keys', total: 200 };
  const at = (done: number, expectedMs: number | null = null): RunEvent => ({
    type: 'stage-progress',
    stage: 'virtual-keys',
    done,
    total: 200,
    expectedMs,
  });

  it('on a terminal is a bar with count, rate and time left, redrawn in place', () => {
    const { progress, pass, text } = screen(true);
    progress.listen(started);
    pass(1000);
    progress.listen(at(50));
    expect(text().split('\r\u001b[2K').at(-1)).toBe('virtual-keys [#####---------------] 50/200, 50/s, 3s left');
  });

  it('believes the estimate of the engine', () => {
    const { progress, pass, text } = screen(true);
    progress.listen(started);
    pass(1000);
    progress.listen(at(50, 125_000));
    expect(text()).toContain('2m05s left');
  });

  it('makes room for log lines and stays below them', () => {
    const { progress, pass, text, clear } = screen(true);
    progress.listen(started);
    pass(1000);
    clear();
    progress.around(() => progress.listen({ type: 'note', message: '' }));
    expect(text()).toBe(`\r\u001b[2K\r\u001b[2Kvirtual-keys [${'-'.repeat(20)}] 0/200`);
  });

  it('is never wider than the terminal', () => {
    const { progress, pass, text } = screen(true);
    progress.listen(started);
    pass(3000);
    progress.listen(at(199, 9e12));
    for (const line of text().split('\r\u001b[2K')) expect(line.length).toBeLessThan(64);
  });

  it('elsewhere is a plain line every few seconds', () => {
    const { progress, pass, text } = screen(false);
    progress.listen(started);
    for (let done = 1; done <= 120; done++) {
      pass(100);
      progress.listen(at(done));
    }
    progress.listen({ type: 'stage-finished', stage: 'virtual-keys' });
    expect(text().split('\n')).toEqual([
      'progress virtual-keys: 50/200, 10/s, 15s left',
      'progress virtual-keys: 100/200, 10/s, 10s left',
      '',
    ]);
  });

  it('says durations as people do', () => {
    expect([400, 42_000, 425_000, 7_980_000].map(duration)).toEqual(['1s', '42s', '7m05s', '2h13m']);
  });
});

describe('the closing line', () => {
  it('counts objects as documented', () => {
    const tally = createTally();
    for (const kind of ['provider', 'provider_key', 'provider_key', 'model_config'] as const)
      tally.listen(write({ kind }));
    tally.listen(write({ kind: 'customer', result: 'adopted' }));
    tally.listen(write({ kind: 'team', result: 'failed' }));
    tally.listen(record({ status: 'failed' }));
    tally.listen(record({ status: 'failed' }));
    expect(tally.closing(false)).toBe(
      'done: 1 provider(s), 2 key(s), 1 model config(s) written, 1 customer(s) adopted, 2 failed',
    );
  });

  it('of a dry run says that nothing was written', () => {
    const tally = createTally();
    tally.listen(write({ result: 'planned' }));
    expect(tally.closing(true)).toBe('dry-run: 1 provider(s) planned, no writes performed');
    expect(tally.plan).toEqual([{ kind: 'provider', label: 'provider "openai" (custom=false, base_url="")' }]);
    expect(createTally().closing(true)).toBe('dry-run: nothing planned, no writes performed');
  });
});

const USERS: JournalRows = {
  toolVersion: '0.1.0',
  createdAt: null,
  sourceIdentity: 'http://l.test',
  targetIdentity: 'http://b.test',
  runs: [],
  counts: [{ kind: 'user', read: 9, created: 1, adopted: 0, skipped: 7, failed: 1, waiting: 0, incomplete: 0 }],
  records: [
    { ...settledAs('failed', 'u9'), reason: 'conflict', message: 'taken' },
    ...Array.from({ length: 7 }, (_, n) => ({
      ...settledAs('skipped', `s${n}`),
      reason: 'no_email',
      message: 'no e-mail',
    })),
  ],
  findings: [
    {
      code: 'user_budget',
      severity: 'loss',
      field: 'max_budget',
      message: 'Bifrost has no user budgets',
      record: { kind: 'user', id: 'u1', name: 'alice@acme.com' },
    },
    { code: 'settings_not_carried', severity: 'notice', field: 'x', message: 'x', record: null },
  ],
  models: [],
  inDoubt: 0,
};

function settledAs(status: 'failed' | 'skipped', id: string): RecordRow {
  return {
    kind: 'user',
    id,
    name: id,
    status,
    reason: null,
    message: null,
    nextStep: null,
    bifrostName: null,
    missing: [],
    changedFields: null,
  };
}

describe('the last screen', () => {
  const lines = (dryRun: boolean) => [
    ...lastScreen(buildReport(USERS), {
      closing: 'done: nothing written, 1 failed',
      next: 'migrate run',
      why: 'why',
      dryRun,
      paint: plain,
    }),
  ];

  it('shows losses, a table that adds up, and what to type next', async () => {
    await expect(lines(false).join('\n')).toMatchFileSnapshot('../fixtures/golden/last-screen.txt');
  });

  it('of a dry run leaves nothing out: there is no journal to ask later', () => {
    const text = lines(true).join('\n');
    for (let n = 0; n < 7; n++) expect(text).toContain(`"s${n}"`);
    expect(text).not.toContain('more: migrate report');
    expect(lines(false).join('\n')).toContain('… and 2 more: migrate report');
  });

  it('masks e-mail addresses', () => {
    expect(lines(true).join('\n')).not.toContain('alice');
  });

  it('says so when nothing is lost', () => {
    const empty = buildReport({ ...USERS, findings: [], records: [] });
    expect([...lastScreen(empty, { closing: 'c', next: 'n', why: 'w', dryRun: false, paint: plain })]).toContain(
      'losses: none',
    );
  });
});
