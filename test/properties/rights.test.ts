import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Rights } from '../../src/mapping/rights.js';
import type { VirtualKey } from '../../src/sources/records.js';
import { Trial } from './trial.js';
import { recipes } from './worlds.js';

/**
 * The access matrix of the report, judged in random worlds by the two oracles. `PROPERTY_WORLDS` sets how many,
 * `PROPERTY_SEED` which.
 */
const WORLDS = Number(process.env['PROPERTY_WORLDS'] ?? 200);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 1);

/** How what no list can name is said. */
const EVERY_OTHER = 'every name it does not know';

/** Words of lists that LiteLLM takes for names where a pattern takes everything: nobody calls a model so. */
const WORDS = new Set(['no-default-models', 'all-team-models', 'all-proxy-models', 'all-org-models']);

function faultsOf(trial: Trial): readonly string[] {
  return trial.sample.keys.flatMap((key, at) => {
    const ending = trial.ending(`virtual_key ${key.id}`);
    const virtualKey = trial.virtualKeyOf(key);
    if (virtualKey === null || ending === undefined || ending.state.detail['inactive'] !== undefined) return [];
    const id = ending.state.detail['rights'];
    const rights = typeof id === 'string' ? trial.migration.rights.get(id) : undefined;
    if (rights === undefined) return [`key ${at}: nothing is kept`];
    return faultsOfKey(trial, key, virtualKey, rights).map((fault) => `key ${at}: ${fault}`);
  });
}

function faultsOfKey(trial: Trial, key: VirtualKey, virtualKey: string, rights: Rights): readonly string[] {
  const before = (name: string): boolean => trial.litellm.ask(key.id, name).allowed;
  const after = (name: string): boolean => trial.bifrost.ask(virtualKey, name).allowed;
  const kept = new Set(rights.kept.flatMap(({ names }) => names));
  const lost = new Set(rights.lost.flatMap(({ names }) => names));
  const patterns = [...rights.patterns, ...[...lost].filter((name) => name.includes('*'))];
  // What no list can name is said in words.
  const isOther = lost.has(EVERY_OTHER);
  const isBehind = (name: string): boolean => patterns.some((pattern) => matches(pattern, name));
  return [
    ...rights.gained.filter(({ code }) => code === null).map(({ names }) => `gains ${names.join(', ')}`),
    ...[...kept].filter((name) => !before(name)).map((name) => `keeps "${name}", which LiteLLM refuses`),
    ...[...kept].filter((name) => !after(name)).map((name) => `keeps "${name}", which Bifrost refuses`),
    ...trial.litellm
      .names()
      .filter(
        (name) => !WORDS.has(name) && before(name) && !kept.has(name) && !lost.has(name) && !isBehind(name) && !isOther,
      )
      .map((name) => `may call "${name}" in LiteLLM, of which nothing is said`),
  ];
}

/** Names behind a pattern, with or without the provider in front. */
function matches(pattern: string, name: string): boolean {
  const text = (each: string): RegExp =>
    new RegExp(`^${each.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}`);
  return [pattern, pattern.slice(pattern.indexOf('/') + 1)].some((each) => text(each).test(name));
}

describe('who may call what', { timeout: 600_000 }, () => {
  it('is what both gateways say in every world, and tells of every name LiteLLM answers', () => {
    const property = fc.property(recipes({ limits: false }), (recipe) => {
      const faults = faultsOf(new Trial(recipe));
      if (faults.length > 0) throw new Error(faults.slice(0, 8).join('\n'));
    });
    fc.assert(property, { numRuns: WORLDS, seed: SEED });
  });
});
