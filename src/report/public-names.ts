import type { FindingRow, ModelRow } from './rows.js';

/** What becomes of the names callers ask for (mapping.md A1–A6), from deployments and findings of the journal. */

/** A public name: what LiteLLM lists. */
export type PublicName = {
  readonly name: string;
  /** The team whose callers alone mean it so; null = everybody. */
  readonly team: string | null;
  /** Bifrost answers it as it is; there is no other string that would do instead. */
  readonly stays: boolean;
  /** Sentences: why it does not stay, or which deployments behind it are missing. */
  readonly why: readonly string[];
};

/** What LiteLLM answers besides: the model string of a deployment, the internal name of a team's. */
export type OtherName = {
  readonly name: string;
  readonly team: string | null;
  /** Public names of the same deployments, to be asked for instead; empty = none of them is on Bifrost. */
  readonly instead: readonly string[];
};

/** Names that only some keys lose; the keys are in the losses. */
export type NarrowedKeys = { readonly code: string; readonly message: string; readonly keys: number };

export type NameChanges = {
  readonly names: readonly PublicName[];
  readonly otherNames: readonly OtherName[];
  readonly onlySomeKeys: readonly NarrowedKeys[];
};

/** Losses of a deployment that say a name does not lead to it. */
const NAME_LOST = new Set(['name_not_carried', 'needs_routing_rule', 'wildcard_all']);

/** LiteLLM answers nobody through such a deployment either: nothing is lost with it. */
const NEVER_ANSWERED = new Set(['blocked', 'unreachable']);

/** Findings of a virtual key that may list what LiteLLM answers besides public names. */
const OTHER_LOST = new Set(['undocumented_name', 'unknown_name', 'needs_routing_rule']);

/** Findings of a virtual key that list names it had and has no more. */
const KEY_LOST = new Set([
  'deployment_not_carried',
  'name_differs_by_case',
  'name_not_carried',
  'needs_routing_rule',
  'organization_gate_now_enforced',
  'partial_list_entry',
  'team_model_of_admin',
  'unknown_name',
  'version_unknown',
]);

export function nameChanges(models: readonly ModelRow[], findings: readonly FindingRow[]): NameChanges {
  const lost = new Map<string, string[]>();
  const gone = new Set<string>();
  const besides = new Set<string>();
  const narrowed = new Map<string, { code: string; message: string; keys: Set<string> }>();
  for (const { code, severity, message, record } of findings) {
    if (record?.kind === 'deployment') {
      if (code === 'vanished') gone.add(record.id);
      if (severity === 'loss' && NAME_LOST.has(code)) lost.set(record.id, [...(lost.get(record.id) ?? []), message]);
    }
    if (record?.kind !== 'virtual_key') continue;
    if (OTHER_LOST.has(code)) besides.add(message);
    if (!KEY_LOST.has(code)) continue;
    const topic = narrowed.get(`${code}\0${message}`) ?? { code, message, keys: new Set<string>() };
    topic.keys.add(record.id);
    narrowed.set(`${code}\0${message}`, topic);
  }
  const present = models.filter(({ id }) => !gone.has(id));
  const names = publicNames(present, lost);
  return {
    names,
    otherNames: otherNames(present, names, besides),
    onlySomeKeys: [...narrowed.values()]
      .map(({ code, message, keys }) => ({ code, message, keys: keys.size }))
      .sort((a, b) => compare(a.code, b.code) || compare(a.message, b.message)),
  };
}

/** Each public name once, as everybody means it, and once for each team that means something else by it. */
function publicNames(models: readonly ModelRow[], lost: ReadonlyMap<string, readonly string[]>): PublicName[] {
  const groups = new Map<string, ModelRow[]>();
  for (const model of models) {
    const id = JSON.stringify([model.publicName, model.team?.id ?? null]);
    groups.set(id, [...(groups.get(id) ?? []), model]);
  }
  return [...groups]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([, members]) => {
      const [first] = members;
      return first === undefined ? [] : [publicName(first, members, lost)];
    });
}

function publicName(
  { publicName: name, team }: ModelRow,
  members: readonly ModelRow[],
  lost: ReadonlyMap<string, readonly string[]>,
): PublicName {
  const serving = members.filter(({ status, reason }) => status !== 'skipped' || !NEVER_ANSWERED.has(reason ?? ''));
  const troubles = serving.flatMap((model) => troubleOf(model, lost.get(model.id) ?? []));
  const absent = troubles.filter(({ answers }) => !answers).length;
  const answered = serving.length === 0 || absent < serving.length;
  return {
    name,
    team: team?.name ?? null,
    stays: answered,
    why: [
      ...(answered && absent > 0 ? [`served by ${serving.length - absent} of its ${serving.length} deployments`] : []),
      ...[...new Set(troubles.map(({ message }) => message))].sort(compare),
    ],
  };
}

type Trouble = { readonly message: string; readonly answers: boolean };

/** What stands between callers and a deployment; nothing when its public name leads to it. */
function troubleOf(model: ModelRow, lost: readonly string[]): Trouble[] {
  // The sentence may be about an alias of it; those that are about its public name begin with it.
  const own = lost.find((message) => message.startsWith(`"${model.publicName}" `));
  if (own !== undefined) return [{ message: own, answers: false }];
  if (model.status === 'written') return model.missing.map((message) => ({ message, answers: true }));
  const unsaid = model.status === 'pending' ? 'not worked on yet' : (model.reason ?? 'not carried');
  return [{ message: model.message ?? unsaid, answers: false }];
}

/** Those that a key loses: each has a finding, which shows so many names and counts the rest. */
function otherNames(
  models: readonly ModelRow[],
  names: readonly PublicName[],
  besides: ReadonlySet<string>,
): OtherName[] {
  const messages = [...besides];
  const isLost = (name: string): boolean =>
    messages.some((message) => message.includes(`"${name}"`) || /^LiteLLM also .* and \d+ more$/.test(message));
  const known = new Set(names.map(({ name }) => name));
  const answered = new Set(names.filter(({ stays }) => stays).map(({ name, team }) => JSON.stringify([name, team])));
  const found = new Map<string, { readonly team: string | null; readonly instead: Set<string> }>();
  for (const model of models) {
    const name = model.team === null ? model.modelString : model.modelName;
    if (name === null || name.includes('*') || known.has(name) || !isLost(name)) continue;
    const team = model.team?.name ?? null;
    const entry = found.get(name) ?? { team, instead: new Set<string>() };
    if (answered.has(JSON.stringify([model.publicName, team]))) entry.instead.add(model.publicName);
    found.set(name, entry);
  }
  return [...found]
    .map(([name, { team, instead }]) => ({ name, team, instead: [...instead].sort(compare) }))
    .sort((a, b) => compare(a.name, b.name));
}

/** By code unit, so that the order does not depend on the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
