import type { VirtualKey } from '../../src/sources/records.js';
import type { BifrostFallback } from '../oracles/bifrost/oracle.js';
import type { LitellmAnswer } from '../oracles/litellm/oracle.js';
import type { Recipe } from './recipe.js';
import type { Spot, Trial } from './trial.js';

/** What Bifrost lets a key do that LiteLLM does not: one line each, none = never wider. */
export function widerThan(trial: Trial): readonly string[] {
  return trial.sample.keys.flatMap((key, at) => {
    const virtualKey = trial.virtualKeyOf(key);
    if (virtualKey === null) return [];
    return namesWorthAsking(trial, virtualKey).flatMap((name) =>
      widerFor(trial, key, virtualKey, name).map((fault) => `key ${at} asks ${JSON.stringify(name)}: ${fault}`),
    );
  });
}

function widerFor(trial: Trial, key: VirtualKey, virtualKey: string, name: string): readonly string[] {
  const there = trial.bifrost.ask(virtualKey, name);
  if (!there.allowed) return [];
  const here = trial.asked(key, name);
  const own = ownSpots(trial, here);
  const isKnown = documented(trial, key, name) && !isLeftBehind(trial, key, name);
  const spots = [...new Set(there.reaches.map((one) => trial.spotOn(one)))];
  // A server without keys cannot tell the names apart that lead to one model.
  const isOneForAll = there.reaches.every((one) => one.key === null);
  const isTold = isOneForAll || isAnsweredByFallback(trial, key, name);
  if (isKnown && isDenied(here) && !name.includes('/') && !isTold)
    return [`Bifrost lets it in (${spots.join(', ')}), LiteLLM says: ${whyOf(here)}`];
  const isBehindPattern = isPattern(trial, here, name) && !isLeftBehind(trial, key, name);
  const isExact = here.allowed && (isKnown || isBehindPattern);
  const strays = [
    ...there.reaches.filter((one) => !own.has(trial.spotOn(one)) && (isExact || !mayReach(trial, key, one))),
    ...there.fallbacks.filter((one) => !own.has(trial.spotOn(one)) && !mayReach(trial, key, one)),
  ];
  const told = here.allowed ? [...own].join(', ') || 'nothing' : here.why;
  return [...new Set(strays.map((one) => trial.spotOn(one)))].map((spot) => `reaches ${spot}; LiteLLM: ${told}`);
}

/** A name that does not exist is no secret. */
function isDenied(here: LitellmAnswer): boolean {
  return !here.allowed && here.why !== 'unknown model';
}

function whyOf(here: LitellmAnswer): string {
  return here.allowed ? 'allowed' : here.why;
}

/** Bifrost goes on to fallbacks from a name it refuses; the key hears of it. */
function isAnsweredByFallback(trial: Trial, { id }: VirtualKey, name: string): boolean {
  return trial.names(`virtual_key ${id}`, ['fallback_answers_refused'], name);
}

const LEFT_BEHIND = [
  'deployment_not_carried',
  'name_not_carried',
  'needs_routing_rule',
  'undocumented_name',
  'unknown_name_fallback',
  'unmapped_model',
];

/** What it meant is not on Bifrost, and that is said: another spelling may have the name then. */
function isLeftBehind(trial: Trial, key: VirtualKey, name: string): boolean {
  if (trial.names(`virtual_key ${key.id}`, LEFT_BEHIND, name)) return true;
  if (isAnsweredByFallback(trial, key, name) && trial.names(`virtual_key ${key.id}`, ['name_differs_by_case'], name))
    return true;
  const answer = trial.litellm.ask(key.id, name);
  if (!answer.allowed) return false;
  return answer.reaches.every(({ deployment }) => {
    // A limit of 0 for one of its names takes the whole pattern from the key.
    const text = trial.sample.world.deployments.find(({ id }) => id === deployment)?.publicName ?? '';
    if (text.includes('*') && trial.names(`virtual_key ${key.id}`, ['zero_limit_blocks'], text)) return true;
    const ending = trial.ending(`deployment ${deployment}`);
    return (
      ending === undefined ||
      ending.reason !== null ||
      ending.findings.some(({ code }) => code === 'needs_routing_rule')
    );
  });
}

function ownSpots(trial: Trial, here: LitellmAnswer): ReadonlySet<Spot> {
  if (!here.allowed) return new Set();
  const reaches = [...here.reaches, ...here.fallbacks.flatMap((fallback) => fallback.reaches)];
  return new Set(reaches.map((reach) => trial.spotOf(reach)));
}

/** By some name LiteLLM knows; behind a pattern there are more of those than anybody can list. */
function mayReach(trial: Trial, key: VirtualKey, arrival: BifrostFallback): boolean {
  const spot = trial.spotOn(arrival);
  if (trial.anything(key).has(spot)) return true;
  return trial.behindPatterns(arrival.upstream).some((name) => {
    const answer = trial.asked(key, name);
    return answer.allowed && answer.reaches.some((reach) => trial.spotOf(reach) === spot);
  });
}

/** A name people call it by, not a model string or an id that LiteLLM happens to know. */
function documented({ sample: { world } }: Trial, key: VirtualKey, name: string): boolean {
  const team = world.teams.find(({ id }) => id === key.teamId);
  const aliases = [world.router.modelGroupAlias, world.modelAliasMap, key.aliases, team?.modelAliases ?? {}];
  if (aliases.some((table) => Object.hasOwn(table, name))) return true;
  return world.deployments.some(
    ({ teamId, publicName }) => publicName === name && (teamId === null || teamId === key.teamId),
  );
}

/** Some pattern takes the name as Bifrost can say it: not across a provider in front, and no internal name. */
function isPattern({ sample: { world } }: Trial, here: LitellmAnswer, name: string): boolean {
  if (!here.allowed || name.includes('litellm:')) return false;
  const patterns = world.deployments.filter(({ publicName }) => publicName.includes('*'));
  const fitting = new Set(
    patterns.filter(({ publicName }) => publicName.includes('/') || !name.includes('/')).map(({ id }) => id),
  );
  return here.reaches.some(({ deployment }) => fitting.has(deployment));
}

/**
 * Names LiteLLM knows, names the gateway has, other spellings of both, and what nobody ever heard of. Of the odd spellings a
 * part is asked in each world.
 */
export function namesWorthAsking(trial: Trial, virtualKey: string): readonly string[] {
  const known = trial.litellm.names();
  const entries = trial.entriesOf(virtualKey);
  const upstreams = trial.sample.recipe.deployments.map(({ upstream }) => upstream.replace('*', 'sample'));
  const listed = entries.flatMap(({ models }) => models.filter((name) => name !== '*'));
  const direct = entries.flatMap(({ provider, models }) =>
    models.map((name) => `${provider}/${name.replace('*', 'sample')}`),
  );
  const odd = [
    ...upstreams,
    ...known.map((name) => `litellm:${name}`),
    ...known.map(otherCase),
    ...entries.flatMap(({ provider }) => [...known, ...upstreams].map((name) => `${provider}/${name}`)),
  ];
  return [...new Set([...known, ...listed, ...direct, ...odd.filter((name) => isChosen(name, trial.sample.recipe))])];
}

const PARTS = 6;

function isChosen(name: string, { curiosity = 0 }: Recipe): boolean {
  let sum = name.length;
  for (let at = 0; at < name.length; at += 1) sum = (sum * 31 + name.charCodeAt(at)) % 65_521;
  return sum % PARTS === curiosity % PARTS;
}

function otherCase(name: string): string {
  return name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
}
