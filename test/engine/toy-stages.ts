import { finding } from '../../src/findings.js';
import type { Deployment, Organization, SourceRecord, Team, User, VirtualKey } from '../../src/sources/records.js';
import type { CreateWrite, Missing, Plan, PlanContext, RecordState, Stage } from '../../src/stages/plan.js';
import type { Body, TargetObject } from '../../src/target/objects.js';

/** Stages as small as can be that still share objects, link them, and complete what is missing. */

const adopt: CreateWrite['adopt'] = (_existing, differences) =>
  differences.some(({ field }) => field === 'rateLimit')
    ? { verdict: 'conflict', message: 'has other limits', nextStep: 'Rename it.' }
    : { verdict: 'adopt', findings: [finding('notice', 'adopted', '', 'Was there before.')] };

function write(of: Pick<CreateWrite, 'kind' | 'name' | 'path' | 'body'> & Partial<CreateWrite>): CreateWrite {
  return { action: 'create', label: `${of.kind} "${of.name}"`, adopt, ...of };
}

function plan(main: CreateWrite, before: readonly CreateWrite[] = [], missing: readonly Missing[] = []): Plan {
  return {
    outcome: 'write',
    writes: [...before, main],
    main: { kind: main.kind, name: main.name },
    missing,
    detail: {},
    findings: [],
  };
}

function nameFor(record: SourceRecord, state: RecordState, context: PlanContext): string {
  const plain = (record as { alias?: string | null; keyAlias?: string | null }).alias ?? record.name;
  return (
    state.bifrostName ?? (context.rank(record.kind, record.id) === 0 ? plain : `${plain} (${record.id.slice(0, 8)})`)
  );
}

const SETTLED: Plan = { outcome: 'settled', findings: [] };

export const models: Stage<Deployment> = {
  name: 'models',
  kinds: ['deployment'],
  parallel: 'one',
  plan(record, state) {
    if (state.status === 'written') return SETTLED;
    const provider = typeof record.params['model'] === 'string' ? (record.params['model'].split('/')[0] ?? '') : '';
    const key = `${provider}/KEY`;
    return plan(
      write({
        kind: 'provider_key',
        name: key,
        path: `/api/providers/${provider}/keys`,
        hint: { provider },
        body: { name: key, value: 'env.OPENAI_API_KEY', models: ['*'], weight: 1 },
        tolerated: [{ text: 'must not be empty', skip: { reason: 'env_empty', message: 'Export OPENAI_API_KEY.' } }],
      }),
      [write({ kind: 'provider', name: provider, path: '/api/providers', body: { provider } })],
    );
  },
};

export const organizations: Stage<Organization> = {
  name: 'organizations',
  kinds: ['organization'],
  parallel: 'many',
  plan(record, state, context) {
    if (state.status === 'written') return SETTLED;
    const name = nameFor(record, state, context);
    return plan(write({ kind: 'customer', name, path: '/api/governance/customers', body: { name } }));
  },
};

export const teams: Stage<Team> = {
  name: 'teams',
  kinds: ['team'],
  parallel: 'many',
  plan(record, state, context) {
    if (state.status === 'written') return SETTLED;
    const name = nameFor(record, state, context);
    const customer = record.organizationId === null ? null : context.record('organization', record.organizationId);
    if (customer !== null && customer?.bifrostId == null)
      return {
        outcome: 'waiting',
        reason: 'organization_not_written',
        message: 'waits for its organization',
        findings: [],
      };
    const owner: Body = customer === null ? {} : { customer_id: customer.bifrostId };
    return plan(write({ kind: 'team', name, path: '/api/governance/teams', body: { name, ...owner } }));
  },
};

export const users: Stage<User> = {
  name: 'users',
  kinds: ['user'],
  parallel: 'many',
  plan(record, state) {
    if (state.status === 'written') return SETTLED;
    if (record.email === null)
      return { outcome: 'skipped', reason: 'no_email', message: 'has no e-mail', findings: [] };
    const name = record.email;
    return plan(write({ kind: 'user', name, path: '/api/governance/users', body: { name: record.id, email: name } }));
  },
};

export const virtualKeys: Stage<VirtualKey> = {
  name: 'virtual-keys',
  kinds: ['virtual_key'],
  parallel: 'many',
  plan(record, state, context) {
    const team = record.teamId === null ? null : context.record('team', record.teamId)?.bifrostId;
    if (state.status === 'written') return completed(state, team ?? null);
    const name = nameFor(record, state, context);
    const missing: Missing[] =
      record.teamId !== null && team == null ? [{ what: 'owner', message: 'its team is not written' }] : [];
    const owner: Body = team == null ? {} : { team_id: team };
    const body = { name, description: `litellm ${record.id}`, ...owner };
    return plan(write({ kind: 'virtual_key', name, path: '/api/governance/virtual-keys', body }), [], missing);
  },
};

function completed(state: RecordState, team: string | null): Plan {
  const { bifrostId: id, bifrostName: name } = state;
  if (state.missing.length === 0 || team === null || id === null || name === null) return SETTLED;
  const kind = 'virtual_key';
  return {
    outcome: 'write',
    writes: [
      {
        action: 'update',
        kind,
        name,
        id,
        label: `${kind} "${name}"`,
        path: `/api/governance/virtual-keys/${id}`,
        body: (current: TargetObject) =>
          current.kind === kind && current.teamId !== team
            ? { name: current.name, description: current.description, team_id: team }
            : null,
      },
    ],
    main: { kind, name },
    missing: [],
    detail: {},
    findings: [],
  };
}

export const toyStages = [models, organizations, teams, users, virtualKeys] as unknown as readonly Stage[];
