import { finding, type Finding } from '../findings.js';
import type { Refused } from '../mapping/allow-list.js';
import type { Grant } from '../mapping/grants.js';
import type { Route } from '../mapping/catalog.js';
import { planModelLimits, type ModelLimit } from '../mapping/model-limits.js';
import { behindPattern, carriedPlan } from '../mapping/wildcards.js';
import type { KeySubject } from './key-subject.js';
import type { PlanContext } from './plan.js';

/** Limits of a key for models, under the names that Bifrost counts by. */
export type KeyModelLimits = {
  readonly limits: readonly ModelLimit[];
  readonly refused: readonly Refused[];
  readonly findings: readonly Finding[];
};

/**
 * V10: model configs of the virtual key where the gateway has scopes, else findings. LiteLLM counts by the name that team, key
 * and global aliases have made of the one that was asked for (L§4.6), Bifrost by the name that rules have made of it (B§12.4).
 */
export function modelLimitsOf(keySubject: KeySubject, grant: Grant, context: PlanContext): KeyModelLimits {
  const { key, team } = keySubject.subject;
  const asked = planModelLimits(key, keySubject.limits.linked, team, context.settings.maxBudgetPeriod);
  const calls = (model: string): readonly Call[] =>
    callersOf(model, grant).map((name) => callOf(name, keySubject, grant, context));
  const refused = asked.refused.flatMap(calls);
  const counted = asked.limits.flatMap((limit) => calls(limit.model).map((call) => ({ ...call, limit })));
  const limits = new Map(counted.map(({ model, limit }) => [model, { ...limit, model }]));
  const findings = [
    ...asked.findings,
    ...(refused.length === 0 ? [] : [refusedFinding(asked.refused, refused, grant)]),
    ...(limits.size < counted.length ? [countedTogether(counted)] : []),
    ...countedApart(asked.limits, grant),
  ];
  const lists = refused.flatMap((call): readonly Refused[] => call.places);
  if (limits.size === 0 || context.capabilities.scopedModelConfigs)
    return {
      limits: [...limits.values()],
      refused: lists,
      findings: [...findings, ...onFallbacks(asked.limits, grant, context)],
    };
  const names = asked.limits.map(({ model }) => model).join(', ');
  const message = `this Bifrost has no limits of a key for a model: ${names}`;
  const lost = finding('loss', 'model_limit_not_carried', 'model_max_budget', message);
  return { limits: [], refused: lists, findings: [...findings, lost] };
}

type PlaceInLists = Exclude<Refused, string>;

type Call = {
  readonly name: string;
  /** What Bifrost counts it as. */
  readonly model: string;
  /** What to leave out so that it is refused; a pattern that is granted whole goes with it. */
  readonly places: readonly PlaceInLists[];
  readonly pattern: string | null;
};

/** Names that LiteLLM makes into the one a limit is for. */
function callersOf(model: string, { routedAs }: Grant): readonly string[] {
  const names = [...routedAs].filter(([, routed]) => routed === model).map(([name]) => name);
  return routedAs.has(model) ? names : [...names, model];
}

function callOf(name: string, { subject }: KeySubject, grant: Grant, { catalog }: PlanContext): Call {
  const route = grant.routes.find((one) => one.name === name);
  // Not wherever something is listed so: behind a pattern another name is.
  if (route !== undefined) return { name, model: route.listed, places: placesOf(route), pattern: null };
  const routed = catalog.groups.route(name, subject.key.teamId);
  const plan = routed.kind === 'wildcard' ? carriedPlan(routed.group, catalog) : undefined;
  const model = plan?.ok ? behindPattern(plan.pattern, name) : null;
  if (!plan?.ok || model === null) return { name, model: catalog.listed(name), places: [], pattern: null };
  const places = ['*', model].map((each) => ({ provider: plan.provider.name, model: each }));
  return { name, model, places, pattern: plan.pattern.text };
}

function placesOf({ listed, targets }: Route): readonly PlaceInLists[] {
  return [...new Set(targets.map(({ provider }) => provider))].map((provider) => ({ provider, model: listed }));
}

/** Names that stand in the lists as one of these does: a server without keys has one id for all names that lead to it. */
function sharing(calls: readonly Call[], { routes }: Grant): readonly string[] {
  const places = new Set(calls.flatMap((call) => call.places).map(({ provider, model }) => `${provider}\0${model}`));
  const isTaken = (route: Route): boolean =>
    placesOf(route).some(({ provider, model }) => places.has(`${provider}\0${model}`));
  return routes.filter(isTaken).map(({ name }) => name);
}

function refusedFinding(models: readonly string[], calls: readonly Call[], grant: Grant): Finding {
  const names = quoted([...models, ...calls.map(({ name }) => name), ...sharing(calls, grant)]);
  const patterns = calls.flatMap(({ pattern }) => pattern ?? []);
  const whole = patterns.length === 0 ? '' : `, and with them all of ${quoted(patterns)}`;
  return finding(
    'change',
    'zero_limit_blocks',
    'model_rpm_limit',
    `a limit of 0 refuses ${names} to this key; left out of its list${whole}`,
  );
}

/** One limit is shared by names that lead to one model; on Bifrost each has it for itself. */
function countedApart(limits: readonly ModelLimit[], grant: Grant): readonly Finding[] {
  const shared = limits.filter(({ model }) => callersOf(model, grant).length > 1);
  if (shared.length === 0) return [];
  const names = shared.map(({ model }) => `${model} (${callersOf(model, grant).join(', ')})`).join('; ');
  const message = `every name that leads to a model has the limit for itself: ${names}`;
  return [finding('loss', 'model_limit_per_name', 'model_rpm_limit', message)];
}

/** LiteLLM asks for the limit of the model that was called, Bifrost for that of a fallback too before it goes there. */
function onFallbacks(limits: readonly ModelLimit[], grant: Grant, { catalog }: PlanContext): readonly Finding[] {
  const limited = new Set(limits.flatMap(({ model }) => [model, ...callersOf(model, grant)]));
  const held = grant.routes.flatMap(({ name }) => {
    const followers = catalog.fallbacksOf(grant.routedAs.get(name) ?? name).filter((next) => limited.has(next));
    return followers.length === 0 ? [] : [`${name} (${followers.join(', ')})`];
  });
  if (held.length === 0) return [];
  const message = `calls that fall back to a model with a limit count there, and find nobody once it is used up: ${held.join('; ')}`;
  return [finding('loss', 'model_limit_on_fallback', 'model_rpm_limit', message)];
}

function countedTogether(calls: readonly { readonly name: string }[]): Finding {
  const names = quoted(calls.map(({ name }) => name));
  const message = `of limits that Bifrost counts by one name only the last is carried: ${names}`;
  return finding('loss', 'model_limit_not_carried', 'model_max_budget', message);
}

function quoted(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => `"${text}"`).join(', ');
}
