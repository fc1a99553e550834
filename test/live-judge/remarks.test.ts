import { describe, expect, test } from 'vitest';
import { excusesBudget, excusing, explaining, readRemarks } from '../live/remarks.js';
import { asker, facts, observation, reached } from './factories.js';

const token = 'abcdef0123456789'.padEnd(64, '0');
const cell = observation({ asker: asker({ token, teamId: 't' }), name: 'model-a' });
const record = (kind: string, id: string, name = 'x') => ({ kind, id, name });
const world = facts({
  deployments: [{ publicName: 'model-a', modelName: 'internal-a', teamId: null, model: 'openai/up', accessGroups: [] }],
});

const report = (losses: object[], more = {}) => ({
  losses,
  changes: [],
  notices: [],
  failed: [],
  waiting: [],
  skipped: [],
  incomplete: [],
  ...more,
});
const finding = (code: string, about: object | null, message = '') => ({
  code,
  entries: [{ record: about, field: '', message }],
});
const explained = (document: object) => explaining(readRemarks(document), cell, world).map(({ code }) => code);

describe('what the report says about a lost name', () => {
  test('a finding of this key that mentions the name', () => {
    expect(explained(report([finding('f', record('virtual_key', token.slice(0, 16)), 'drops "model-a"')]))).toEqual([
      'f',
    ]);
  });

  test('not of another key, nor about a longer name', () => {
    expect(explained(report([finding('f', record('virtual_key', 'ffffffffffffffff'), '"model-a"')]))).toEqual([]);
    expect(
      explained(report([finding('f', record('virtual_key', token.slice(0, 16)), '"model-abc" and "my/model-a"')])),
    ).toEqual([]);
  });

  test('a finding that takes the whole key down explains all its names, one about metadata explains none', () => {
    const about = record('virtual_key', token.slice(0, 16));
    expect(
      explained(report([finding('zero_limit_inactive', about), finding('not_carried', about, 'metadata')])),
    ).toEqual(['zero_limit_inactive']);
  });

  test('the deployment behind the name, by either name, when it was skipped or lost something', () => {
    const skipped = [
      { reason: 'undecryptable', entries: [{ ...record('deployment', 'd', 'internal-a'), message: '' }] },
    ];
    expect(explained(report([], { skipped }))).toEqual(['undecryptable']);
    expect(explained(report([finding('f', record('deployment', 'd', 'model-a'))]))).toEqual(['f']);
    expect(explained(report([finding('f', record('deployment', 'd', 'model-b'))]))).toEqual([]);
  });

  test('a finding about LiteLLM as a whole that names it', () => {
    expect(explained(report([finding('f', null, 'fallback model-a → model-b')]))).toEqual(['f']);
    expect(explained(report([finding('f', null, 'fallback model-c → model-b')]))).toEqual([]);
  });

  test('what a key waits for is named one by one', () => {
    const incomplete = (message: string) =>
      report([], { incomplete: [{ ...record('virtual_key', token.slice(0, 16)), message }] });
    expect(explained(incomplete('left out until their provider keys are on Bifrost: model-a'))).toEqual(['incomplete']);
    expect(explained(incomplete('left out until their provider keys are on Bifrost: model-z'))).toEqual([]);
  });

  test('a change of the deployment explains nothing: it still works', () => {
    const changes = [finding('loopback_base_url', record('deployment', 'd', 'model-a'))];
    expect(explained(report([], { changes }))).toEqual([]);
  });

  test('notices explain nothing', () => {
    expect(explained(report([], { notices: [finding('f', record('deployment', 'd', 'model-a'))] }))).toEqual([]);
  });
});

describe('what excuses a key that can do more', () => {
  const about = record('virtual_key', token.slice(0, 16));
  const excused = (...findings: object[]) =>
    excusing(readRemarks(report(findings)), cell, world).map(({ code }) => code);

  test('a rule that was not written for this name, said of this key or of the deployment', () => {
    const rule = finding('deny_rule_not_written', about, 'model-a');
    expect(excused(rule, finding('renamed', about, 'model-a'))).toEqual(['deny_rule_not_written']);
    expect(excused(finding('deny_rule_not_written', about, 'model-b'))).toEqual([]);
    expect(excused(finding('needs_routing_rule', record('deployment', 'd', 'model-a')))).toEqual([
      'needs_routing_rule',
    ]);
  });

  test('bare names that reach a wildcard as typed, not names that arrive elsewhere', () => {
    const remarks = readRemarks(report([finding('bare_names_reach_wildcard', about, 'a routing rule closes it')]));
    const typed = { ...cell, bifrost: [reached({ model: 'model-a' })] };
    expect(excusing(remarks, typed, world)).toHaveLength(1);
    expect(excusing(remarks, cell, world)).toHaveLength(0);
  });

  test('not one of another key, nor an unknown price: that excuses budgets only', () => {
    expect(excused(finding('deny_rule_not_written', record('virtual_key', 'ffffffffffffffff')))).toEqual([]);
    expect(excused(finding('budget_without_price', about, 'model-a'))).toEqual([]);
    expect(excusesBudget(readRemarks(report([finding('budget_without_price', about)]))[0]!)).toBe(true);
  });
});
