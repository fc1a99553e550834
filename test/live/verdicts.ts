import { compareCell, contains, upstreams, type Judgement } from './compare.js';
import { deploymentsOf, limitIsZero, scopeOf, wireModel, type Facts, type KeyFact } from './litellm-facts.js';
import { withoutProvider, type ProviderFact } from './names.js';
import type { Answer, Upstream } from './answer.js';
import type { Observation } from './interview.js';

export type JudgedCell = Observation & { readonly judgement: Judgement };

/** What the master key heard, by name: the global meaning of every public name. */
export type GlobalAnswers = ReadonlyMap<string, readonly Answer[]>;

/** Judges all observations together: what a name can lead to, and what a key reaches, is known only from all of them. Pure. */
export function judgeAll(
  asked: readonly Observation[],
  facts: Facts,
  global: GlobalAnswers,
  providers: readonly ProviderFact[],
): JudgedCell[] {
  const observations = withoutEmptyHanded(asked, global);
  const groups = meanings(observations, facts, global);
  const reachable = reachableByKey(observations, groups);
  const heard = new Map(observations.map(({ asker, name, litellm }) => [cellId(asker.fact.token, name), litellm]));
  const failing = failingNames(observations, global);
  const unseenModels = (fact: KeyFact, name: string) => {
    if (!failing.has(groupId(scopeOf(facts, fact, name), name))) return [];
    return deploymentsOf(facts, fact, name).map((deployment) => wireModel(deployment.model));
  };
  return observations.map((observation) => {
    const { asker, name } = observation;
    const { fact } = asker;
    const bare = withoutProvider(name, providers);
    const said = bare === null ? null : inOrSpent(heard.get(cellId(fact.token, bare)) ?? []);
    const judgement = compareCell({
      name,
      litellm: observation.litellm,
      bifrost: observation.bifrost,
      accepted: acceptedFor(observation, groups),
      unseenModels: unseenModels(fact, name),
      reachable: reachable.get(fact.token) ?? [],
      otherSpelling: bare === null || said === null ? null : { heard: said, unseenModels: unseenModels(fact, bare) },
      limitIsZero: limitIsZero(facts, fact),
    });
    return { ...observation, judgement };
  });
}

/**
 * A name that nobody ever reaches, master key included, and that LiteLLM has "no deployments available" for: it finds another
 * team's deployment by its model string and may not use it. That is a refusal; elsewhere the words mean a deployment that rests.
 */
function withoutEmptyHanded(asked: readonly Observation[], global: GlobalAnswers): readonly Observation[] {
  const isReached = (answers: readonly Answer[]): boolean => answers.some(({ kind }) => kind === 'reached');
  const reached = new Set([
    ...asked.filter(({ litellm }) => isReached(litellm)).map(({ name }) => name),
    ...[...global].filter(([, answers]) => isReached(answers)).map(([name]) => name),
  ]);
  const refused = (answer: Answer): Answer =>
    answer.kind === 'failed' && /No deployments available for selected model/i.test(answer.message ?? '')
      ? { ...answer, kind: 'refused' }
      : answer;
  return asked.map((one) => (reached.has(one.name) ? one : { ...one, litellm: one.litellm.map(refused) }));
}

/**
 * What each (scope, name) was seen to lead to on LiteLLM. For everybody's meaning the master key starts the group, and a
 * key's answers count when they overlap with it: a shadow that nobody told us of must not get into the group (P§3). A
 * name that some team shadows is left to the keys, the master key may be served by a team's deployment.
 */
function meanings(observations: readonly Observation[], facts: Facts, global: GlobalAnswers): Map<string, Upstream[]> {
  const groups = new Map<string, Upstream[]>();
  const shadowed = new Set(facts.deployments.filter((row) => row.teamId !== null).map((row) => row.publicName));
  for (const [name, answers] of global) {
    if (!shadowed.has(name)) groups.set(groupId('global', name), upstreams(answers));
  }
  for (const { scope, name, litellm } of observations) {
    const found = upstreams(litellm);
    const group = groups.get(groupId(scope, name)) ?? [];
    const belongs = group.length === 0 || found.some((upstream) => contains(group, upstream));
    if (belongs)
      groups.set(groupId(scope, name), [...group, ...found.filter((upstream) => !contains(group, upstream))]);
  }
  return groups;
}

/** The group when the key's own answers lie in it, else its own answers alone. */
function acceptedFor(
  { scope, name, litellm }: Observation,
  groups: ReadonlyMap<string, readonly Upstream[]>,
): readonly Upstream[] {
  const own = upstreams(litellm);
  const group = groups.get(groupId(scope, name)) ?? [];
  const letIn = litellm.some((answer) => answer.kind === 'failed' || answer.kind === 'reached');
  if (!letIn) return [];
  return own.every((upstream) => contains(group, upstream)) ? group : own;
}

/** Everything a key reaches on LiteLLM by any name, the other members of its groups included. */
function reachableByKey(
  observations: readonly Observation[],
  groups: ReadonlyMap<string, readonly Upstream[]>,
): Map<string, Upstream[]> {
  const reachable = new Map<string, Upstream[]>();
  for (const observation of observations) {
    const { token } = observation.asker.fact;
    const known = reachable.get(token) ?? [];
    const more = acceptedFor(observation, groups).filter((upstream) => !contains(known, upstream));
    if (upstreams(observation.litellm).length > 0) reachable.set(token, [...known, ...more]);
  }
  return reachable;
}

/** Names that LiteLLM let somebody in for while their upstream failed, by scope. */
function failingNames(observations: readonly Observation[], global: GlobalAnswers): ReadonlySet<string> {
  const fails = (answers: readonly Answer[]) => answers.some((answer) => answer.kind === 'failed');
  const seen = observations.filter(({ litellm }) => fails(litellm)).map(({ scope, name }) => groupId(scope, name));
  const byMaster = [...global].filter(([, answers]) => fails(answers)).map(([name]) => groupId('global', name));
  return new Set([...seen, ...byMaster]);
}

function inOrSpent(answers: readonly Answer[]): 'let-in' | 'spent' | null {
  if (answers.some((answer) => answer.kind === 'reached' || answer.kind === 'failed')) return 'let-in';
  return answers.some((answer) => answer.kind === 'spent') ? 'spent' : null;
}

function cellId(token: string, name: string): string {
  return `${token}\n${name}`;
}

function groupId(scope: string, name: string): string {
  return `${scope}\n${name}`;
}
