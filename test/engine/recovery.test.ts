import { afterEach, expect, test } from 'vitest';
import { resumable } from '../../src/engine/run.js';
import { Story, type Place } from './schedule.js';
import { deployment, organization, team, virtualKey, type Contents } from './world.js';

/** What comes of one write after a kill or a late request; test/engine/schedules*.test.ts tries all orders of them. */

const limits = { ...virtualKey('any').limits, modelMaxBudget: { gpt: { budget_limit: 1 } } };

let story: Story;
afterEach(() => story.journal.discard());

function begin(contents: Contents, legacy = false): Story {
  story = new Story(contents, { seed: 7, legacy, turns: [] });
  return story;
}

const at =
  (place: string, of = ''): Place =>
  (name, about) =>
    name === place && about.startsWith(of);

function sent(kind: string): number {
  return story.target.sent.filter((one) => one.kind === kind).length;
}

test('a rule that is stored between our looking and our sending again is ours, not a clash', async () => {
  begin({ deployments: [deployment('m')] });
  // After the second look at 5,000 ms, before the next attempt.
  let rules = 0;
  story.target.fault = (_n, kind) => (kind === 'routing_rule' && (rules += 1) === 1 ? { late: 5_050 } : undefined);
  expect(await story.live(null)).toBe(true);
  expect(sent('routing_rule')).toBe(2);
  expect(story.target.ofKind('routing_rule')).toHaveLength(1);
  expect(story.journal.rows("SELECT state, origin, reason FROM writes WHERE kind = 'routing_rule'")).toEqual([
    { state: 'done', origin: 'created', reason: null },
  ]);
  expect(story.journal.rows('SELECT status, reason, missing FROM records')).toEqual([
    { status: 'written', reason: null, missing: '[]' },
  ]);
});

test('a clash with a rule of somebody else is a failure that the next run clears up', async () => {
  begin({ deployments: [deployment('m')] });
  story.target.fault = (_n, kind) => (kind === 'routing_rule' ? 'clash' : undefined);
  await story.live(null);
  expect(story.journal.rows("SELECT state, reason FROM writes WHERE kind = 'routing_rule'")).toEqual([
    { state: 'failed', reason: 'permanent:refused' },
  ]);
  story.target.fault = () => undefined;
  await story.live(null);
  expect(story.target.ofKind('routing_rule')).toHaveLength(2);
  expect(story.journal.rows("SELECT name FROM writes WHERE state <> 'done'")).toEqual([]);
});

test('what was found and then deleted by somebody, before it was compared, is written again', async () => {
  begin({ teams: [team('t')] });
  await story.live(at('send.after', 'POST team'));
  await story.live(at('reconcile.after'));
  expect(story.journal.rows('SELECT state FROM writes')).toEqual([{ state: 'found' }]);
  const [object] = story.target.ofKind('team');
  story.target.objects.delete(object?.id ?? '');
  expect(await story.live(null)).toBe(true);
  expect(story.target.ofKind('team')).toHaveLength(1);
  expect(story.journal.rows('SELECT state, origin FROM writes')).toEqual([{ state: 'done', origin: 'created' }]);
});

test('limits of a key, which no list shows, are found again after two kills and not sent twice', async () => {
  begin({ virtualKeys: [virtualKey('k', { limits })] });
  await story.live(at('send.after', 'POST model_config'));
  await story.live(at('reconcile.after'));
  expect(await story.live(null)).toBe(true);
  expect(sent('model_config')).toBe(1);
  expect(story.journal.rows('SELECT state, origin FROM writes')).toEqual([
    { state: 'done', origin: 'created' },
    { state: 'done', origin: 'created' },
  ]);
});

test('many limits of keys in doubt are asked for one by one: a reading of everything does not show them', async () => {
  const keys = Array.from({ length: 12 }, (_, n) => virtualKey(`k${n}`, { limits }));
  begin({ virtualKeys: keys });
  await story.live(at('send.after', 'POST model_config'));
  const doubtful = story.journal.rows("SELECT name FROM writes WHERE state = 'planned'");
  expect(doubtful.length).toBeGreaterThan(8);
  expect(await story.live(null)).toBe(true);
  expect(story.target.ofKind('model_config')).toHaveLength(12);
  expect(sent('model_config')).toBe(12);
});

test('a request that lands after the one that took its place is named, until somebody deletes what it made', async () => {
  begin({ organizations: [organization('o')] }, true);
  story.target.fault = (n) => (n === 0 ? { late: 30_000 } : undefined);
  await story.live(null);
  await story.clock.settled();
  const [ours, twin] = story.target.ofKind('customer');
  await story.live(null);
  const named = "SELECT code, message FROM findings WHERE source = 'late'";
  expect(story.journal.rows(named)).toMatchObject([{ code: 'late_twin' }]);
  expect(story.journal.rows(named)[0]?.['message']).toContain(`nothing uses ${twin?.id}`);
  expect(story.journal.rows('SELECT bifrost_id FROM records')).toEqual([{ bifrost_id: ours?.id }]);
  story.target.objects.delete(twin?.id ?? '');
  await story.live(null);
  expect(story.journal.rows(named)).toEqual([]);
  expect(sent('customer')).toBe(2);
});

test('a journal whose run was killed before it could say so can be resumed', async () => {
  begin({ teams: [team('t')] });
  const journal = story.journal.open();
  expect(journal.runs.last()).toBeUndefined();
  expect(resumable(journal)).toBe(true);
  story.journal.kill();
  expect(await story.live(null, 'resume')).toBe(true);
  expect(story.target.ofKind('team')).toHaveLength(1);
  const reopened = story.journal.open();
  expect(resumable(reopened)).toBe(false);
  story.journal.close();
});

test('what is changed in one turn of the event loop is committed together, however much it is', async () => {
  begin({});
  const journal = story.journal.open();
  const before = journal.commits.count;
  const run = journal.runs.begin({ command: 'run', toolVersion: '', sourceVersion: null, targetVersion: null });
  for (let n = 0; n < 2_500; n += 1) journal.findings.replace(null, 'intake', run, []);
  expect(journal.commits.count).toBe(before + 1);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(journal.commits.count).toBe(before + 2);
  story.journal.close();
});
