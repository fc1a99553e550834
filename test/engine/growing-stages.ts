import type { Deployment, VirtualKey } from '../../src/sources/records.js';
import type {
  CreateWrite,
  Missing,
  Plan,
  PlanContext,
  PlannedWrite,
  RecordState,
  Stage,
} from '../../src/stages/plan.js';
import type { Body, TargetObject } from '../../src/target/objects.js';
import { organizations, teams, users } from './toy-stages.js';

/**
 * Stages that do everything the real ones ask of the engine, in small: objects several records share, changes of what is
 * there (a key's models, a rule's targets, a key's owner), names that are not unique (prices, rules), priorities that must
 * be, and limits that need the id of their key and come in a second round.
 */

const SETTLED: Plan = { outcome: 'settled', findings: [] };

function create(of: Pick<CreateWrite, 'kind' | 'name' | 'path' | 'body'> & Partial<CreateWrite>): CreateWrite {
  const adopt: CreateWrite['adopt'] = () => ({ verdict: 'adopt', findings: [] });
  return { action: 'create', label: `${of.kind} "${of.name}"`, adopt, ...of };
}

function write(
  writes: readonly PlannedWrite[],
  { kind, name }: Pick<PlannedWrite, 'kind' | 'name'>,
  more: { readonly missing?: readonly Missing[]; readonly detail?: RecordState['detail']; readonly again?: true } = {},
): Plan {
  return { outcome: 'write', writes, main: { kind, name }, missing: [], detail: {}, findings: [], ...more };
}

const providerOf = ({ params }: Deployment): string => (params['model'] as string).split('/')[0] ?? '';

const models: Stage<Deployment> = {
  name: 'models',
  kinds: ['deployment'],
  parallel: 'one',
  plan(record, state, context) {
    const provider = providerOf(record);
    const key = keyWrite(provider, context);
    const writes = [
      create({ kind: 'provider', name: provider, path: '/api/providers', body: { provider } }),
      key,
      create({
        kind: 'pricing_override',
        name: `price ${record.id}`,
        path: '/prices',
        body: { name: `price ${record.id}` },
      }),
    ];
    const isThere = (one: PlannedWrite) => one.action === 'create' && context.createdByUs(one.kind, one.name);
    return state.status === 'written' && writes.every(isThere) ? SETTLED : write(writes, key);
  },
};

/** One key per provider, with every name it serves; names that came since are added. */
function keyWrite(provider: string, context: PlanContext): PlannedWrite {
  const [kind, name] = ['provider_key', `${provider}/KEY`] as const;
  const served = context.world.deployments.filter((one) => providerOf(one) === provider);
  const names = [...new Set(served.map(({ modelName }) => modelName))].sort();
  const path = `/api/providers/${provider}/keys`;
  const body = { name, value: 'env.KEY', models: names, weight: 1 };
  const hint = { provider };
  const [there] = context.snapshot.find(kind, name);
  const lacks = (object: TargetObject): boolean =>
    object.kind === kind && names.some((model) => !object.models.includes(model));
  if (there === undefined || !context.createdByUs(kind, name) || !lacks(there))
    return create({ kind, name, path, body, hint });
  return {
    action: 'update',
    kind,
    name,
    label: name,
    path: `${path}/${there.id}`,
    id: there.id,
    hint,
    body: (current) => (lacks(current) ? body : null),
  };
}

const routing: Stage<Deployment> = {
  name: 'routing',
  kinds: ['deployment'],
  parallel: 'one',
  plan(record, state, context) {
    if (state.status !== 'written') return SETTLED;
    const rule = ruleWrite(record.modelName, context);
    const main = { kind: 'provider_key', name: `${providerOf(record)}/KEY` } as const;
    return rule === null && state.missing.length === 0 ? SETTLED : write(rule === null ? [] : [rule], main);
  },
};

/** Few priorities for many rules: they collide. */
const PRIORITIES = 3;

function ruleWrite(model: string, context: PlanContext): PlannedWrite | null {
  const [kind, name, path] = ['routing_rule', `global//rule ${model}`, '/api/governance/routing-rules'] as const;
  const serving = context.world.deployments.filter(({ modelName }) => modelName === model);
  const targets = [...new Set(serving.map(providerOf))].sort();
  const rules = context.snapshot.all(kind);
  const there = rules.find((rule) => rule.name === name);
  const taken = new Set(rules.map(({ body }) => body['priority']));
  let priority = [...model].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % PRIORITIES;
  while (there === undefined && taken.has(priority)) priority += 1;
  const body: Body = { name: `rule ${model}`, targets, priority: Number(there?.body['priority'] ?? priority) };
  const leadsThere = (rule: TargetObject): boolean =>
    rule.kind === kind && JSON.stringify(rule.body['targets']) === JSON.stringify(targets);
  if (there === undefined || !context.createdByUs(kind, name)) return create({ kind, name, path, body });
  if (leadsThere(there)) return null;
  const update = (current: TargetObject): Body | null => (leadsThere(current) ? null : body);
  return { action: 'update', kind, name, label: name, path: `${path}/${there.id}`, id: there.id, body: update };
}

const virtualKeys: Stage<VirtualKey> = {
  name: 'virtual-keys',
  kinds: ['virtual_key'],
  parallel: 'many',
  plan(record, state, context) {
    const team = record.teamId === null ? null : (context.record('team', record.teamId)?.bifrostId ?? null);
    const lacking: Missing[] =
      record.teamId !== null && team === null ? [{ what: 'owner', message: 'no team yet' }] : [];
    if (state.status === 'written') return completed(record, state, team, lacking);
    const name = record.keyAlias ?? record.id;
    const body = { name, description: `litellm ${record.id}`, ...(team !== null && { team_id: team }) };
    const key = create({ kind: 'virtual_key', name, path: '/api/governance/virtual-keys', body });
    const limited = Object.keys(record.limits.modelMaxBudget).length > 0;
    return write([key], key, { missing: lacking, ...(limited && { again: true }) });
  },
};

function completed(record: VirtualKey, state: RecordState, team: string | null, missing: readonly Missing[]): Plan {
  const { bifrostId: id, bifrostName: name } = state;
  if (id === null || name === null) return SETTLED;
  const link = team !== null && state.missing.length > 0;
  const limited = state.detail['limited'] === true ? [] : Object.keys(record.limits.modelMaxBudget);
  if (!link && limited.length === 0) return SETTLED;
  const kind = 'virtual_key';
  const owner: PlannedWrite = {
    action: 'update',
    kind,
    name,
    id,
    label: name,
    path: `/api/governance/virtual-keys/${id}`,
    body: (current) =>
      current.kind === kind && current.teamId !== team
        ? { name: current.name, description: current.description, team_id: team }
        : null,
  };
  const limits = limited.map((model) =>
    create({
      kind: 'model_config',
      name: `virtual_key/${id}/*/${model}`,
      path: '/api/governance/model-configs',
      body: { model_name: model, scope: kind, scope_id: id },
    }),
  );
  return write([...(link ? [owner] : []), ...limits], owner, { missing, detail: { limited: true } });
}

export const growingStages = [models, routing, organizations, teams, users, virtualKeys] as unknown as readonly Stage[];
