import { upstreams } from './compare.js';
import type { Answer } from './answer.js';
import type { Asker, Observation } from './interview.js';
import { excusesBudget, isOfKey, type Remark } from './remarks.js';

/** A key whose budget ran out on LiteLLM while asking, and never on Bifrost: its calls cost nothing there (P§2.11). */
export type UnfilledBudget = {
  readonly asker: Asker;
  readonly answeredByLitellm: number;
  readonly answeredByBifrost: number;
};

/**
 * Keys with the same calls on both sides whose budget filled on one side only. A key that Bifrost answered less often
 * than LiteLLM says nothing: it may just not have got there. Rate limits are left out, their windows differ. Pure.
 */
export function unfilledBudgets(observations: readonly Observation[]): UnfilledBudget[] {
  const byKey = new Map<string, Observation[]>();
  for (const observation of observations) {
    const { token } = observation.asker.fact;
    byKey.set(token, [...(byKey.get(token) ?? []), observation]);
  }
  return [...byKey.values()].flatMap(unfilled);
}

function unfilled(observations: readonly Observation[]): UnfilledBudget[] {
  const [first] = observations;
  if (first === undefined) return [];
  const litellm = observations.flatMap((observation) => observation.litellm);
  const bifrost = observations.flatMap((observation) => observation.bifrost);
  const answeredByLitellm = upstreams(litellm).length;
  const answeredByBifrost = upstreams(bifrost).length;
  // What costs nothing passes a budget of 0: only a name that is over budget there and answered here tells.
  const ranOut =
    answeredByLitellm > 0 && observations.some((o) => o.litellm.some(isOverBudget) && upstreams(o.bifrost).length > 0);
  if (!ranOut || bifrost.some(isOverBudget) || answeredByBifrost <= answeredByLitellm) return [];
  return [{ asker: first.asker, answeredByLitellm, answeredByBifrost }];
}

function isOverBudget(answer: Answer): boolean {
  return answer.kind === 'spent' && answer.status !== 429;
}

/** Without those that the report names: no price is known for what the key, or its team, may call. */
export function budgetsWithoutExcuse(budgets: readonly UnfilledBudget[], remarks: readonly Remark[]): UnfilledBudget[] {
  return budgets.filter(({ asker }) => !remarks.some((remark) => excusesBudget(remark) && isAbout(remark, asker)));
}

function isAbout(remark: Remark, { fact }: Asker): boolean {
  return isOfKey(remark, fact.token) || (remark.record?.kind === 'team' && remark.record.id === fact.teamId);
}
