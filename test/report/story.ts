import type { JournalContent } from './journal-file.js';

export const TOKEN = '3f9a2c'.padEnd(64, '0');

/** A small journal with one of everything a report tells of. */
export const STORY = {
  records: [
    {
      kind: 'deployment',
      id: 'd1',
      name: 'gpt-4o',
      record: { publicName: 'gpt-4o', modelName: 'gpt-4o', teamId: null, params: { model: 'openai/gpt-4o' } },
    },
    {
      kind: 'deployment',
      id: 'd2',
      name: 'odd',
      status: 'skipped',
      reason: 'partial_wildcard',
      message: 'openai/gpt-4* cannot be said on Bifrost.',
    },
    { kind: 'organization', id: 'o1', name: 'Acme', origin: 'adopted' },
    {
      kind: 'team',
      id: 't1',
      name: 'Platform',
      missing: [{ what: 'owner', message: 'its customer is not there yet.' }],
    },
    {
      kind: 'team',
      id: 't2',
      name: 'Broken',
      status: 'failed',
      reason: 'permanent',
      code: 'unreadable_budget',
      message: 'max_budget "x" is unreadable.',
      nextStep: 'Correct it in LiteLLM.',
    },
    {
      kind: 'user',
      id: 'u1',
      name: 'u1',
      status: 'skipped',
      reason: 'no_email',
      message: 'LiteLLM has no e-mail address.',
    },
    {
      kind: 'user',
      id: 'u2',
      name: 'u2',
      status: 'skipped',
      reason: 'no_email',
      message: 'LiteLLM has no e-mail address.',
    },
    { kind: 'membership', id: 'm1', name: 'm1', status: 'pending', reason: 'waiting', message: 'its team failed.' },
    {
      kind: 'virtual_key',
      id: TOKEN,
      name: 'ci',
      fingerprint: 'new',
      writtenFingerprint: 'old',
      record: { models: ['a'], limits: { maxBudget: 5, rpmLimit: 1 } },
      writtenRecord: { models: ['a'], limits: { maxBudget: 9, rpmLimit: 1 } },
    },
  ],
  findings: [
    {
      record: TOKEN,
      code: 'expiry_not_carried',
      severity: 'loss',
      field: 'expires',
      message: 'It expired on 2026-05-01 in LiteLLM and will not on Bifrost.',
    },
    {
      record: TOKEN,
      code: 'budget_without_price',
      severity: 'loss',
      field: 'max_budget',
      message: 'No price is known.',
    },
    {
      record: TOKEN,
      code: 'undocumented_name',
      severity: 'loss',
      field: 'models',
      message: 'LiteLLM also answers these: "openai/gpt-4o"',
    },
    {
      record: TOKEN,
      code: 'organization_gate_now_enforced',
      severity: 'change',
      field: 'organization_id',
      message: 'the organization does not list "gpt-4o"',
    },
    { record: 't1', code: 'renamed', severity: 'change', message: 'Became "Platform (t1)".' },
    {
      record: null,
      code: 'router_not_carried',
      severity: 'notice',
      field: 'router_settings',
      message: 'routing_strategy has no counterpart.',
    },
  ],
  inDoubt: 1,
} satisfies JournalContent;

const KEY = { kind: 'virtual_key', status: 'written' } as const;

/** The same with keys, and what they may call before and after. */
export const STORY_WITH_ACCESS: JournalContent = {
  ...STORY,
  records: [
    ...STORY.records,
    { ...KEY, id: '1'.padEnd(64, 'a'), name: 'app-1', detail: { rights: 'app' } },
    { ...KEY, id: '2'.padEnd(64, 'a'), name: 'app-2', detail: { rights: 'app' } },
    { ...KEY, id: '3'.padEnd(64, 'a'), name: 'app-3', detail: { rights: 'app' } },
    { ...KEY, id: '4'.padEnd(64, 'a'), name: 'app-4', detail: { rights: 'app' } },
    { ...KEY, id: '5'.padEnd(64, 'a'), name: 'app-old', detail: { rights: 'app', inactive: ['blocked', 'expired'] } },
    { ...KEY, id: '6'.padEnd(64, 'a'), name: 'free', detail: { rights: 'free' } },
    { ...KEY, id: '7'.padEnd(64, 'a'), name: 'left', status: 'skipped', reason: 'expired', message: 'It expired.' },
    { ...KEY, id: '8'.padEnd(64, 'a'), name: 'stray', detail: { rights: 'stray' } },
  ],
  rights: {
    app: {
      kept: [{ pattern: null, names: ['gpt-4o', 'gpt-4o-mini'] }],
      patterns: [],
      lost: [
        { code: 'deployment_not_carried', pattern: null, names: ['odd'] },
        { code: 'undocumented_name', pattern: null, names: ['openai/gpt-4o', 'openai/gpt-4o-mini'] },
      ],
      gained: [],
    },
    free: {
      kept: [
        { pattern: null, names: ['gpt-4o', 'gpt-4o-mini'] },
        { pattern: 'openai/*', names: ['gpt-4'] },
      ],
      patterns: ['openai/*'],
      lost: [{ code: 'needs_routing_rule', pattern: null, names: ['*'] }],
      gained: [
        { code: 'fallback_answers_refused', names: ['secret-model'] },
        { code: 'foreign_providers_granted', names: ['mistral/*'] },
      ],
    },
    stray: { kept: [], patterns: [], lost: [], gained: [{ code: null, names: ['openai/gpt-5'] }] },
  },
};

/** Tries everything that markup, terminals, spreadsheets and writing directions offer. */
export const HOSTILE =
  '=x"\'><img src=q onerror=alert(1)></script><script>alert(1)</script>]]>--> \u001b[2J\r\n,\u202egnp.\u2066';

/** Every text of the journal that comes from LiteLLM or Bifrost is hostile. */
export function hostileStory(): JournalContent {
  const texts = { name: HOSTILE, message: HOSTILE, nextStep: HOSTILE, bifrostName: HOSTILE };
  const deployment = { publicName: HOSTILE, modelName: HOSTILE, teamId: HOSTILE, params: { model: HOSTILE } };
  return {
    ends: { source: `http://x/${HOSTILE}`, target: `http://y/${HOSTILE}` },
    run: { error: HOSTILE, outcome: 'stopped' },
    records: [
      { ...texts, id: HOSTILE, status: 'failed', reason: HOSTILE, code: HOSTILE },
      { ...texts, id: 'd', kind: 'deployment', record: deployment },
      { ...texts, id: 'w', kind: HOSTILE, missing: [{ message: HOSTILE }] },
      { ...texts, id: 'k', kind: 'virtual_key', detail: { rights: 'r', inactive: [HOSTILE] } },
    ],
    findings: ['loss', 'change', 'notice'].map((severity) => ({
      record: 'k',
      severity,
      code: HOSTILE,
      field: HOSTILE,
      message: HOSTILE,
    })),
    rights: {
      r: {
        kept: [{ pattern: HOSTILE, names: [HOSTILE] }],
        patterns: [HOSTILE],
        lost: [{ code: HOSTILE, pattern: null, names: [`${HOSTILE}1`] }],
        gained: [{ code: HOSTILE, names: [`${HOSTILE}2`] }],
      },
    },
  };
}
