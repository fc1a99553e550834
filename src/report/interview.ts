import { CALL_VERDICTS, type Asked, type CallVerdict } from '../engine/interview.js';
import { codeSpan, prose } from './markdown.js';
import { shownId } from './words.js';

/** What `verify --ask` has heard. */
export type Interview = { readonly seed: number; readonly asked: readonly Asked[] };

const MEANINGS: { readonly [V in Exclude<CallVerdict, 'agreed'>]: string } = {
  wider: 'LiteLLM refuses these calls, and Bifrost lets them in.',
  narrower: 'LiteLLM lets these calls in, and Bifrost refuses them.',
  undecided: 'The answers do not tell: a limit said no, or a gateway did not answer.',
  named: 'Bifrost refuses these calls, as the report says.',
};

/** Bifrost answers otherwise than LiteLLM, and no finding says so. */
export function differs({ asked }: Interview): boolean {
  return asked.some(({ verdict }) => verdict === 'wider' || verdict === 'narrower');
}

/** `asked 50 pair(s): 1 wider, 49 agreed; LiteLLM was not asked, its rules were` */
export function interviewSentence({ asked }: Interview): string {
  const counts = countsOf(asked);
  const parts = CALL_VERDICTS.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => `${counts[verdict]} ${verdict}`,
  );
  const calls = asked.filter(({ litellm }) => litellm.by === 'call').length;
  const whom = calls === 0 ? 'LiteLLM was not asked, its rules were' : `LiteLLM was asked for ${calls}`;
  return `asked ${asked.length} pair(s): ${parts.join(', ') || 'nothing'}; ${whom}`;
}

export function interviewDocument({ seed, asked }: Interview): object {
  return {
    seed,
    pairs: asked.length,
    counts: countsOf(asked),
    calls: asked
      .filter(({ verdict }) => verdict !== 'agreed')
      .map(({ key, ...call }) => ({ key: { ...key, id: shownId('virtual_key', key.id) }, ...call })),
  };
}

export function* interviewLines(interview: Interview): Iterable<string> {
  yield '## Asked';
  yield '';
  yield `${interviewSentence(interview)}.`;
  yield '';
  for (const verdict of CALL_VERDICTS) {
    const calls = interview.asked.filter((one) => one.verdict === verdict);
    if (verdict === 'agreed' || calls.length === 0) continue;
    yield `${verdict}: ${MEANINGS[verdict]}`;
    yield '';
    for (const call of calls) yield callLine(call);
    yield '';
  }
}

function callLine({ key, model, code, litellm, bifrost }: Asked): string {
  const who = `${codeSpan(key.name)} (${codeSpan(shownId('virtual_key', key.id))})`;
  const named = code === null ? '' : `; finding ${codeSpan(code)}`;
  const before = litellm.by === 'rules' ? 'by its rules' : said(litellm);
  return `- ${who} asks for ${codeSpan(model)}: LiteLLM ${litellm.admission} ${before}; Bifrost ${bifrost.admission} ${said(bifrost)}${named}`;
}

function said({ status, message }: Asked['bifrost']): string {
  const what = message === '' ? '' : `: ${prose(message)}`;
  return `(${status === null ? 'no answer' : `HTTP ${status}`}${what})`;
}

function countsOf(asked: readonly Asked[]): { readonly [V in CallVerdict]: number } {
  const of = (verdict: CallVerdict): number => asked.filter((one) => one.verdict === verdict).length;
  return {
    wider: of('wider'),
    narrower: of('narrower'),
    undecided: of('undecided'),
    named: of('named'),
    agreed: of('agreed'),
  };
}
