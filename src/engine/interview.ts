import type { CallAnswer, Caller } from '../inference/call.js';
import { sideBySide } from '../side-by-side.js';
import type { Pair } from './sample.js';
import type { Secret } from '../secret.js';

/**
 *  agreed     both let the call in, or both refuse it
 *  wider      LiteLLM refuses, Bifrost lets in
 *  narrower   LiteLLM lets in, Bifrost refuses
 *  named      narrower, and the report says so already
 *  undecided  one of them cannot be judged by its answer
 */
export type CallVerdict = 'agreed' | 'wider' | 'narrower' | 'named' | 'undecided';

/** Worst first. */
export const CALL_VERDICTS = [
  'wider',
  'narrower',
  'undecided',
  'named',
  'agreed',
] as const satisfies readonly CallVerdict[];

export type Asked = {
  readonly key: { readonly id: string; readonly name: string };
  readonly model: string;
  readonly verdict: CallVerdict;
  readonly code: string | null;
  /** `rules` = LiteLLM was not asked: what its rules say of the call. */
  readonly litellm: CallAnswer & { readonly by: 'call' | 'rules' };
  readonly bifrost: CallAnswer;
};

export type InterviewOptions = {
  readonly pairs: readonly Pair[];
  readonly bifrost: Caller;
  /** null = nobody gave keys for it. */
  readonly litellm: Caller | null;
  /** Value of a key on Bifrost, by its id there; undefined = not there any more. */
  readonly newKey: (bifrostId: string) => Secret | undefined;
  /** Value of a key of LiteLLM, by its token hash; undefined = not given. */
  readonly oldKey: (id: string) => Secret | undefined;
  readonly signal: AbortSignal;
};

/** Makes each call once at each end, a few at a time; in the order of the pairs. */
export async function interview({ pairs, signal, ...ends }: InterviewOptions): Promise<readonly Asked[]> {
  return sideBySide(pairs, async (pair) => (signal.aborted ? [] : [await ask(pair, ends)]));
}

async function ask(
  { key, model, litellm: expected, lostBy }: Pair,
  { bifrost, litellm, newKey, oldKey }: Omit<InterviewOptions, 'pairs' | 'signal'>,
): Promise<Asked> {
  const [mine, old] = [newKey(key.bifrostId), oldKey(key.id)];
  const [there, before] = await Promise.all([
    mine === undefined ? GONE : bifrost.ask(mine, model),
    litellm === null || old === undefined ? null : litellm.ask(old, model),
  ]);
  const judged = before ?? { admission: expected, status: null, message: '' };
  const verdict = verdictOf(judged, there, lostBy);
  const code = verdict === 'named' ? lostBy : null;
  const { id, name } = key;
  const by = before === null ? 'rules' : 'call';
  return { key: { id, name }, model, verdict, code, litellm: { ...judged, by }, bifrost: there };
}

/** A key that was deleted answers nobody. */
const GONE: CallAnswer = { admission: 'out', status: null, message: 'the key is not on Bifrost any more' };

function verdictOf(before: CallAnswer, after: CallAnswer, lostBy: string | null): CallVerdict {
  if (before.admission === 'unknown' || after.admission === 'unknown') return 'undecided';
  if (before.admission === after.admission) return 'agreed';
  if (after.admission === 'in') return 'wider';
  return lostBy === null ? 'narrower' : 'named';
}
