import { finding, type Finding } from '../findings.js';
import type { Deployment } from '../sources/records.js';
import { mainOf } from './models.js';
import type { Missing, Plan, PlanContext, RecordState, Stage } from './plan.js';
import { excludesOthers, foreignKeys, ruleWrite, rulesBeforeOurs } from './rule-write.js';
import { SETTLED, write } from './shared.js';

/**
 * Routing rules of the names a deployment serves (mapping.md A5, M17). Rules open nothing: what they lead to is closed to a
 * virtual key that does not list it. So they come before the virtual keys, and no key waits for one.
 */
export const routing: Stage<Deployment> = {
  name: 'routing',
  kinds: ['deployment'],
  // The checks of the gateway are not atomic: two at once may get one priority (B§5.7).
  parallel: 'one',
  plan: (deployment, state, context) => {
    const rules = context.catalog.rulesOf(deployment.id);
    if (state.status !== 'written' || rules.length === 0) return SETTLED;
    const plans = rules.map((rule) => ({ rule, ...ruleWrite(rule, context) }));
    const writes = plans.flatMap((p) => (p.write ? [p.write] : []));
    const missing = plans.flatMap(({ rule, missing: providers }): Missing[] =>
      providers.length === 0
        ? []
        : [{ what: 'rule', message: `${rule.name} leads to ${providers.join(', ')}, not on Bifrost yet` }],
    );
    if (writes.length === 0 && !changed(missing, state)) return SETTLED;
    return planned(deployment, writes, missing, state, context);
  },
};

function changed(missing: readonly Missing[], state: RecordState): boolean {
  return JSON.stringify(missing) !== JSON.stringify(state.missing);
}

function planned(
  deployment: Deployment,
  writes: Parameters<typeof write>[0],
  missing: readonly Missing[],
  state: RecordState,
  context: PlanContext,
): Plan {
  const result = context.catalog.endpoints.get(deployment.id);
  const main = mainOf(deployment, result?.ok ? result.endpoint.provider.name : '', context.catalog);
  return write(writes, main, findingsOf(context), missing, state.detail);
}

function findingsOf(context: PlanContext): Finding[] {
  const findings: Finding[] = [];
  const before = rulesBeforeOurs(context);
  if (before.length > 0)
    findings.push(
      finding(
        'change',
        'rules_before_ours',
        'model_name',
        `routing rules of another hand are asked first and may lead calls elsewhere: ${before.map((name) => `"${name}"`).join(', ')}`,
      ),
    );
  const others = foreignKeys(context).length;
  if (!excludesOthers(others))
    findings.push(
      finding(
        'change',
        'rules_reach_other_keys',
        'model_name',
        `the ${others} virtual keys that were on Bifrost before are too many to be left out of its routing rules: calls of theirs for a name of LiteLLM's that several providers serve now follow the rule`,
      ),
    );
  return findings;
}
