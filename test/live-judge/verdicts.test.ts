import { describe, expect, test } from 'vitest';
import { judgeAll } from '../live/verdicts.js';
import { answer, asker, facts, failed, observation, reached, refused, spent } from './factories.js';
import { namesFor, namesToAsk } from '../live/names.js';
import { sumUp, passes } from '../live/figures.js';
import { unfilledBudgets } from '../live/budgets.js';
import { readSheet, valueFor } from '../live/migration.js';

const one = asker({ token: '1'.repeat(64) });
const two = asker({ token: '2'.repeat(64) });
const first = { model: 'grp-1' };
const second = { model: 'grp-2' };
const row = (publicName: string, over = {}) => ({
  publicName,
  modelName: publicName,
  teamId: null,
  model: `openai/${publicName}`,
  accessGroups: [],
  ...over,
});

describe('cells judged together', () => {
  test('keys that share a meaning answer for one another: the master key shows the whole group', () => {
    const cells = [observation({ name: 'grp', litellm: [reached(first)], bifrost: [reached(second)] })];
    const global = new Map([['grp', [reached(first), reached(second)]]]);
    expect(judgeAll(cells, facts(), global, [])[0]?.judgement.verdict).toBe('same');
    expect(judgeAll(cells, facts(), new Map(), [])[0]?.judgement.verdict).toBe('other-model');
  });

  test('"no deployments available" is a refusal where nobody reaches the name, and a rest where somebody does', () => {
    const none = { ...failed, message: 'No deployments available for selected model' };
    const cells = [observation({ name: 'm', litellm: [none], bifrost: [refused] })];
    expect(judgeAll(cells, facts(), new Map(), [])[0]?.judgement.verdict).toBe('same-refused');
    const global = new Map([['m', [reached(first)]]]);
    expect(judgeAll(cells, facts(), global, [])[0]?.judgement.verdict).toBe('narrower');
    const open = [observation({ name: 'm', litellm: [none], bifrost: [reached(first)] })];
    expect(judgeAll(open, facts(), new Map(), [])[0]?.judgement.verdict).toBe('wider');
  });

  test('a key whose own answer lies outside the group is not forgiven the group', () => {
    const shadowed = observation({
      asker: two,
      name: 'grp',
      litellm: [reached({ model: 'shadow' })],
      bifrost: [reached(first)],
    });
    const global = new Map([['grp', [reached(first), reached(second)]]]);
    expect(judgeAll([shadowed], facts(), global, [])[0]?.judgement.verdict).toBe('other-model');
  });

  test('an unexpected answer of one key does not enter the group of the others', () => {
    const odd = observation({
      asker: two,
      name: 'grp',
      litellm: [reached({ model: 'shadow' })],
      bifrost: [reached({ model: 'shadow' })],
    });
    const plain = observation({
      asker: one,
      name: 'grp',
      litellm: [reached(first)],
      bifrost: [reached({ model: 'shadow' })],
    });
    const judged = judgeAll([odd, plain], facts(), new Map([['grp', [reached(first)]]]), []);
    expect(judged.map(({ judgement }) => judgement.verdict)).toEqual(['same', 'other-model']);
  });

  test('the master key is not asked about names that a team shadows: the team’s deployment may answer it', () => {
    const world = facts({ deployments: [row('a'), row('a', { teamId: 't' })] });
    const cells = [observation({ litellm: [reached(first)], bifrost: [reached({ model: 'shadow' })] })];
    const global = new Map([['a', [reached(first), reached({ model: 'shadow' })]]]);
    expect(judgeAll(cells, world, global, [])[0]?.judgement.verdict).toBe('other-model');
  });

  test('provider/name of a name the key may use is another spelling, of one it may not use it is wider', () => {
    const cells = [
      observation({ asker: one, name: 'a' }),
      observation({ asker: one, name: 'up/a', litellm: [refused] }),
      observation({ asker: two, name: 'a', litellm: [refused], bifrost: [refused] }),
      observation({ asker: two, name: 'up/a', litellm: [refused] }),
    ];
    const judged = judgeAll(cells, facts(), new Map(), [{ name: 'up', models: ['a'] }]);
    expect(judged.map(({ judgement }) => judgement.verdict)).toEqual(['same', 'spelling', 'same-refused', 'wider']);
  });
});

describe('upstreams that LiteLLM cannot get through to', () => {
  test('the deployments of the name tell which model Bifrost may reach, for this key', () => {
    const world = facts({ deployments: [row('a'), row('a', { teamId: 't', model: 'openai/shadow' })] });
    const down = (over: object) => observation({ litellm: [failed], bifrost: [reached({ model: 'a' })], ...over });
    const mate = asker({ token: '3'.repeat(64), teamId: 't' });
    const judged = judgeAll([down({ asker: one }), down({ asker: mate, scope: 'team t' })], world, new Map(), []);
    expect(judged.map(({ judgement }) => judgement.verdict)).toEqual(['same', 'wider']);
  });
});

describe('figures', () => {
  const judged = (observations: Parameters<typeof judgeAll>[0]) =>
    judgeAll(observations, facts(), new Map(), []).map((cell) => ({ ...cell, codes: [] as string[] }));

  test('every cell of a migrated key is in exactly one class', () => {
    const figures = sumUp(judged([observation(), observation({ name: 'b', bifrost: [refused] })]), [], ['a']);
    const sum = Object.values(figures.verdicts).reduce((n, { active, inactive }) => n + active + inactive, 0);
    expect(sum).toBe(2);
    expect(figures.narrower).toEqual({ named: 0, unnamed: 1 });
    expect([figures.allowed, figures.used]).toEqual([
      { cells: 2, same: 1 },
      { cells: 1, same: 1 },
    ]);
    expect(passes(figures)).toBe(true);
  });

  test('one wider cell without an excuse fails the judgement, an excused one does not', () => {
    const cells = judged([observation({ litellm: [refused] })]);
    expect(passes(sumUp(cells, [], []))).toBe(false);
    expect(
      passes(
        sumUp(
          cells.map((cell) => ({ ...cell, codes: ['rule_not_written'] })),
          [],
          [],
        ),
      ),
    ).toBe(true);
  });

  test('keys that are not on Bifrost are counted apart, with what they could do', () => {
    const absent = { ...one, bifrostValue: null };
    const figures = sumUp(judged([observation({ asker: absent, bifrost: [] })]), [], []);
    expect(figures.keys).toEqual({ asked: 1, active: 0, inactive: 0, missing: 1 });
    expect(figures.lostWithKeys).toBe(1);
    expect(passes(figures)).toBe(true);
  });

  test('a budget that fills on LiteLLM only fails the judgement', () => {
    const cells = [
      observation({ litellm: [reached()], bifrost: [reached()] }),
      observation({ name: 'b', litellm: [spent], bifrost: [reached()] }),
    ];
    const budgets = unfilledBudgets(cells);
    expect(budgets).toHaveLength(1);
    expect(passes(sumUp(judged(cells), budgets, []))).toBe(false);
  });

  test('a budget that fills on both, or a rate limit, is no such thing', () => {
    const both = [
      observation(),
      observation({ name: 'b', litellm: [spent], bifrost: [answer('spent', 402, 'budget_exceeded')] }),
    ];
    const rate = [observation(), observation({ name: 'b', litellm: [answer('spent', 429)], bifrost: [reached()] })];
    expect([...unfilledBudgets(both), ...unfilledBudgets(rate)]).toEqual([]);
  });
});

describe('what is asked, and with which key', () => {
  test('names of every kind, wildcards by sample, each once', () => {
    const world = facts({
      deployments: [
        row('a'),
        row('w/*', { model: 'openai/*' }),
        row('s', { modelName: 'internal', teamId: 't', model: 'azure/dep' }),
      ],
      groupAliases: { ga: 'a' },
      teamAliases: new Map([['t', { ta: 'a' }]]),
      keys: new Map([
        ['k', one.fact],
        ['l', { ...two.fact, aliases: { ka: 'a' } }],
      ]),
    });
    const { used, probes } = namesToAsk(world, [{ name: 'openai-1', models: ['a', '*'] }], ['mine']);
    expect(used).toEqual(expect.arrayContaining(['a', 's', 'ga', 'ta', 'ka', 'w/zz-sample', 'mine']));
    const expected = ['dep', 'azure/dep', 'internal', 'A', 'no-such-model', 'openai-1/a', 'openai-1/zz-sample'];
    expect(probes).toEqual(expect.arrayContaining(expected));
    const all = [...used, ...probes];
    expect(new Set(all).size).toBe(all.length);
    expect(all.some((name) => name.includes('*'))).toBe(false);
  });

  test('every key asks all names in use, and all keys together all probes', () => {
    const names = { used: ['a', 'b'], probes: ['p', 'q', 'r'] };
    const asked = [0, 1, 2].map((index) => namesFor(names, index, 2));
    for (const list of asked) expect([list.length, list.includes('a'), list.includes('b')]).toEqual([4, true, true]);
    expect(new Set(asked.flat())).toEqual(new Set(['a', 'b', 'p', 'q', 'r']));
    expect(namesFor({ used: [], probes: [] }, 3, 2)).toEqual([]);
  });

  test('new values are found by the start of the token hash, and only by one line', () => {
    const sheet = readSheet({
      keys: [
        { tokenPrefix: '1111111111111111', value: 'sk-bf-1' },
        { tokenPrefix: '3333333333333333', value: null },
      ],
    });
    expect(valueFor(sheet, '1'.repeat(64))).toBe('sk-bf-1');
    expect(valueFor(sheet, '2'.repeat(64))).toBeNull();
    expect(valueFor(sheet, '3'.repeat(64))).toBeNull();
    expect(() => valueFor([...sheet, ...sheet], '1'.repeat(64))).toThrow(/two lines/);
    expect(() => readSheet([])).toThrow(/no list/);
  });
});
