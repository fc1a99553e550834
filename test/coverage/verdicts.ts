import type { MemoryLitellm } from '../memory-litellm.js';
import { baselineOf, experiment, type Baseline, type Verdict } from './experiment.js';
import { IGNORED, NO_EFFECT, reasonFor } from './ignored.js';
import type { Trial } from './trials.js';

/** A field of one kind of row, to be tried in each of its uses. */
export type Field = {
  /** Table, list or section. */
  readonly of: string;
  readonly field: string;
  readonly uses: readonly Use[];
};

export type Use = { readonly name: string; readonly trials: readonly Trial[]; world(members: Item): MemoryLitellm };
type Item = Record<string, unknown>;

/**
 * Tries a field with every value in every use. What is said is a complaint: a field that is silent without a reason, one
 * whose finding does not name it, or a reason that no longer holds.
 */
export async function complaintsAbout({ of, field, uses }: Field, unchanged?: Baseline): Promise<string[]> {
  const reason = reasonFor(IGNORED, of, field);
  const verdicts: { readonly where: string; readonly verdict: Verdict }[] = [];
  for (const use of reason === undefined ? uses : uses.slice(0, 1)) {
    for (const { value, with: others } of use.trials) {
      const before = others === undefined ? (unchanged ?? (await baselineOf(use.world({})))) : use.world(others);
      const verdict = await experiment(field, before, use.world({ ...others, [field]: value }));
      verdicts.push({ where: `${of}${use.name === '' ? '' : `(${use.name})`}.${field} = ${JSON.stringify(value)}`, verdict });
    }
  } // prettier-ignore
  const bad = verdicts.filter(({ verdict }) => verdict === 'silent' || verdict === 'unnamed');
  if (reason !== undefined) {
    const heard = verdicts.filter(({ verdict }) => verdict === 'mapped' || verdict === 'found');
    return heard.map(({ where, verdict }) => `${where} is ${verdict}: it needs no reason for being ignored`);
  }
  if (reasonFor(NO_EFFECT, of, field) !== undefined && bad.length < verdicts.length) return [];
  return bad.map(({ where, verdict }) => `${where} is ${verdict}`);
}
