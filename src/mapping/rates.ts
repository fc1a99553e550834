import { finding, type Finding } from '../findings.js';
import { costIn, isCost } from '../sources/cost-members.js';
import type { Deployment } from '../sources/records.js';
import { patchMember, type Costs } from './price-fields.js';

/**
 * What LiteLLM charges for the calls of a deployment:
 *  priced     a price that Bifrost can hold;
 *  free       the deployment itself says 0, and nobody says more;
 *  unsayable  a price that Bifrost cannot hold, or one for each name behind a wildcard, which only LiteLLM knows;
 *  unknown    LiteLLM knows no price: its spend stays 0 (L§6).
 */
export type Standing = 'priced' | 'free' | 'unsayable' | 'unknown';

export type Rates = {
  readonly standing: Standing;
  readonly costs: Costs;
  /** The deployment says them itself, so nothing of a general price list counts in LiteLLM. */
  readonly own: boolean;
  readonly findings: readonly Finding[];
};

/** The deployment's own costs win, and then alone; else what the running proxy uses. */
export function ratesOf(deployment: Deployment, isWildcard: boolean): Rates {
  const said = Object.entries({ ...set(deployment.modelInfo), ...set(deployment.params) });
  const own = sorted(said);
  const hasOwn = Object.keys(own.costs).length > 0;
  const served = hasOwn ? { costs: {}, left: [] } : sorted(Object.entries(deployment.servedCosts ?? {}));
  const costs: Costs = {
    // 1.81.13 shows 0 for what it does not know: 0 from the API says nothing, 0 of the deployment itself says free.
    ...(deployment.inputCost !== null && deployment.inputCost > 0 && { input_cost_per_token: deployment.inputCost }),
    ...(deployment.outputCost !== null &&
      deployment.outputCost > 0 && { output_cost_per_token: deployment.outputCost }),
    ...served.costs,
    ...own.costs,
  };
  const standing = standingOf(costs, own, served.left.length > 0, isWildcard, deployment);
  return { standing, costs, own: hasOwn, findings: rateFindings(own.left, served.left, standing, costs) };
}

type Sorted = { readonly costs: Costs; readonly left: readonly string[] };

/** What Bifrost's patch takes, and the names of what it does not. */
function sorted(entries: readonly (readonly [string, unknown])[]): Sorted {
  const costs: Record<string, number> = {};
  const left: string[] = [];
  for (const [name, value] of entries) {
    const member = patchMember(name);
    const cost = costIn(value);
    if (member === null || cost === null) left.push(name);
    // LiteLLM's plain name for it wins over the other one.
    else if (member === name || costs[member] === undefined) costs[member] = cost;
  }
  return { costs, left: left.sort() };
}

function set(object: { readonly [name: string]: unknown }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([name, value]) => isCost(name) && value !== null && value !== undefined && value !== '' && value !== 'None',
    ),
  );
}

function standingOf(
  costs: Costs,
  own: Sorted,
  servedLeft: boolean,
  isWildcard: boolean,
  { modelInfo }: Deployment,
): Standing {
  const positive = Object.keys(costs).filter((member) => (costs[member] ?? 0) > 0);
  // LiteLLM charges any call by its duration, Bifrost only seconds of audio and video.
  const mode = modelInfo['mode'];
  const isMedia = typeof mode === 'string' && /^(audio|video)/.test(mode);
  const byTime = Object.keys(own.costs).length > 0 && !isMedia ? positive.filter((m) => m.endsWith('_per_second')) : [];
  if (positive.length > byTime.length) return 'priced';
  if (own.left.length > 0 || servedLeft || byTime.length > 0) return 'unsayable';
  if (own.costs['input_cost_per_token'] === 0 || own.costs['output_cost_per_token'] === 0) return 'free';
  return isWildcard ? 'unsayable' : 'unknown';
}

function rateFindings(
  own: readonly string[],
  served: readonly string[],
  standing: Standing,
  costs: Costs,
): readonly Finding[] {
  const found: Finding[] = [];
  const none = (names: readonly string[]): string => `Bifrost has no counterpart for ${names.join(', ')}`;
  if (own.length > 0) found.push(finding('loss', 'price_not_carried', own.join(', '), none(own)));
  if (served.length > 0)
    found.push(
      finding('notice', 'price_not_carried', served.join(', '), `${none(served)}, which LiteLLM's price list has`),
    );
  const byTime = Object.keys(costs).filter((member) => member.endsWith('_per_second'));
  if (standing === 'unsayable' && byTime.length > 0) {
    found.push(
      finding(
        'loss',
        'price_not_carried',
        byTime.sort().join(', '),
        'LiteLLM charges calls by their duration; Bifrost charges only seconds of audio and video so',
      ),
    );
  }
  if (standing === 'free') {
    // The calls cost 0 on both sides; only LiteLLM also lets them pass when a budget is used up (L§6): narrower here.
    found.push(
      finding(
        'change',
        'free_model_not_exempt',
        'input_cost_per_token',
        'it is free: LiteLLM lets its calls pass an exhausted budget, Bifrost refuses them then',
      ),
    );
  }
  return found;
}
