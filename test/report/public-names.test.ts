import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings.js';
import { nameChanges, type NameChanges } from '../../src/report/public-names.js';
import { buildReport } from '../../src/report/model.js';
import { readRows } from '../../src/report/read.js';
import { RENDERERS } from '../../src/report/renderers.js';
import type { FindingRow, ModelRow } from '../../src/report/rows.js';
import { models } from '../../src/stages/models.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import type { Plan } from '../../src/stages/plan.js';
import { contextOf, deployment, PENDING, secret, virtualKey, world, type ContextParts, type WorldParts } from '../factories.js'; // prettier-ignore
import { journalFile, type JournalContent } from './journal-file.js';

function model(publicName: string, over: Partial<ModelRow> = {}): ModelRow {
  return {
    id: `d-${publicName}`,
    publicName,
    modelName: publicName,
    modelString: `openai/${publicName}`,
    team: null,
    status: 'written',
    reason: null,
    message: null,
    missing: [],
    ...over,
  };
}

const onKey = (code: string, message: string, id = 'k'): FindingRow => ({
  code,
  severity: 'loss',
  field: 'models',
  message,
  record: { kind: 'virtual_key', id, name: id },
});

/** What the program itself says about a world, as rows of the journal. */
function planned(parts: WorldParts, context: ContextParts = {}): NameChanges {
  const w = world(parts);
  const planning = contextOf(w, context);
  const findings: FindingRow[] = [];
  const rows = w.deployments.map((d): ModelRow => {
    const plan = models.plan(d, PENDING, planning);
    findings.push(...rowsOf(plan.findings, 'deployment', d.id));
    const [reason, message] = fate(plan);
    const status = plan.outcome === 'write' ? 'written' : plan.outcome === 'skipped' ? 'skipped' : 'failed';
    const modelString = typeof d.params['model'] === 'string' ? d.params['model'] : null;
    return model(d.publicName, { id: d.id, modelName: d.modelName, modelString, status, reason, message });
  });
  const key = virtualKey('k');
  findings.push(...rowsOf(virtualKeys.plan(key, PENDING, planning).findings, 'virtual_key', key.id));
  return nameChanges(rows, findings);
}

function fate(plan: Plan): [string | null, string | null] {
  return plan.outcome === 'skipped' || plan.outcome === 'failed' ? [plan.reason, plan.message] : [null, null];
}

function rowsOf(findings: readonly Finding[], kind: string, id: string): FindingRow[] {
  return findings.map((one) => ({ ...one, record: { kind, id, name: id } }));
}

const stays = ({ names }: NameChanges) => Object.fromEntries(names.map((one) => [one.name, one.stays]));

describe('names of written deployments', () => {
  it('stay, each said once', () => {
    expect(nameChanges([model('b'), model('a'), model('a', { id: 'd2' })], []).names).toEqual([
      { name: 'a', team: null, stays: true, why: [] },
      { name: 'b', team: null, stays: true, why: [] },
    ]);
  });

  it('stay when one of several deployments is left, with what the others lack', () => {
    const skipped = { status: 'skipped', reason: 'base_url_unset', message: 'X is not set.' } as const;
    expect(nameChanges([model('g'), model('g', { id: 'd2', ...skipped })], []).names[0]).toMatchObject({
      stays: true,
      why: ['served by 1 of its 2 deployments', 'X is not set.'],
    });
  });

  it('are lost with their last deployment, with its reason', () => {
    const failed = { status: 'failed', reason: 'undecryptable', message: 'api_key cannot be decrypted' } as const;
    const [name] = nameChanges([model('g', failed)], []).names;
    expect(name).toEqual({ name: 'g', team: null, stays: false, why: ['api_key cannot be decrypted'] });
    expect(nameChanges([model('g', { status: 'pending' })], []).names[0]?.why).toEqual(['not worked on yet']);
  });

  it('of a team are a name of their own', () => {
    const team = { id: 't', name: 'Platform' };
    const lost = model('g', { id: 'd2', team, status: 'failed', message: 'no' });
    expect(nameChanges([model('g'), lost], []).names.map(({ team: of, stays: does }) => [of, does])).toEqual([
      ['Platform', false],
      [null, true],
    ]);
  });

  it('are not lost with a deployment LiteLLM does not call either, or does not have any more', () => {
    expect(stays(nameChanges([model('g', { status: 'skipped', reason: 'blocked' })], []))).toEqual({ g: true });
    const vanished: FindingRow = { ...onKey('vanished', ''), record: { kind: 'deployment', id: 'd-g', name: 'g' } };
    expect(nameChanges([model('g')], [vanished]).names).toEqual([]);
  });
});

describe('names that cannot be said', () => {
  const azure = deployment('azure/x', { model: 'openai/gpt-4o', api_key: secret('k') });

  it('are lost without routing rules, and stay with them', () => {
    expect(stays(planned({ deployments: [azure] }))).toEqual({ 'azure/x': true });
    const without = planned({ deployments: [azure] }, { settings: { routing: false } });
    expect(without.names).toMatchObject([{ name: 'azure/x', stays: false }]);
    expect(without.names[0]?.why[0]).toContain('needs a routing rule');
  });

  it('take no other name of the same deployment with them', () => {
    const plain = deployment('plain', { model: 'openai/gpt-4o', api_key: secret('k') });
    const found = planned({ deployments: [plain], modelGroupAlias: { 'azure/x': 'plain' } }, { settings: { routing: false } }); // prettier-ignore
    expect(stays(found)).toEqual({ plain: true });
    expect(found.onlySomeKeys).toMatchObject([{ code: 'needs_routing_rule', keys: 1 }]);
    expect(found.onlySomeKeys[0]?.message).toContain('"azure/x"');
  });

  it('are patterns that stand for everything', () => {
    const all = deployment('*', { model: 'openai/*', api_key: secret('k') });
    expect(stays(planned({ deployments: [all] }))).toEqual({ '*': false });
    const limited = deployment('*', { model: 'openai/*', api_key: secret('k'), rpm: 3 });
    expect(stays(planned({ deployments: [limited] }))).toEqual({ '*': false });
  });
});

describe('strings that are no public names', () => {
  it('are given the public names of the same deployments', () => {
    const two = ['a', 'b'].map((name) => deployment(name, { model: 'openai/up', api_key: secret('k') }));
    expect(planned({ deployments: two }).otherNames).toEqual([{ name: 'openai/up', team: null, instead: ['a', 'b'] }]);
  });

  it('are left out while no key loses them', () => {
    expect(nameChanges([model('a')], []).otherNames).toEqual([]);
  });

  it('are told apart from names whichever finding lists them', () => {
    const team = { id: 't', name: 'Platform' };
    const inner = model('g', { modelName: 'model_name_t_1', team });
    const findings = [
      onKey('unknown_name', 'not carried: "model_name_t_1"'),
      onKey('needs_routing_rule', 'only a routing rule could lead there, and none does: "*", "openai/a"'),
    ];
    expect(nameChanges([model('a'), inner], findings).otherNames).toEqual([
      { name: 'model_name_t_1', team: 'Platform', instead: ['g'] },
      { name: 'openai/a', team: null, instead: ['a'] },
    ]);
  });

  it('have nothing instead when their public name is lost', () => {
    const lost = model('a', { status: 'failed', message: 'no' });
    const finding = onKey('undocumented_name', 'LiteLLM also answers these: "openai/a"');
    expect(nameChanges([lost], [finding]).otherNames).toEqual([{ name: 'openai/a', team: null, instead: [] }]);
  });

  it('are all shown when a finding only counts the rest', () => {
    const finding = onKey('undocumented_name', 'LiteLLM also answers these: "z" and 61 more');
    expect(nameChanges([model('a')], [finding]).otherNames.map(({ name }) => name)).toEqual(['openai/a']);
  });
});

it('counts the keys that lose a name, one sentence once', () => {
  const message = 'Bifrost\'s lists cannot hold two names that differ only by case; left out: "GPT"';
  const findings = ['k1', 'k2', 'k2'].map((id) => onKey('name_differs_by_case', message, id));
  expect(nameChanges([], findings).onlySomeKeys).toEqual([{ code: 'name_differs_by_case', message, keys: 2 }]);
});

describe('the section for callers', () => {
  const content: JournalContent = {
    records: [
      { kind: 'team', id: 't', name: 'Platform | <b>' },
      { kind: 'deployment', id: 'd1', name: 'a', record: { publicName: 'a', teamId: null, params: { model: 7 } } },
      {
        kind: 'deployment',
        id: 'd2',
        name: 'x',
        status: 'failed',
        message: 'its <key> is unreadable',
        record: { publicName: 'x`y', teamId: 't', params: { model: 'openai/x' } },
      },
    ],
  };
  const rows = () => readRows(new Database(journalFile(content), { readonly: true }));

  it('reads public names and teams from the journal alone', () => {
    expect(rows().models.map(({ publicName, team, modelString }) => [publicName, team, modelString])).toEqual([
      ['a', null, null],
      ['x`y', { id: 't', name: 'Platform | <b>' }, 'openai/x'],
    ]);
  });

  it('says how many stay, and each that does not, safe to print', () => {
    const report = buildReport(rows());
    const md = [...RENDERERS.md(report)].join('\n');
    expect(md).toContain('- Model names: 1 of 2 stay as they are, 1 is not on Bifrost.');
    expect(md).toContain('  - ``x`y`` of team `Platform | <b>`: its \\<key\\> is unreadable');
    expect([...RENDERERS.text(report)].join('\n')).toContain(
      '- "x`y" of team "Platform | <b>": its <key> is unreadable',
    );
    const json = JSON.parse([...RENDERERS.json(report)].join('\n')) as { callers: unknown };
    expect(json.callers).toMatchObject({
      names: [
        { name: 'a', stays: true },
        { name: 'x`y', stays: false },
      ],
    });
  });
});
