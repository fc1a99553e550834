import { holdingsOf, type Holdings } from './holdings.js';
import { differencesOf, journalFacts } from './journal-facts.js';
import type { Lane } from './lane.js';

/** The lives of one migration: killed at each of these points in turn, then resumed to its end. */
export type Lineage = {
  /** Where the first run dies, its resume, the resume of that, …: `any:<n>` or `<place>:<n>`. */
  readonly kills: readonly string[];
  /** Where the first kill is, for people. */
  readonly label: string;
  /** The POST of this number is carried out late, when the process that sent it is dead. */
  readonly late?: number;
  /** Every life is a `run --recreate`: what to make again is known to the gateway alone until it has been compared. */
  readonly recreate?: boolean;
};

/** What an undisturbed run has left behind. */
export type Reference = { readonly holdings: Holdings; readonly journal: readonly string[] };

/** Empty = all is as it must be. */
export type Verdict = { readonly killed: number; readonly violations: readonly string[] };

/** Longer than a resume needs to read the gateway, shorter than it waits where names are not unique. */
const LATE_MS = 700;
const SOME = 6;

export async function referenceOf(lane: Lane): Promise<Reference> {
  const holdings = await holdingsOf(lane.url);
  return { holdings, journal: journalFacts(lane.journal, holdings) };
}

export async function live(
  lane: Lane,
  { kills, late, recreate = false }: Lineage,
  reference: Reference,
): Promise<Verdict> {
  if (late !== undefined) await lane.delay(late, LATE_MS);
  let killed = 0;
  let verb: 'run' | 'resume' = 'run';
  for (const kill of kills) {
    const { code, stderr } = await lane.migrate(verb, { failpoint: kill, recreate });
    // A life that does not come so far ends by itself.
    if (code !== null) {
      if (isEnd(code)) break;
      return { killed, violations: [`${verb} until point ${kill} ended with ${code}: ${stderr.slice(-600)}`] };
    }
    killed += 1;
    if (!recreate) verb = 'resume';
  }
  const violations = await finish(lane, verb, recreate);
  if (violations.length > 0) return { killed, violations };
  return { killed, violations: await compare(lane, reference) };
}

/** Done, with or without something to tell. */
function isEnd(code: number): boolean {
  return code === 0 || code === 3;
}

/** A person does what the program says: resumes, or runs when there is nothing to resume yet. */
async function finish(lane: Lane, verb: 'run' | 'resume', recreate: boolean): Promise<readonly string[]> {
  let ended = await lane.migrate(verb, { recreate });
  if (ended.code === 10 && ended.stderr.includes('There is no journal')) ended = await lane.migrate('run');
  return ended.code !== null && isEnd(ended.code)
    ? []
    : [`${verb} ended with ${ended.code ?? 'a signal'}: ${ended.stderr.slice(-600)}`];
}

async function compare(lane: Lane, reference: Reference): Promise<readonly string[]> {
  const found = await referenceOf(lane);
  const violations = [
    ...differencesOf(reference.holdings.objects, found.holdings.objects).slice(0, SOME),
    ...differencesOf(reference.journal, found.journal).slice(0, SOME),
  ];
  if (violations.length > 0) return violations;
  const before = await lane.writes();
  await lane.runOnceMore();
  const sent = (await lane.writes()) - before;
  if (sent > 0) return [`a further run sends ${sent} write(s)`];
  const after = await referenceOf(lane);
  return differencesOf(found.journal, after.journal).map((line) => `after a further run: ${line}`);
}
