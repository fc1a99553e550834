import { describe, expect, it } from 'vitest';
import { organizations } from '../../src/stages/organizations.js';
import type { CreateWrite, Plan, RecordState, UpdateWrite } from '../../src/stages/plan.js';
import { teams } from '../../src/stages/teams.js';
import { users } from '../../src/stages/users.js';
import type { TeamObject } from '../../src/target/objects.js';
import {
  contextOf,
  membership,
  NO_LIMITS,
  OLD_DIALECT,
  organization,
  PENDING,
  team,
  user,
  world,
  type ContextParts,
  type WorldParts,
} from '../factories.js';

const state = (over: Partial<RecordState> = {}): RecordState => ({ ...PENDING, ...over });
const body = (p: Plan): Record<string, unknown> => {
  if (p.outcome !== 'write') throw new Error(JSON.stringify(p));
  return (p.writes[0] as CreateWrite).body;
};
const codes = (p: Plan): string[] => p.findings.map((f) => f.code);

describe('organizations → customers', () => {
  const plan = (o: ReturnType<typeof organization>, parts: ContextParts & { world?: WorldParts } = {}) =>
    organizations.plan(o, PENDING, contextOf(world(parts.world), parts));

  it('carry name, budget and rate limit, one budget object for every version', () => {
    const limits = { ...NO_LIMITS, maxBudget: 100, budgetDuration: '1mo', tpmLimit: 1000, rpmLimit: 10 };
    expect(body(plan(organization('o', { alias: ' Acme ', limits })))).toEqual({
      name: 'Acme',
      budget: { max_limit: 100, reset_duration: '1M' },
      rate_limit: {
        token_max_limit: 1000,
        token_reset_duration: '1m',
        request_max_limit: 10,
        request_reset_duration: '1m',
      },
    });
  });

  it('omit a budget of 0, and say what it means in this version', () => {
    const zero = organization('o', { limits: { ...NO_LIMITS, maxBudget: 0 } });
    expect(body(plan(zero))).toEqual({ name: 'o' });
    expect(codes(plan(zero))).toContain('zero_limit_blocks');
    expect(codes(plan(zero, { world: { dialect: OLD_DIALECT } }))).toContain('zero_budget_is_no_limit');
  });

  it("never take a name that is another record's own, and carry ids people chose whole", () => {
    const o = organization('abcdef01-2345', { alias: 'Same' });
    const taken = plan(o, { ranks: { [o.id]: 1 }, takenNames: ['Same (abcdef01)'] });
    expect(body(taken)).toMatchObject({ name: 'Same (abcdef01-2345)' });
    const chosen = plan(organization('org-prod-2', { alias: 'Same' }), { ranks: { 'org-prod-2': 1 } });
    expect(body(chosen)).toMatchObject({ name: 'Same (org-prod-2)' });
  });

  it('use the id where there is no alias, and a marked name for the younger of two equals', () => {
    expect(body(plan(organization('o-1', { alias: '  ' })))).toMatchObject({ name: 'o-1' });
    const second = plan(organization('abcdef01-1', { alias: 'Same' }), { ranks: { 'abcdef01-1': 1 } });
    expect(body(second)).toMatchObject({ name: 'Same (abcdef01)' });
    expect(codes(second)).toContain('renamed');
  });

  it('are adopted with their differences as losses, or refused on request', () => {
    const existing = { kind: 'customer' as const, id: 'C', name: 'o', budgets: [], rateLimit: null };
    const difference = [{ field: 'budgets', wanted: '100 per 30d', found: 'none' }];
    const write = (parts: ContextParts = {}) => {
      const p = plan(organization('o'), parts);
      return (p.outcome === 'write' ? p.writes[0] : undefined) as CreateWrite;
    };
    const adopted = write().adopt(existing, difference);
    expect(adopted.verdict === 'adopt' && adopted.findings.map((f) => [f.severity, f.code])).toEqual([['notice', 'adopted'], ['loss', 'adopted_differs']]); // prettier-ignore
    expect(write({ settings: { onExisting: 'fail' } }).adopt(existing, []).verdict).toBe('conflict');
  });
});

describe('teams → teams', () => {
  const plan = (t: ReturnType<typeof team>, parts: ContextParts & { state?: Partial<RecordState> } = {}) =>
    teams.plan(t, state(parts.state), contextOf(world({ teams: [t] }), parts));

  it('link to their customer by the id in the journal', () => {
    const records = { 'organization o': { status: 'written' as const, bifrostId: 'C' } };
    expect(body(plan(team('t', { organizationId: 'o' }), { records }))).toMatchObject({ customer_id: 'C' });
  });

  it('are created unlinked and incomplete when it is missing, then linked once it is there', () => {
    const orphan = plan(team('t', { organizationId: 'o' }), { records: { 'organization o': { status: 'failed' } } });
    expect(body(orphan)).not.toHaveProperty('customer_id');
    expect(orphan.outcome === 'write' && orphan.missing).toMatchObject([{ what: 'owner' }]);
    const written = {
      status: 'written' as const,
      bifrostId: 'T',
      bifrostName: 't',
      missing: [{ what: 'owner' as const, message: '' }],
    };
    const linked = plan(team('t', { organizationId: 'o' }), {
      state: written,
      records: { 'organization o': { status: 'written', bifrostId: 'C' } },
    });
    const update = (linked.outcome === 'write' ? linked.writes[0] : undefined) as UpdateWrite;
    const current: TeamObject = { kind: 'team', id: 'T', name: 't', customerId: null, budgets: [], rateLimit: null };
    expect(update.body(current)).toEqual({ name: 't', customer_id: 'C' });
    expect(update.body({ ...current, customerId: 'X' })).toBeNull();
  });

  it('turn a budget of 0 into one that the first cost fills', () => {
    expect(body(plan(team('t', { limits: { ...NO_LIMITS, maxBudget: 0 } })))).toMatchObject({
      budget: { max_limit: 1e-9 },
      budgets: [{ max_limit: 1e-9 }],
    });
  });

  it('read odd durations as LiteLLM does, and fail alone on nonsense', () => {
    const of = (budgetDuration: string) => plan(team('t', { limits: { ...NO_LIMITS, maxBudget: 5, budgetDuration } }));
    for (const odd of ['daily', '30days', '30']) {
      expect(body(of(odd))).toMatchObject({ budget: { reset_duration: '1d' } });
      expect(codes(of(odd))).toContain('duration_read_as_daily');
    }
    expect(of('whenever')).toMatchObject({ outcome: 'failed', reason: 'limit_unreadable' });
  });

  it('name what is not carried', () => {
    const t = team('t', {
      blocked: true,
      models: ['a'],
      modelAliases: { x: 'a' },
      metadata: { guardrails: ['g'], note: 'n', model_rpm_limit: { a: 1 } },
      rest: { router_settings: { x: 1 }, unheard_of: 1 },
    });
    expect(codes(plan(t))).toEqual(
      expect.arrayContaining([
        'team_blocked',
        'models_folded',
        'aliases_folded',
        'guardrails_not_carried',
        'metadata_not_carried',
        'model_rpm_limit_not_carried',
        'router_settings_not_carried',
        'field_not_carried',
      ]),
    );
  });
});

describe('users and memberships', () => {
  const plan = (r: Parameters<typeof users.plan>[0], parts: ContextParts = {}) =>
    users.plan(r, PENDING, contextOf(world(), parts));
  const reason = (p: Plan): string =>
    p.outcome === 'skipped' || p.outcome === 'waiting' ? `${p.outcome} ${p.reason}` : p.outcome;

  it('need an e-mail address, trimmed and lower-cased', () => {
    expect(body(plan(user('u', { email: ' Alice@Example.test ', alias: 'Alice' })))).toEqual({
      name: 'Alice',
      email: 'alice@example.test',
    });
    expect(reason(plan(user('u', { email: null })))).toBe('skipped no_email');
    expect(reason(plan(user('default_user_id')))).toBe('skipped system_user');
  });

  it('share one Bifrost user when they share an address', () => {
    expect(codes(plan(user('u2', { email: 'a@example.test' }), { ranks: { u2: 1 } }))).toContain('duplicate_email');
  });

  it('are each listed where the gateway has no users', () => {
    expect(reason(plan(user('u'), { capabilities: { usersApi: 'none' } }))).toBe('skipped target_has_no_users_api');
    expect(reason(plan(membership('t', 'u'), { capabilities: { usersApi: 'none' } }))).toBe(
      'skipped target_has_no_users_api',
    );
  });

  it('join teams by journal ids, wait for missing ones, skip dangling ones', () => {
    const capabilities = { teamMembers: true };
    const there = {
      'team t': { status: 'written' as const, bifrostId: 'T' },
      'user u': { status: 'written' as const, bifrostId: 'U' },
    };
    expect(body(plan(membership('t', 'u'), { capabilities, records: there }))).toEqual({ user_id: 'U' });
    expect(
      reason(plan(membership('t', 'u'), { capabilities, records: { ...there, 'team t': { status: 'failed' } } })),
    ).toBe('waiting team');
    expect(reason(plan(membership('t', 'u'), { capabilities }))).toBe('skipped dangling_user');
    expect(reason(plan(membership('t', 'u'), { records: there }))).toBe('skipped target_has_no_team_members');
  });
});
