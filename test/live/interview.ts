import { inParallel, type Ask } from './ask.js';
import { deploymentsOf, hasLimits, scopeOf, type Facts, type KeyFact } from './litellm-facts.js';
import { namesFor, type Names } from './names.js';
import type { Answer } from './answer.js';

/** A key that asks: its LiteLLM credential, and its new value on Bifrost when it has one. */
export type Asker = {
  /** For people. */
  readonly label: string;
  readonly fact: KeyFact;
  readonly litellmKey: string;
  readonly bifrostValue: string | null;
  /** Created, but switched off. */
  readonly inactive: boolean;
};

/** What one key heard for one name. */
export type Observation = {
  readonly asker: Asker;
  readonly name: string;
  readonly scope: string;
  readonly litellm: readonly Answer[];
  /** Empty when the key is not on Bifrost. */
  readonly bifrost: readonly Answer[];
};

export type Interview = {
  readonly facts: Facts;
  readonly askers: readonly Asker[];
  readonly names: Names;
  /** Probes per key. */
  readonly probes: number;
  readonly askLitellm: Ask;
  /** One per path that callers use. */
  readonly askBifrost: readonly Ask[];
  /** Calls per side for a name with several deployments; a dozen misses members of three-way groups now and then (P§3). */
  readonly draws: number;
  readonly concurrency: number;
  readonly onProgress: (done: number, total: number) => void;
};

/** Bifrost is asked this often for a single deployment too: several of its keys may answer one name (P§2.3). */
const SINGLE_DRAWS_ON_BIFROST = 3;

/**
 * Every key asks every name, LiteLLM first, one name after the other: budgets of a key then fill in step on both sides.
 */
export async function interview(plan: Interview): Promise<Observation[]> {
  const observations: Observation[] = [];
  const jobs = plan.askers.map((asker, index) => ({ asker, names: namesFor(plan.names, index, plan.probes) }));
  const total = jobs.reduce((sum, { names }) => sum + names.length, 0);
  await inParallel(jobs, plan.concurrency, async ({ asker, names }) => {
    for (const name of names) {
      observations.push(await observe(plan, asker, name));
      plan.onProgress(observations.length, total);
    }
  });
  return observations;
}

async function observe(plan: Interview, asker: Asker, name: string): Promise<Observation> {
  const { facts } = plan;
  const several = deploymentsOf(facts, asker.fact, name).length > 1;
  const sparing = hasLimits(facts, asker.fact);
  const value = asker.bifrostValue;
  const litellm = await draw([plan.askLitellm], asker.litellmKey, name, several ? plan.draws : 1, several);
  const wanted = sparing ? litellm.length : several ? plan.draws : SINGLE_DRAWS_ON_BIFROST;
  const paths = sparing ? plan.askBifrost.slice(0, 1) : plan.askBifrost;
  const bifrost = value === null ? [] : await draw(paths, value, name, wanted, several);
  return { asker, name, scope: scopeOf(facts, asker.fact, name), litellm, bifrost };
}

/**
 * Asks up to `times` on each path. A round in which every path says no is the last one, access does not change by asking;
 * nor does a single upstream that fails.
 */
async function draw(
  paths: readonly Ask[],
  credential: string,
  name: string,
  times: number,
  several: boolean,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let round = 0; round < times; round += 1) {
    const heard: Answer[] = [];
    for (const ask of paths) heard.push(await ask(credential, name));
    answers.push(...heard);
    if (!heard.some((answer) => answer.kind === 'reached' || (several && answer.kind === 'failed'))) break;
  }
  return answers;
}
